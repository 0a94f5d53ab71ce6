/**
 * The way back to a call whose page was left, shown on every other page. On the visible page it also holds pusher and players, so
 * that media continue.
 */
import type { AppContext } from '../../app-context'
import { changes } from '../../services/changes'
import type { Beauty } from '../../services/settings'
import { windowOf } from '../../services/window'
import { isActive, isInRoom, type NetworkQuality } from '../../call/state'
import type { MediaState } from '../media/state'
import { bannerView, NO_CALL, type BannerPlayer, type BannerView } from './view'

interface Data extends BannerView {
  t: object
  /** Whether pusher and players are in this banner. */
  ownsMedia: boolean
  quality: string
  mirror: boolean
  beauty: Beauty
  /** Height of the status bar above the banner, px. */
  top: number
}
const properties = {
  /** The page has `navigationStyle: custom`: the status bar is left free. */
  custom: Boolean,
}
const data: Data = { ...NO_CALL, t: {}, ownsMedia: false, quality: 'standard', mirror: true, beauty: 'off', top: 0 }

interface Fields {
  leave: Array<() => void>
  /** Whether this page is visible. */
  seen: boolean
  /** Releases the media; null while they are neither held nor requested here. */
  rise: (() => void) | null
  second: ReturnType<typeof setInterval> | null
}
type Methods = {
  refresh(): void
  see(seen: boolean): void
  view(): BannerView
  /** Acquires the media when this page is visible, until the call ends or another page acquires them. */
  sit(active: boolean): void
  stand(): void
  watch(): void
  onTap(): void
  onOwnMedia(event: WechatMiniprogram.CustomEvent<MediaState>): void
  onOwnQuality(event: WechatMiniprogram.CustomEvent<{ quality: NetworkQuality }>): void
}

Component<Data, typeof properties, Methods, [], Fields>({
  properties,
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
      if (this.data.custom) this.setData({ top: windowOf(wx.getWindowInfo()).top })
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
      const { state } = getApp<AppContext>().call
      this.sit(isActive(state) || isInRoom(state))
      // Pages are also hidden when the app goes to the background: media continue.
      const view = this.seen || this.rise ? this.view() : NO_CALL
      const changed = changes(this.data, view)
      if (Object.keys(changed).length > 0) this.setData(changed)
      this.watch()
    },
    view() {
      const { call, language } = getApp<AppContext>()
      const texts = {
        banner: language.texts('banner'),
        endings: language.texts('endings'),
        roomEndings: language.texts('room-endings'),
      }
      const view = bannerView(call.state, texts, Date.now())
      const { players } = this.data
      return samePlayers(players, view.players) ? { ...view, players } : view
    },
    sit(active) {
      if (!active) return this.stand()
      if (!this.seen || this.rise) return
      const { settings, mediaOwner } = getApp<AppContext>()
      const { quality, mirror, beauty } = settings.get()
      this.setData({ quality, mirror, beauty })
      this.rise = mediaOwner.acquire(
        () => this.setData({ ownsMedia: true }),
        () => this.stand(),
      )
    },
    stand() {
      if (!this.rise) return
      this.rise()
      this.rise = null
      this.setData({ ownsMedia: false })
    },
    /** Updates the duration while visible. */
    watch() {
      const counts = this.seen && this.data.active
      if (counts === (this.second !== null)) return
      if (this.second !== null) clearInterval(this.second)
      this.second = counts ? setInterval(() => this.refresh(), 1_000) : null
    },

    onTap() {
      getApp<AppContext>().pages.show()
    },
    onOwnMedia({ detail }) {
      if (detail.state !== 'failed') return
      const { reason } = detail
      const { call } = getApp<AppContext>()
      if (reason === 'microphone-refused') call.microphoneRefused()
      else if (reason === 'camera-refused' || reason === 'camera-failed') call.cameraFailed()
    },
    onOwnQuality({ detail }) {
      getApp<AppContext>().call.noteNetwork(detail.quality)
    },
  },
})

/** Avoids setting unchanged players each second. */
function samePlayers(shown: readonly BannerPlayer[], next: readonly BannerPlayer[]): boolean {
  return JSON.stringify(shown) === JSON.stringify(next)
}
