/** How loud what a player plays is, told twice a second while it plays. */

const INTERVAL = 500

export class LevelMeter {
  private context: AudioContext | null = null
  private timer: ReturnType<typeof setInterval> | undefined

  /** `told`: 0 to 100. */
  constructor(
    private readonly video: HTMLVideoElement,
    private readonly told: (volume: number) => void,
  ) {
    // Another source brings another track.
    video.addEventListener('playing', () => this.start())
    video.addEventListener('emptied', () => this.stop())
  }

  stop(): void {
    clearInterval(this.timer)
    void this.context?.close()
    this.context = null
  }

  private start(): void {
    this.stop()
    const track = soundOf(this.video)
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

function soundOf(video: HTMLVideoElement): MediaStreamTrack | undefined {
  const capture: unknown = Reflect.get(video, 'captureStream')
  if (typeof capture !== 'function') return undefined
  const stream: unknown = Reflect.apply(capture, video, [])
  return stream instanceof MediaStream ? stream.getAudioTracks()[0] : undefined
}
