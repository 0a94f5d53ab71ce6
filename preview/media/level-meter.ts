/** Audio level of a player, reported twice a second while it plays. */

const INTERVAL = 500

export class LevelMeter {
  private context: AudioContext | null = null
  private stream: MediaStream | null = null
  private timer: ReturnType<typeof setInterval> | undefined

  /** `told`: called with 0 to 100. */
  constructor(
    private readonly video: HTMLVideoElement,
    private readonly told: (volume: number) => void,
  ) {
    // A new source has a new track.
    video.addEventListener('playing', () => this.start())
    video.addEventListener('emptied', () => this.stop())
  }

  stop(): void {
    clearInterval(this.timer)
    void this.context?.close()
    this.context = null
    // A captured stream captures until its tracks are stopped.
    for (const track of this.stream?.getTracks() ?? []) track.stop()
    this.stream = null
  }

  /** After each stall, too: in Chromium only the last capture of an element gets its audio. */
  private start(): void {
    this.stop()
    this.stream = capture(this.video)
    const [track, ...rest] = this.stream?.getAudioTracks() ?? []
    for (const unused of [...rest, ...(this.stream?.getVideoTracks() ?? [])]) unused.stop()
    if (!track) return
    const context = new AudioContext()
    const analyser = new AnalyserNode(context, { fftSize: 2048 })
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser)
    const samples = new Float32Array(analyser.fftSize)
    this.context = context
    this.timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples)
      const peak = samples.reduce((loudest, sample) => Math.max(loudest, Math.abs(sample)), 0)
      this.told(Math.round(Math.min(1, peak * 2) * 100))
    }, INTERVAL)
  }
}

function capture(video: HTMLVideoElement): MediaStream | null {
  const captureStream: unknown = Reflect.get(video, 'captureStream')
  if (typeof captureStream !== 'function') return null
  const stream: unknown = Reflect.apply(captureStream, video, [])
  return stream instanceof MediaStream ? stream : null
}
