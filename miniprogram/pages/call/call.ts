/** The call page: an outgoing call, its media, its end. What it shows follows the controller's state (see view.ts). */
import type { AppContext } from '../../app-context'
import { isBusy, type CallState } from '../../call/state'
import type { NetQuality } from '../../components/media/net-status'
import type { FailureReason, MediaState } from '../../components/media/state'
import { clock } from '../../services/clock'
import { describeFailure, isCameraFailure, systemPermissions, type Failure } from './failure'
import { home, keepInside, windowOf, type Point, type Window } from './small-picture'
import { BLANK, callView, changes, type CallMedia, type CallView, type Heard } from './view'

interface Data extends CallView {
  t: object
  account: string
  quality: string
  devicePosition: string
  /** How long the call has lasted; empty before it was answered. */
  elapsed: string
  /** Loudness of the other side's voice, 0..1. */
  level: number
  swapped: boolean
  /** Where the small picture is, as a style. */
  place: string
  headerTop: number
  controlsShown: boolean
  failureText: Failure['text'] | ''
  wayOut: Failure['wayOut']
}
type Picture = 'own' | 'peer'
type QualityEvent = WechatMiniprogram.CustomEvent<{ quality: NetQuality }>
type PictureEvent = WechatMiniprogram.BaseEvent<Record<string, never>, { picture: Picture }>
type PictureTouch = WechatMiniprogram.TouchEvent<Record<string, never>, Record<string, never>, { picture: Picture }>

/** How long the controls of a video call stay after the last tap, ms. */
const CONTROLS_SHOWN = 4_000
const HEADER_MARGIN = 8

const app = getApp<AppContext>()

const data: Data = {
  ...BLANK,
  t: {},
  account: '',
  quality: 'standard',
  devicePosition: 'front',
  elapsed: '',
  level: 0,
  swapped: false,
  place: '',
  headerTop: 0,
  controlsShown: true,
  failureText: '',
  wayOut: 'none',
}

interface Fields {
  leave: Array<() => void>
  media: CallMedia
  window: Window
  point: Point
  /** From the finger to the small picture's corner while it is dragged. */
  grip: Point | null
  failure: FailureReason | null
  fading: ReturnType<typeof setTimeout> | null
}
const fields: Fields = {
  leave: [],
  media: { own: { state: null, quality: null }, peer: { state: null, quality: null } },
  window: { width: 0, height: 0, top: 0, bottom: 0 },
  point: { x: 0, y: 0 },
  grip: null,
  failure: null,
  fading: null,
}

