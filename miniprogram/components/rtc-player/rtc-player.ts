/**
 * Another member's audio and video: plays `src` while it is set. Emits `state` (a `MediaState`) on changes, `quality` ({ quality:
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
import { readPlayerCode } from './codes'

const properties = {
  src: String,
  /** Loudspeaker, or earpiece. */
  speaker: { type: Boolean, value: true },
  /** Whether the stream should have video. */
  picture: Boolean,
  /** Whether the stream should have audio. */
  sound: { type: Boolean, value: true },
}
const data = { unsupported: false, playUrl: '', t: {} }

interface Fields {
  run: MediaRun | null
  watch: PictureWatch
  flow: FlowWatch
  unfollow: () => void
}
type Methods = {
  start(): void
  onStateChange(event: WechatMiniprogram.LivePlayerStateChange): void
  onNetStatus(event: WechatMiniprogram.CustomEvent<{ info: NetStatus }>): void
  onError(): void
  onVolume(event: WechatMiniprogram.CustomEvent<{ volume?: number }>): void
}

Component<typeof data, typeof properties, Methods, [], Fields>({
  properties,
  data,
  lifetimes: {
    created() {
      this.run = null
      this.watch = new PictureWatch()
      this.flow = new FlowWatch()
    },
    attached() {
      this.unfollow = getApp<AppContext>().language.follow(this, 'call')
      this.setData({ unsupported: isSimulator() })
      // Not while the page is still attaching this component.
      if (this.data.unsupported) void Promise.resolve().then(() => this.triggerEvent('state', SIMULATOR))
      else this.start()
    },
    detached() {
      this.run?.close()
      this.unfollow()
    },
  },
  observers: {
    src(src: string) {
      this.run?.open(src)
    },
    picture(picture: boolean) {
      this.watch.expect(picture)
    },
  },
  methods: {
    start() {
      const engine = nativeEngine({
        show: (url, shown) => this.setData({ playUrl: url }, shown),
        context: () => {
          const player = wx.createLivePlayerContext('player', this)
          return { start: () => player.play(), stop: (options) => player.stop(options) }
        },
        rest: 0,
      })
      this.run = new MediaRun(engine, (state) => this.triggerEvent('state', state))
      this.run.open(this.data.src)
    },
    onStateChange({ detail }) {
      // For reports from real phones: docs/phone.md.
      console.info('live-player:', detail.code)
      this.run?.handle(readPlayerCode(detail.code))
    },
    onNetStatus({ detail }) {
      this.run?.handle(readNetStatus(detail.info))
      if (this.watch.handle(detail.info)) this.run?.restart()
      if (this.flow.handle(detail.info, this.data.picture || this.data.sound)) this.run?.handle(GAVE_UP)
      const quality = readNetQuality(detail.info)
      if (quality) this.triggerEvent('quality', { quality })
    },
    onError() {
      this.run?.handle(GAVE_UP)
    },
    onVolume({ detail }) {
      this.triggerEvent('level', { level: readLevel(detail) })
    },
  },
})
