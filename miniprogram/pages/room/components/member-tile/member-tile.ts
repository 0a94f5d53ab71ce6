/**
 * A member of the room: video or avatar, name, microphone, network, and whether it speaks. Contains the member's player, or the local
 * pusher. Emits `pin` on tap, `level` ({ level: 0..1 }), `quality` ({ quality: NetworkQuality }) of the received stream, and for the local
 * user `ownmedia` (a `MediaState`).
 */
import type { AppContext } from '../../../../app-context'
import type { NetworkQuality } from '../../../../call/state'
import type { MediaState } from '../../../../components/media/state'
import { changes } from '../../../../services/changes'
import type { Beauty, PictureQuality } from '../../../../services/settings'
import { NO_MEDIA_STATES, tileView, type MediaStates, type TileView } from './view'

/** As in the grid's `Tile`. */
const properties = {
  account: String,
  own: Boolean,
  /** `push`, `play` or empty. */
  media: String,
  url: String,
  sends: Boolean,
  video: Boolean,
  microphone: Boolean,
  camera: Boolean,
  away: Boolean,
  left: Boolean,
  speaking: Boolean,
  network: String,
  /** `pin`, `unpin` or empty. */
  tap: String,
  /** `large`, `medium`, `small` or `tiny`. */
  size: { type: String, value: 'large' },
  /** Whether it is on the visible page. */
  seen: { type: Boolean, value: true },
  /** Loudspeaker, or earpiece. */
  speaker: { type: Boolean, value: true },
  /** The local camera: `front` or `back`. */
  facing: { type: String, value: 'front' },
}
interface Data extends TileView {
  quality: PictureQuality
  mirror: boolean
  beauty: Beauty
}
const data: Data = {
  name: '',
  covered: true,
  words: '',
  weak: false,
  spoken: '',
  quality: 'standard',
  mirror: true,
  beauty: 'off',
}

interface Fields {
  leave: Array<() => void>
  mediaStates: MediaStates
  /** The source of the last player or pusher state. */
  heardOf: string
  /** Until a stalled picture counts as old. */
  staling: ReturnType<typeof setTimeout> | null
}
type Methods = {
  refresh(): void
  showSettings(): void
  update(media: MediaState): void
  stopStaling(): void
  resume(): void
  onTap(): void
  onMedia(event: WechatMiniprogram.CustomEvent<MediaState>): void
  onOwnMedia(event: WechatMiniprogram.CustomEvent<MediaState>): void
  onQuality(event: WechatMiniprogram.CustomEvent<{ quality: NetworkQuality }>): void
  onOwnQuality(event: WechatMiniprogram.CustomEvent<{ quality: NetworkQuality }>): void
  onLevel(event: WechatMiniprogram.CustomEvent<{ level: number }>): void
}

/** Shorter stalls do not hide the picture, ms. */
const STALE_AFTER = 2_000

Component<Data, typeof properties, Methods, [], Fields>({
  properties,
  data,
  lifetimes: {
    created() {
      this.leave = []
      this.mediaStates = NO_MEDIA_STATES
      this.heardOf = ''
      this.staling = null
    },
    attached() {
      const { language, settings } = getApp<AppContext>()
      this.leave = [language.subscribe(() => this.refresh()), settings.subscribe(() => this.showSettings())]
      this.showSettings()
      this.refresh()
    },
    detached() {
      this.stopStaling()
      for (const leave of this.leave) leave()
    },
  },
  observers: {
    'account, own, media, url, sends, video, microphone, camera, away, left, network, tap'() {
      this.refresh()
    },
  },
  methods: {
    refresh() {
      // The language is not known before attachment.
      if (this.leave.length === 0) return
      const { media } = this.data
      // Another player starts from the beginning.
      if (media !== this.heardOf) {
        this.mediaStates = NO_MEDIA_STATES
        this.heardOf = media
        this.stopStaling()
      }
      const { language } = getApp<AppContext>()
      const texts = { call: language.texts('call'), rooms: language.texts('rooms') }
      const view = tileView(this.data, this.mediaStates, texts)
      const changed = changes(this.data, view)
      if (Object.keys(changed).length > 0) this.setData(changed)
    },
    showSettings() {
      const { quality, mirror, beauty } = getApp<AppContext>().settings.get()
      const changed = changes(this.data, { quality, mirror, beauty })
      if (Object.keys(changed).length > 0) this.setData(changed)
    },
    update(media) {
      this.stopStaling()
      this.mediaStates = { media, stale: false }
      this.refresh()
      if (media.state !== 'stalled') return
      this.staling = setTimeout(() => {
        this.mediaStates = { media, stale: true }
        this.refresh()
      }, STALE_AFTER)
    },
    stopStaling() {
      if (this.staling !== null) clearTimeout(this.staling)
      this.staling = null
    },
    resume() {
      this.selectComponent('#pusher')?.resume()
    },

    onTap() {
      if (this.data.tap !== '') this.triggerEvent('pin')
    },
    onMedia({ detail }) {
      this.update(detail)
    },
    onOwnMedia({ detail }) {
      this.update(detail)
      this.triggerEvent('ownmedia', detail)
    },
    onQuality({ detail }) {
      this.triggerEvent('quality', detail)
    },
    onOwnQuality({ detail }) {
      getApp<AppContext>().call.noteNetwork(detail.quality)
    },
    onLevel({ detail }) {
      this.triggerEvent('level', detail)
    },
  },
})
