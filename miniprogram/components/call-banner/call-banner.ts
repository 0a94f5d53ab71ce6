/**
 * The way back to a call whose page was left: shown on every other page while there is one. The page that is seen goes on
 * with the call's pusher and player in here, so that the other side still hears and sees me.
 */
import type { AppContext } from '../../app-context'
import { changes } from '../../services/changes'
import { returnToCall } from '../../services/navigation'
import type { Beauty } from '../../services/settings'
import { isActive, type NetworkQuality } from '../../call/state'
import type { MediaState } from '../media/state'
import { bannerView, NO_CALL, type BannerView } from './view'

interface Data extends BannerView {
  t: object
  /** Whether the media are held in here. */
  seated: boolean
  quality: string
  mirror: boolean
  beauty: Beauty
}
const data: Data = { ...NO_CALL, t: {}, seated: false, quality: 'standard', mirror: true, beauty: 'off' }

interface Fields {
  leave: Array<() => void>
  /** Whether this page is the one that is seen. */
  seen: boolean
  /** Gives the media up; null while they are not held, or asked for, in here. */
  rise: (() => void) | null
  second: ReturnType<typeof setInterval> | null
}
type Methods = {
  refresh(): void
  see(seen: boolean): void
  /** Takes the media once this page is seen, and keeps them until the call ends or another page takes them. */
  sit(active: boolean): void
  stand(): void
  watch(): void
  onTap(): void
  onOwnMedia(event: WechatMiniprogram.CustomEvent<MediaState>): void
  onOwnQuality(event: WechatMiniprogram.CustomEvent<{ quality: NetworkQuality }>): void
}
type NoProperties = WechatMiniprogram.Component.PropertyOption

Component<Data, NoProperties, Methods, [], Fields>({
  data,
  lifetimes: {
    created() {
      this.leave = []
      this.seen = false
      this.rise = null
      this.second = null
    },
    attached() {
      const app = getApp<AppContext>()
      this.leave = [
        app.language.follow(this, 'banner'),
        app.language.subscribe(() => this.refresh()),
        app.call.subscribe(() => this.refresh()),
      ]
      this.refresh()
    },
    detached() {
      this.stand()
      this.see(false)
      for (const leave of this.leave) leave()
    },
  },
  pageLifetimes: {
    show() {
      this.see(true)
    },
    hide() {
      this.see(false)
    },
  },
  methods: {
    see(seen) {
      this.seen = seen
      this.refresh()
    },
    refresh() {
      const { call, language } = getApp<AppContext>()
      const texts = { banner: language.texts('banner'), endings: language.texts('endings') }
      const active = isActive(call.state)
      this.sit(active)
      // A page is hidden, too, when the whole mini-program goes to the background: the media go on.
      const view = this.seen || this.rise ? bannerView(call.state, texts, Date.now()) : NO_CALL
      const changed = changes(this.data, view)
      if (Object.keys(changed).length > 0) this.setData(changed)
      this.watch()
    },
    sit(active) {
      if (!active) return this.stand()
      if (!this.seen || this.rise) return
      const { settings, mediaSeat } = getApp<AppContext>()
      const { quality, mirror, beauty } = settings.get()
      this.setData({ quality, mirror, beauty })
      this.rise = mediaSeat.take(
        () => this.setData({ seated: true }),
        () => this.stand(),
      )
    },
    stand() {
      if (!this.rise) return
      this.rise()
      this.rise = null
      this.setData({ seated: false })
    },
    /** Counts while it can be seen. */
    watch() {
      const counts = this.seen && this.data.active
      if (counts === (this.second !== null)) return
      if (this.second !== null) clearInterval(this.second)
      this.second = counts ? setInterval(() => this.refresh(), 1_000) : null
    },

    onTap() {
      returnToCall(getApp<AppContext>().call.state)
    },
    onOwnMedia({ detail }) {
      const { call } = getApp<AppContext>()
      if (detail.state !== 'failed') return
      if (detail.reason === 'microphone-refused') call.microphoneRefused()
      else if (detail.reason === 'camera-refused' || detail.reason === 'camera-failed') call.cameraFailed()
    },
    onOwnQuality({ detail }) {
      getApp<AppContext>().call.noteNetwork(detail.quality)
    },
  },
})
