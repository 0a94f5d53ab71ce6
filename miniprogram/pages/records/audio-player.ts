interface AudioListener {
  /** @param played ms @param length ms, 0 while it is not known */
  progress(played: number, length: number): void
  ended(): void
  failed(): void
}

/** Plays one recording's sound at a time. */
export class AudioPlayer {
  private readonly listener: AudioListener
  private context: WechatMiniprogram.InnerAudioContext | null = null

  constructor(listener: AudioListener) {
    this.listener = listener
  }

  /** Starts at the beginning; what played before is over. */
  play(url: string): void {
    this.stop()
    // A recording is to be heard even on an iPhone that is switched to silent.
    void wx.setInnerAudioOption({ obeyMuteSwitch: false })
    const context = wx.createInnerAudioContext()
    this.context = context
    context.onTimeUpdate(() => this.listener.progress(context.currentTime * 1000, context.duration * 1000))
    context.onEnded(() => this.listener.ended())
    context.onError(() => this.listener.failed())
    context.src = url
    context.play()
  }
  pause(): void {
    this.context?.pause()
  }
  resume(): void {
    this.context?.play()
  }
  /** Silent at once, and told of nothing more. */
  stop(): void {
    const { context } = this
    if (!context) return
    this.context = null
    context.offTimeUpdate()
    context.offEnded()
    context.offError()
    context.destroy()
  }
}
