/** The room page around the grid of members. Its view follows the controller's state (see view.ts). */
import type { AppContext } from '../../app-context'
import { moreItems, showMenu, type MoreAction } from '../../components/call-controls/more'
import { describeFailure, isCameraFailure, type Failure } from '../../components/media/failure'
import type { FailureReason, MediaState } from '../../components/media/state'
import { isInRoom, type RoomRole, type CallState } from '../../call/state'
import { changes } from '../../services/changes'
import { clock } from '../../services/clock'
import { openPermissionSettings, systemPermissions } from '../../services/permissions'
import { headerTop } from '../../services/window'
import { BLANK, roomView, type RoomView } from './view'

interface Data extends RoomView {
  t: object
  /** Whether this page shows the room's pusher and players. */
  ownsMedia: boolean
  /** Time in the room; empty before joining. */
  elapsed: string
  headerTop: number
  inviting: boolean
}
type AccountEvent = WechatMiniprogram.BaseEvent<Record<string, never>, { account: string }>

const app = getApp<AppContext>()

const data: Data = { ...BLANK, t: {}, ownsMedia: false, elapsed: '', headerTop: 0, inviting: false }

interface Fields {
  leave: Array<() => void>
  /** The last role in the room. */
  role: RoomRole
  failure: { reason: FailureReason; shown: Failure } | null
}
const fields: Fields = { leave: [], role: 'host', failure: null }

Page({
  data,
  ...fields,

  onLoad() {
    this.setData({ headerTop: headerTop(wx.getWindowInfo()) })
    this.showTitle()
    const seconds = setInterval(() => this.tick(), 1_000)
    this.leave = [
      app.language.follow(this, 'rooms', 'call'),
      app.language.subscribe(() => this.showTitle()),
      app.language.subscribe(() => this.refresh()),
      app.call.subscribe((state, previous) => this.onCall(state, previous)),
      app.mediaOwner.acquire(
        () => this.setData({ ownsMedia: true }),
        () => this.setData({ ownsMedia: false }),
      ),
      () => clearInterval(seconds),
    ]
    this.onCall(app.call.state, { phase: 'idle' })
  },
  onUnload() {
    for (const leave of this.leave) leave()
  },

  onCall(state: CallState, previous: CallState) {
    if (state.type === 'one-to-one') return
    if (state.phase === 'joining' || isInRoom(state)) this.role = state.role
    const begins = state.phase === 'joining' && previous.phase !== 'joining'
    const cameraWorks = isInRoom(state) && state.local.camera && this.isCameraDown()
    if (begins || cameraWorks) this.failure = null
    this.refresh()
    if (state.phase !== previous.phase) this.tick()
  },
  /** Shows the state of the room and failures of local media. */
  refresh() {
    const { language } = app
    const texts = {
      call: language.texts('call'),
      rooms: language.texts('rooms'),
      endings: language.texts('room-endings'),
    }
    const view = roomView(app.call.state, this.role, this.failure?.shown ?? null, texts)
    if (!view) return
    const changed = changes(this.data, { ...view, inviting: view.active && this.data.inviting })
    if (Object.keys(changed).length > 0) this.setData(changed)
  },
  tick() {
    const { state } = app.call
    if (state.type === 'one-to-one') return
    const lasted = isInRoom(state) ? Date.now() - state.joinedAt : state.phase === 'ended' ? state.duration : 0
    const elapsed = isInRoom(state) || lasted > 0 ? clock(lasted) : ''
    if (elapsed !== this.data.elapsed) this.setData({ elapsed })
  },
  showTitle() {
    void wx.setNavigationBarTitle({ title: app.language.texts('rooms').title })
  },

  onOwnMedia({ detail }: WechatMiniprogram.CustomEvent<MediaState>) {
    if (detail.state === 'failed') this.fail(detail.reason)
    else if (detail.state === 'playing' && !this.isCameraDown()) this.clearFailure()
  },
  fail(reason: FailureReason) {
    if (reason === 'microphone-refused') return app.call.microphoneRefused()
    const shown = describeFailure(reason, systemPermissions)
    if (!shown) return
    this.failure = { reason, shown }
    this.refresh()
    // A room can continue without a local camera; the others are told that there is no video.
    if (isCameraFailure(reason)) app.call.cameraFailed()
  },
  isCameraDown() {
    return this.failure !== null && isCameraFailure(this.failure.reason)
  },
  clearFailure() {
    if (!this.failure) return
    this.failure = null
    this.refresh()
  },
  onOpenSettings() {
    openPermissionSettings(() => this.selectComponent('#grid')?.resume())
  },

  onMicrophone() {
    app.call.toggleMicrophone()
  },
  onCamera() {
    app.call.toggleCamera()
  },
  onSpeaker() {
    app.call.toggleSpeaker()
  },
  onFlip() {
    app.call.flipCamera()
  },
  onMore() {
    const items = moreItems(app.settings.get(), app.language.texts('call'))
    const possible = items.filter(({ action }) => action.type !== 'to-audio')
    showMenu(possible, (action) => this.change(action))
  },
  change(action: MoreAction) {
    if (action.type === 'mirror') app.settings.change({ mirror: action.on })
    if (action.type === 'beauty') app.settings.change({ beauty: action.level })
  },
  onLeave() {
    app.call.hangUp()
  },
  /** An audience member rejoins as host. */
  onBecomeHost() {
    const { room, kind } = this.data
    app.call.hangUp()
    void app.entry.joinRoom(room, 'host', kind)
  },
  onReEnter() {
    const { room, kind, role } = this.data
    void app.entry.joinRoom(room, role, kind)
  },
  onClose() {
    app.call.dismiss()
  },

  onInvite() {
    this.setData({ inviting: true })
  },
  onInvited({ detail }: WechatMiniprogram.CustomEvent<{ accounts: string[] }>) {
    this.setData({ inviting: false })
    if (detail.accounts.length > 0) app.call.invite(detail.accounts)
  },
  onRingAgain({ currentTarget }: AccountEvent) {
    app.call.invite([currentTarget.dataset.account])
  },
  /** The room continues: the banner of the page below leads back. */
  onLeavePage() {
    void wx.navigateBack()
  },
})