Page({
  data,
  ...fields,

  onLoad() {
    const { camera, quality } = app.settings.get()
    const session = app.session.state
    this.window = windowOf(wx.getWindowInfo())
    this.setData({
      quality,
      devicePosition: camera,
      account: session.phase === 'signed-out' ? '' : session.account,
      headerTop: this.window.top + HEADER_MARGIN,
    })
    this.move(home(this.window))
    this.showTitle()
    const seconds = setInterval(() => this.showElapsed(), 1_000)
    this.leave = [
      app.language.follow(this, 'call', 'common'),
      app.language.subscribe(() => this.showTitle()),
      app.language.subscribe(() => this.refresh()),
      app.call.subscribe((state, previous) => this.onCall(state, previous)),
      () => clearInterval(seconds),
      () => this.stopFading(),
    ]
    void wx.setKeepScreenOn({ keepScreenOn: true })
    this.onCall(app.call.state, { phase: 'idle' })
  },
  onUnload() {
    for (const leave of this.leave) leave()
    void wx.setKeepScreenOn({ keepScreenOn: false })
    // Left by a swipe: a call that nobody sees must not go on.
    if (isBusy(app.call.state)) app.call.hangUp()
  },
  onResize() {
    this.window = windowOf(wx.getWindowInfo())
    this.move(keepInside(this.window, this.point))
  },

  onCall(state: CallState, previous: CallState) {
    this.refresh()
    this.showElapsed()
    if (state.phase !== previous.phase) this.showControls()
    if (this.data.camera && this.failure && isCameraFailure(this.failure)) this.clearFailure()
  },
  /** Shows the call's state and its media's. */
  refresh() {
    const texts = { call: app.language.texts('call'), endings: app.language.texts('endings') }
    const view = callView(app.call.state, this.media, texts)
    if (!view) return
    // The end is shown large, whatever was.
    const changed = changes(this.data, { ...view, swapped: view.active && this.data.swapped })
    if (Object.keys(changed).length > 0) this.setData(changed)
  },
  showElapsed() {
    const { state } = app.call
    const lasted = state.phase === 'ended' ? state.duration : 0
    const running = state.phase === 'talking' || state.phase === 'reconnecting'
    const elapsed = running ? clock(Date.now() - state.answeredAt) : lasted > 0 ? clock(lasted) : ''
    if (elapsed !== this.data.elapsed) this.setData({ elapsed })
  },
  showTitle() {
    void wx.setNavigationBarTitle({ title: app.language.texts('call').title })
  },

  /** Shows the controls; while a video call runs they fade again after a while. */
  showControls() {
    this.stopFading()
    if (!this.data.controlsShown) this.setData({ controlsShown: true })
    if (this.canFade()) this.fading = setTimeout(() => this.hideControls(), CONTROLS_SHOWN)
  },
  hideControls() {
    this.stopFading()
    if (this.canFade()) this.setData({ controlsShown: false })
  },
  stopFading() {
    if (this.fading !== null) clearTimeout(this.fading)
    this.fading = null
  },
  canFade() {
    const { kind, phase, failureText } = this.data
    return kind === 'video' && phase === 'talking' && failureText === ''
  },
  onTapScreen() {
    if (this.data.controlsShown) this.hideControls()
    else this.showControls()
  },
  onTapFoot() {
    this.showControls()
  },

  onTapPicture({ currentTarget }: PictureEvent) {
    if (this.isSmall(currentTarget.dataset.picture)) this.setData({ swapped: !this.data.swapped })
    else this.onTapScreen()
  },
  onTouchStart({ currentTarget, touches: [finger] }: PictureTouch) {
    const grabbed = finger && this.isSmall(currentTarget.dataset.picture)
    this.grip = grabbed ? { x: this.point.x - finger.clientX, y: this.point.y - finger.clientY } : null
  },
  onTouchMove({ touches: [finger] }: PictureTouch) {
    if (!finger || !this.grip) return
    this.move(keepInside(this.window, { x: finger.clientX + this.grip.x, y: finger.clientY + this.grip.y }))
  },
  isSmall(picture: Picture) {
    return this.data.kind === 'video' && (picture === 'peer') === this.data.swapped
  },
  move(point: Point) {
    this.point = point
    this.setData({ place: `left: ${point.x}px; top: ${point.y}px` })
  },

  onPeerMedia({ detail }: WechatMiniprogram.CustomEvent<MediaState>) {
    this.hear('peer', { state: detail })
  },
  onPeerQuality({ detail }: QualityEvent) {
    this.hear('peer', detail)
  },
  onLevel({ detail }: WechatMiniprogram.CustomEvent<{ level: number }>) {
    const level = this.data.covered ? Math.round(detail.level * 10) / 10 : 0
    if (level !== this.data.level) this.setData({ level })
  },
  onOwnMedia({ detail }: WechatMiniprogram.CustomEvent<MediaState>) {
    this.hear('own', { state: detail })
    if (detail.state === 'failed') this.showFailure(detail.reason)
    else if (detail.state === 'playing' && this.failure && !isCameraFailure(this.failure)) this.clearFailure()
  },
  onOwnQuality({ detail }: QualityEvent) {
    this.hear('own', detail)
  },
  hear(picture: Picture, said: Partial<Heard>) {
    this.media = { ...this.media, [picture]: { ...this.media[picture], ...said } }
    this.refresh()
  },
  showFailure(reason: FailureReason) {
    const failure = describeFailure(reason, systemPermissions)
    if (!failure) return
    this.failure = reason
    this.setData({ failureText: failure.text, wayOut: failure.wayOut })
    this.showControls()
    // A call can do without a camera, and the other side is told that there is no picture.
    if (isCameraFailure(reason) && this.data.camera) app.call.toggleCamera()
  },
  clearFailure() {
    this.failure = null
    this.setData({ failureText: '', wayOut: 'none' })
    this.showControls()
  },
  onDismissFailure() {
    this.clearFailure()
  },
  onOpenSettings() {
    const complete = (): void => this.selectComponent('#pusher')?.resume()
    if (this.data.wayOut === 'system-settings') wx.openAppAuthorizeSetting({ complete })
    else wx.openSetting({ complete })
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
    this.selectComponent('#pusher')?.flip()
  },
  onHangUp() {
    app.call.hangUp()
  },
})
