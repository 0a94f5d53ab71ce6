import { isStopped, sameState, type MediaState, type Reading } from './state'

/** The native component behind a run. */
export interface MediaEngine {
  start(url: string): void
  stop(): void
  /** How long it needs between a stop and the next start, ms. */
  readonly rest: number
}

const CONNECTING: MediaState = { state: 'connecting' }
const FIRST_WAIT = 1_000
const LONGEST_WAIT = 8_000
/** Tries after which it counts as failed. It goes on trying: the URL may become good again. */
const PATIENCE = 4

/**
 * Keeps one pusher or player running for as long as it has a URL: starts it, stops and starts it on a changed URL, starts
 * it again, ever more slowly, when it gave up, and reports its state when that changes.
 */
export class MediaRun {
  private readonly engine: MediaEngine
  private readonly report: (state: MediaState) => void
  private url = ''
  /** Who has said nothing yet connects. */
  private current: MediaState = CONNECTING
  private running = false
  private stoppedAt = 0
  private tries = 0
  private timer: ReturnType<typeof setTimeout> | null = null

  constructor(engine: MediaEngine, report: (state: MediaState) => void) {
    this.engine = engine
    this.report = report
  }

  /** Runs this URL from now on; an empty one stops. */
  open(url: string): void {
    if (url === this.url) return
    this.halt()
    this.url = url
    this.tries = 0
    if (url === '') return
    this.change(CONNECTING)
    this.startAfter(this.stoppedAt + this.engine.rest - Date.now())
  }

  /** Takes what the native component said. */
  hear(reading: Reading): void {
    if (reading === null || !this.running) return
    if (reading.state === 'gave-up') this.retry()
    else if (reading.state === 'playing') this.recover()
    else if (!this.isWeakBefore(reading)) this.change(reading)
  }

  /** Starts anew after an interruption or a failure whose cause may be gone. */
  resume(): void {
    if (waitsForHelp(this.current)) this.restart()
  }

  /** Starts anew, whatever it does. */
  restart(): void {
    if (this.url === '') return
    this.halt()
    this.change(CONNECTING)
    this.startAfter(this.engine.rest)
  }

  close(): void {
    this.open('')
  }

  /** On the way up a weak network says nothing new. */
  private isWeakBefore(reading: MediaState): boolean {
    const onTheWay = this.current?.state === 'connecting' || isStopped(this.current)
    return onTheWay && reading.state === 'stalled' && reading.reason === 'network'
  }

  private retry(): void {
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.tries)
    this.tries++
    this.halt()
    if (this.tries > PATIENCE) this.change({ state: 'failed', reason: 'network' })
    else this.change({ state: 'stalled', reason: 'restarting' })
    this.startAfter(wait)
  }

  /** A refused microphone stays refused and a phone call goes on, however well the network does. */
  private recover(): void {
    if (waitsForHelp(this.current)) return
    this.tries = 0
    this.change({ state: 'playing' })
  }

  private startAfter(wait: number): void {
    if (wait <= 0) return this.start()
    this.timer = setTimeout(() => this.start(), wait)
  }
  private start(): void {
    this.timer = null
    this.running = true
    this.engine.start(this.url)
  }
  private halt(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
    if (!this.running) return
    this.running = false
    this.stoppedAt = Date.now()
    this.engine.stop()
  }

  private change(state: MediaState): void {
    if (sameState(this.current, state)) return
    this.current = state
    this.report(state)
  }
}

function waitsForHelp(state: MediaState): boolean {
  if (state.state === 'stalled') return state.reason === 'interrupted'
  return state.state === 'failed' && state.reason !== 'network'
}
