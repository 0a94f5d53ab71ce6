interface AudioListener {
  /** @param played ms @param length ms, 0 while unknown */
  progress(played: number, length: number): void
  ended(): void
  failed(): void
}

/** Plays the audio of one recording at a time. */
export class AudioPlayer {
  private readonly listener: AudioListener
  private context: WechatMiniprogram.InnerAudioContext | null = null

  constructor(listener: AudioListener) {
    this.listener = listener
  }

  /** Plays from the beginning; stops the previous one. */
  play(url: string): void {
    this.stop()
    // Recordings are audible even if an iPhone is switched to silent.
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
  /** Stops at once, without further events. */
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
