import { onWaking } from '../../netcall/waking'
import { isStopped, sameState, type MediaState, type Reading } from './state'

/** The native component of a run. */
export interface MediaEngine {
  start(url: string): void
  stop(): void
  /** Minimum time between a stop and the next start, ms. */
  readonly rest: number
}

const CONNECTING: MediaState = { state: 'connecting' }
const FIRST_WAIT = 1_000
const LONGEST_WAIT = 8_000
/** Attempts after which it counts as failed. Attempts continue: the URL may become valid again. */
const PATIENCE = 4
/** Time for a running stream to prove itself after an interruption: `netstatus` comes every two seconds. */
const PROOF_LIMIT = 5_000
/** Time for a started component to report anything, ms. */
const ANSWER_LIMIT = 10_000

/**
 * Keeps a pusher or player running while it has a URL: starts it, restarts it for a changed URL, retries with growing pauses after it gave
 * up, and reports state changes. A reconnect brings the same streams with new signatures; a run that proves to be running then continues.
 */
export class MediaRun {
  private readonly engine: MediaEngine
  private readonly report: (state: MediaState) => void
  private url = ''
  /** Connecting until the first event. */
  private current: MediaState = CONNECTING
  private running = false
  private stoppedAt = 0
  private tries = 0
  /** Of the next start; or, while it runs in doubt, of the proof. */
  private timer: ReturnType<typeof setTimeout> | null = null
  /** Runs from the start to the first event. */
  private answerTimer: ReturnType<typeof setTimeout> | null = null
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

  /** Handles an event of the native component; null: one without meaning. */
  handle(reading: Reading): void {
    if (!this.running) return
    this.stopAnswerTimer()
    if (this.current.state === 'failed' && this.current.reason === 'not-enabled') this.change(CONNECTING)
    if (reading === null) return
    if (reading.state === 'gave-up') this.retry()
    else if (reading.state === 'playing') this.recover()
    else if (!this.isWeakBefore(reading)) this.change(reading)
  }

  /** Restarts after an interruption or a failure whose cause may be gone. */
  resume(): void {
    if (waitsForHelp(this.current)) this.restart()
  }

  /** Restarts in any state. */
  restart(): void {
    if (this.url === '') return
    this.halt()
    this.change(CONNECTING)
    this.startAfter(this.engine.rest)
  }

  close(): void {
    this.open('')
  }

  /** While starting, a weak network is no news. */
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

  /** A denied microphone stays denied and a phone call continues, whatever the network does. */
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
   * The network or the app is back: retries at once if it is waiting, or retrying in vain with the next attempt seconds away. Not if a
   * start requires a pause of that length.
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
    this.stopAnswerTimer()
    this.answerTimer = setTimeout(() => this.change({ state: 'failed', reason: 'not-enabled' }), ANSWER_LIMIT)
  }
  private stopTimer(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
  }
  private stopAnswerTimer(): void {
    if (this.answerTimer !== null) clearTimeout(this.answerTimer)
    this.answerTimer = null
  }
  private halt(): void {
    this.stopTimer()
    this.stopAnswerTimer()
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

/** The stream, without the signature of its URL. */
function streamOf(url: string): string {
  return url.split('?', 1).join()
}

function waitsForHelp(state: MediaState): boolean {
  if (state.state === 'stalled') return state.reason === 'interrupted'
  return state.state === 'failed' && state.reason !== 'network' && state.reason !== 'not-enabled'
}
