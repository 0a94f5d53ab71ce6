/**
 * The local camera and microphone: pushes to `url` while it is set. Emits `state` (a `MediaState`) on changes, `quality` ({ quality:
 * NetworkQuality }) as often as the phone reports it, and `level` ({ level: 0..1 }) with the voice level where the phone reports it.
 */
import type { AppContext } from '../../app-context'
import { FlowWatch } from '../media/flow-watch'
import { nativeEngine } from '../media/native-engine'
import { readNetQuality, readNetStatus, type NetStatus } from '../media/net-status'
import { PictureWatch } from '../media/picture-watch'
import { MediaRun } from '../media/run'
import { readLevel } from '../media/level'
import { isSimulator, SIMULATOR } from '../media/simulator'
import { GAVE_UP } from '../media/state'
import { readPusherCode, readPusherError } from './codes'
import { smoothing } from './beauty'
import { pictureSize } from './quality'

const properties = {
  url: String,
  microphone: { type: Boolean, value: true },
  camera: { type: Boolean, value: true },
  /** `front` or `back`. */
  facing: { type: String, value: 'front' },
  /** Whether the local preview is mirrored; the others' never is. */
  mirror: { type: Boolean, value: true },
  /** `off`, `soft` or `strong`. */
  beauty: { type: String, value: 'off' },
  /** `smooth`, `standard` or `high`. */
  quality: { type: String, value: 'standard' },
}
const data = {
  unsupported: false,
  pushUrl: '',
  /** live-pusher reads `device-position` only once. */
  startFacing: 'front',
  size: pictureSize('standard'),
  smoothing: smoothing('off'),
  t: {},
}

interface Fields {
  run: MediaRun | null
  picture: PictureWatch
  flow: FlowWatch
  leave: Array<() => void>
}
type Methods = {
  resume(): void
  start(): void
  onStateChange(event: WechatMiniprogram.LivePusherStateChange): void
  onNetStatus(event: WechatMiniprogram.CustomEvent<{ info: NetStatus }>): void
  onError(event: WechatMiniprogram.LivePusherError): void
  onVolume(event: WechatMiniprogram.CustomEvent<{ volume?: number }>): void
}

Component<typeof data, typeof properties, Methods, [], Fields>({
  properties,
  data,
  lifetimes: {
    created() {
      this.run = null
      this.picture = new PictureWatch()
      this.flow = new FlowWatch()
      this.leave = []
    },
    attached() {
      this.leave.push(getApp<AppContext>().language.follow(this, 'call'))
      this.setData({ unsupported: isSimulator(), startFacing: this.data.facing })
      // Not while the page is still attaching this component.
      if (this.data.unsupported) void Promise.resolve().then(() => this.triggerEvent('state', SIMULATOR))
      else this.start()
    },
    detached() {
      this.run?.close()
      for (const leave of this.leave) leave()
    },
  },
  pageLifetimes: {
    // Back from settings, or from a phone call.
    show() {
      this.run?.resume()
    },
  },
  observers: {
    url(url: string) {
      this.run?.open(url)
    },
    quality(quality: string) {
      this.setData({ size: pictureSize(quality) })
    },
    beauty(beauty: string) {
      this.setData({ smoothing: smoothing(beauty) })
    },
    facing() {
      if (this.run) wx.createLivePusherContext().switchCamera()
    },
    camera(camera: boolean) {
      this.picture.expect(camera)
      // Without video, a pusher that failed because of the camera can run.
      this.run?.resume()
    },
  },
  methods: {
    start() {
      const engine = nativeEngine({
        show: (url, shown) => this.setData({ pushUrl: url }, shown),
        context: () => wx.createLivePusherContext(),
        rest: 1_000,
      })
      const run = new MediaRun(engine, (state) => this.triggerEvent('state', state))
      const resume = (): void => run.resume()
      wx.onAudioInterruptionEnd(resume)
      this.leave.push(() => wx.offAudioInterruptionEnd(resume))
      this.run = run
      run.open(this.data.url)
    },
    /** Retries after a failure that the user may have fixed. */
    resume() {
      this.run?.resume()
    },
    onStateChange({ detail }) {
      // For reports from real phones: docs/phone.md.
      console.info('live-pusher:', detail.code)
      this.run?.handle(readPusherCode(detail.code))
    },
    onNetStatus({ detail }) {
      this.run?.handle(readNetStatus(detail.info))
      if (this.picture.handle(detail.info)) this.run?.restart()
      if (this.flow.handle(detail.info, this.data.microphone || this.data.camera)) this.run?.handle(GAVE_UP)
      const quality = readNetQuality(detail.info)
      if (quality) this.triggerEvent('quality', { quality })
    },
    onError({ detail }) {
      this.run?.handle(readPusherError(detail))
    },
    onVolume({ detail }) {
      this.triggerEvent('level', { level: readLevel(detail) })
    },
  },
})
