import { Timer } from '../timer'

export interface HeartbeatOptions {
  interval: number
  /** The link counts as dead after this long without a sign of life. */
  timeout: number
  beat(): void
  silent(): void
}

/** Asks for a sign of life in a steady rhythm and tells when none came for too long. */
export class Heartbeat {
  private readonly options: HeartbeatOptions
  private readonly rhythm = new Timer()
  private readonly deadline = new Timer()
  private running = false

  constructor(options: HeartbeatOptions) {
    this.options = options
  }

  start(): void {
    this.running = true
    this.expectLife()
    this.nextBeat()
  }

  /** The other side was heard. */
  heard(): void {
    if (this.running) this.expectLife()
  }

  stop(): void {
    this.running = false
    this.rhythm.stop()
    this.deadline.stop()
  }

  private nextBeat(): void {
    this.rhythm.start(this.options.interval, () => {
      this.nextBeat()
      this.options.beat()
    })
  }

  private expectLife(): void {
    this.deadline.start(this.options.timeout, () => {
      this.stop()
      this.options.silent()
    })
  }
}
