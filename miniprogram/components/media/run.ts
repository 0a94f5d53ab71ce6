import { onWaking } from '../../netcall/waking'
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
/** How soon what seems to run must show it, where that is in doubt: `netstatus` comes every two seconds. */
const PROOF_LIMIT = 5_000

/**
 * Keeps one pusher or player running for as long as it has a URL: starts it, stops and starts it on a changed URL, starts
 * it again, ever more slowly, when it gave up, and reports its state when that changes. A link that comes back brings the
 * same streams with new signatures: what runs then goes on, if it shows that it does.
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
  /** Of the next start; while it runs in doubt, of the proof. */
  private timer: ReturnType<typeof setTimeout> | null = null
  private stopWaking: (() => void) | null = null

  constructor(engine: MediaEngine, report: (state: MediaState) => void) {
    this.engine = engine
    this.report = report
  }

  /** Runs this URL from now on; an empty one stops. */
  open(url: string): void {
    if (url === this.url) return
    const goesOn = this.current.state === 'playing' && streamOf(url) === streamOf(this.url)
    this.url = url
    if (goesOn) return this.awaitProof()
    this.halt()
    this.tries = 0
    if (url === '') return this.sleep()
    this.stopWaking ??= onWaking(() => this.wake())
    this.change(CONNECTING)
    this.startRested()
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
    this.stopTimer()
    this.change({ state: 'playing' })
  }

  private awaitProof(): void {
    this.stopTimer()
    this.timer = setTimeout(() => {
      if (!waitsForHelp(this.current)) this.restart()
    }, PROOF_LIMIT)
  }

  /**
   * The network or the app is back: what waits for better times starts now, and so does what tries in vain, whose own next
   * try may be seconds away. Not where a start costs a rest as long as that.
   */
  private wake(): void {
    const waits = !this.running && this.tries > 0
    const inVain = this.running && isStopped(this.current) && this.engine.rest === 0
    if (!waits && !inVain) return
    this.halt()
    this.tries = 0
    this.startRested()
  }
  private sleep(): void {
    this.stopWaking?.()
    this.stopWaking = null
  }

  private startRested(): void {
    this.startAfter(this.stoppedAt + this.engine.rest - Date.now())
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
  private stopTimer(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
  }
  private halt(): void {
    this.stopTimer()
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

/** The stream itself, whatever signature its URL bears. */
function streamOf(url: string): string {
  return url.split('?', 1).join()
}

function waitsForHelp(state: MediaState): boolean {
  if (state.state === 'stalled') return state.reason === 'interrupted'
  return state.state === 'failed' && state.reason !== 'network'
}
