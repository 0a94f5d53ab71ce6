/** Sounds of a mini-program. */
import { assetUrl } from '../assets'
import { Listeners, type Switch } from '../emitter'

const EVENTS = {
  Canplay: 'canplay',
  Play: 'play',
  Pause: 'pause',
  Ended: 'ended',
  TimeUpdate: 'timeupdate',
  Waiting: 'waiting',
  Seeking: 'seeking',
  Seeked: 'seeked',
} as const

/** `onPlay`, `offPlay` and so on are generated from the table above. */
export class InnerAudio {
  startTime = 0
  obeyMuteSwitch = true
  referrerPolicy = 'no-referrer'
  private source = ''
  private auto = false
  /** Whether it continues when the mini-program is visible again. */
  private goesOn = false
  private readonly audio = new Audio()
  private readonly stopped = new Listeners<undefined>()
  private readonly failed = new Listeners<{ errCode: number; errMsg: string }>()

  /**
   * @param audios list of undestroyed sounds
   * @param interrupted whether another app has the audio
   * @param hidden whether the mini-program is in the background
   */
  constructor(
    private readonly audios: Set<InnerAudio>,
    private readonly interrupted: Switch,
    private readonly hidden: Switch,
  ) {
    audios.add(this)
    for (const [name, type] of Object.entries(EVENTS)) {
      const listeners = new Listeners<undefined>()
      this.audio.addEventListener(type, () => listeners.emit(undefined))
      Object.assign(this, { [`on${name}`]: listeners.add, [`off${name}`]: listeners.remove })
    }
    this.audio.addEventListener('error', () => {
      if (this.source !== '') this.fail(this.audio.error?.message ?? 'cannot be played')
    })
  }

  readonly onStop = this.stopped.add
  readonly offStop = this.stopped.remove
  readonly onError = this.failed.add
  readonly offError = this.failed.remove

  get src(): string {
    return this.source
  }
  set src(source: string) {
    this.source = source
    if (source === '') this.audio.removeAttribute('src')
    else this.audio.src = assetUrl(source.replace(/^(?![a-z]+:|\/)/, '/'), '')
    if (this.auto) this.play()
  }
  get autoplay(): boolean {
    return this.auto
  }
  set autoplay(on: boolean) {
    this.auto = on
    if (on && this.source !== '') this.play()
  }
  get loop(): boolean {
    return this.audio.loop
  }
  set loop(loop: boolean) {
    this.audio.loop = loop
  }
  get volume(): number {
    return this.audio.volume
  }
  set volume(volume: number) {
    this.audio.volume = volume
  }
  get playbackRate(): number {
    return this.audio.playbackRate
  }
  set playbackRate(rate: number) {
    this.audio.playbackRate = rate
  }
  get currentTime(): number {
    return this.audio.currentTime
  }
  get duration(): number {
    return Number.isFinite(this.audio.duration) ? this.audio.duration : 0
  }
  get paused(): boolean {
    return this.audio.paused
  }

  play(): void {
    if (this.interrupted.on) return this.fail('another app has the sound')
    this.goesOn = this.hidden.on
    if (this.goesOn) return
    // A play request overtaken by pause or stop is not an error.
    this.audio.play().catch((error: unknown) => {
      if (!(error instanceof DOMException && error.name === 'AbortError')) this.fail(String(error))
    })
  }
  /** Silent in the background; continues afterwards. */
  hide(hidden: boolean): void {
    if (hidden) {
      this.goesOn = !this.audio.paused
      this.audio.pause()
    } else if (this.goesOn) this.play()
  }
  pause(): void {
    this.goesOn = false
    this.audio.pause()
  }
  stop(): void {
    this.goesOn = false
    this.audio.pause()
    this.audio.currentTime = 0
    this.stopped.emit(undefined)
  }
  seek(seconds: number): void {
    this.audio.currentTime = seconds
  }
  destroy(): void {
    this.audios.delete(this)
    this.pause()
    this.source = ''
    this.audio.removeAttribute('src')
  }

  private fail(errMsg: string): void {
    this.failed.emit({ errCode: 10001, errMsg })
  }
}
