import { Timer } from '../timer'

interface HeartbeatOptions {
  interval: number
  /** The connection counts as lost after this long without data. */
  timeout: number
  beat(): void
  silent(): void
}

/** Sends heartbeats at a constant interval and reports missing answers. */
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

  /** Data were received. */
  received(): void {
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
