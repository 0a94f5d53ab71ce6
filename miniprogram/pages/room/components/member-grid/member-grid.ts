/**
 * The members of the room as tiles: sized by their number, nine per page, one large after a tap. Follows the room's state by itself. Emits
 * `ownmedia` (the pusher's `MediaState`).
 */
import type { AppContext } from '../../../../app-context'
import { isInRoom, type CameraFacing, type NetworkQuality } from '../../../../call/state'
import type { MediaState } from '../../../../components/media/state'
import { changes } from '../../../../services/changes'
import { pagesOf } from './layout'
import { keyOf, largeOf, nextEntries, NOBODY, type RosterEntry } from './roster'
import { Speech } from './speech'
import { playerLimit } from './streams'
import { ME, networkOnly, tilePatch, tilesOf, type ShownRoom, type Tile } from './tiles'

const properties = {
  /** Whether this page shows the room's pusher and players. */
  ownsMedia: Boolean,
}
interface Data {
  t: object
  tiles: Tile[]
  page: number
  pages: number
  speaker: boolean
  facing: CameraFacing
}
const data: Data = { t: {}, tiles: [], page: 0, pages: 1, speaker: true, facing: 'front' }

interface Fields {
  leave: Array<() => void>
  entries: readonly RosterEntry[]
  playing: ReadonlySet<string>
  speech: Speech
  qualities: Map<string, NetworkQuality>
  /** The tapped member, `NOBODY` if the large one was tapped; null before any tap. */
  chosen: string | null
  /** Where a touch began, px; null if there is none. */
  touchedAt: number | null
}
type TileEvent<D extends object> = WechatMiniprogram.CustomEvent<D, Record<string, never>, { key: string }>
type Touch = WechatMiniprogram.TouchEvent
type Methods = {
  room(): ShownRoom | null
  refresh(): void
  turnTo(page: number): void
  resume(): void
  onPin(event: TileEvent<object>): void
  onLevel(event: TileEvent<{ level: number }>): void
  onQuality(event: TileEvent<{ quality: NetworkQuality }>): void
  onOwnMedia(event: TileEvent<MediaState>): void
  onPrevious(): void
  onNext(): void
  onTouchStart(event: Touch): void
  onTouchEnd(event: Touch): void
}

/** Interval of checking who speaks and who has left, ms. */
const TICK = 500
/** Minimum swipe distance for turning the page, px. */
const SWIPE = 60

Component<Data, typeof properties, Methods, [], Fields>({
  properties,
  data,
  lifetimes: {
    created() {
      this.leave = []
      this.entries = []
      this.playing = new Set()
      this.speech = new Speech()
      this.qualities = new Map()
      this.chosen = null
      this.touchedAt = null
    },
    attached() {
      const app = getApp<AppContext>()
      const ticking = setInterval(() => this.refresh(), TICK)
      this.leave = [
        app.language.follow(this, 'rooms'),
        app.call.subscribe((state, previous) => {
          if (!networkOnly(state, previous)) this.refresh()
        }),
        () => clearInterval(ticking),
      ]
      this.refresh()
    },
    detached() {
      for (const leave of this.leave) leave()
    },
  },
  observers: {
    ownsMedia() {
      this.refresh()
    },
  },
  methods: {
    room() {
      const { state } = getApp<AppContext>().call
      return state.phase === 'joining' || isInRoom(state) ? state : null
    },
    refresh() {
      const room = this.room()
      if (!room) return
      const { session } = getApp<AppContext>()
      const now = Date.now()
      this.entries = nextEntries(this.entries, isInRoom(room) ? room.members : [], now)
      const keys = new Set([ME, ...this.entries.map(keyOf)])
      this.speech.keep(keys)
      for (const entry of this.entries) this.speech.believe(keyOf(entry), entry.member.spokeAt)
      for (const key of this.qualities.keys()) if (!this.playing.has(key)) this.qualities.delete(key)
      if (this.chosen !== null && this.chosen !== NOBODY && !keys.has(this.chosen)) this.chosen = null
      const pinned = keys.size === 1 ? null : largeOf(this.entries, this.chosen)
      const pages = pagesOf(keys.size, pinned !== null)
      const page = Math.min(this.data.page, pages - 1)
      const { tiles, playing } = tilesOf(room, session.state.phase === 'signed-out' ? '' : session.state.account, {
        entries: this.entries,
        pinned,
        page,
        ownsMedia: this.data.ownsMedia,
        speech: this.speech,
        qualities: this.qualities,
        playing: this.playing,
        limit: playerLimit(wx.getDeviceInfo().platform, room.role),
        now,
      })
      this.playing = playing
      const { speaker, facing } = room.local
      const patch = { ...changes(this.data, { page, pages, speaker, facing }), ...tilePatch(this.data.tiles, tiles) }
      if (Object.keys(patch).length > 0) this.setData(patch)
    },
    turnTo(page) {
      if (page < 0 || page >= this.data.pages) return
      this.setData({ page })
      this.refresh()
    },
    /** Retries camera and microphone after a failure that the user may have fixed. */
    resume() {
      this.selectComponent(`#tile-${ME}`)?.resume()
    },

    onPin({ currentTarget }) {
      const { key } = currentTarget.dataset
      this.chosen = largeOf(this.entries, this.chosen) === key ? NOBODY : key
      this.refresh()
    },
    onLevel({ currentTarget, detail }) {
      const { key } = currentTarget.dataset
      if (this.speech.handle(key, detail.level, Date.now()) && key === ME) getApp<AppContext>().call.noteSpeech()
    },
    onQuality({ currentTarget, detail }) {
      this.qualities.set(currentTarget.dataset.key, detail.quality)
    },
    onOwnMedia({ detail }) {
      this.triggerEvent('ownmedia', detail)
    },
    onPrevious() {
      this.turnTo(this.data.page - 1)
    },
    onNext() {
      this.turnTo(this.data.page + 1)
    },
    onTouchStart({ touches: [finger] }) {
      this.touchedAt = finger?.clientX ?? null
    },
    onTouchEnd({ changedTouches: [finger] }) {
      if (this.touchedAt === null || !finger) return
      const moved = finger.clientX - this.touchedAt
      this.touchedAt = null
      if (Math.abs(moved) >= SWIPE) this.turnTo(this.data.page + (moved < 0 ? 1 : -1))
    },
  },
})
