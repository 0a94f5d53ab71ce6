/** The call page: an outgoing call, its media, its end. What it shows follows the controller's state (see view.ts). */
import type { AppContext } from '../../app-context'
import { isActive, type CallState, type NetworkQuality } from '../../call/state'
import { moreItems, showMenu, type MoreAction } from '../../components/call-controls/more'
import { describeFailure, isCameraFailure } from '../../components/media/failure'
import type { FailureReason, MediaState } from '../../components/media/state'
import { changes } from '../../services/changes'
import { openPermissionSettings, systemPermissions } from '../../services/permissions'
import type { Beauty } from '../../services/settings'
import { headerTop } from '../../services/window'
import type { CardAction } from './cards'
import { qualityOnly, stillRuns } from './quality'
import { SmallPicture } from './small-picture'
import { BLANK, callView, elapsedOf, SILENT, type CallView, type Heard } from './view'

interface Data extends CallView {
  t: object
  account: string
  /** Whether this page holds the call's pusher and player. */
  seated: boolean
  quality: string
  mirror: boolean
  beauty: Beauty
  /** See `elapsedOf`. */
  elapsed: string
  /** The loudest that the other side's voice was in the last second, 0..1. */
  level: number
  swapped: boolean
  /** Where the small picture is, as a style. */
  place: string
  headerTop: number
  controlsShown: boolean
}
type Picture = 'own' | 'peer'
type QualityEvent = WechatMiniprogram.CustomEvent<{ quality: NetworkQuality }>
type PictureEvent = WechatMiniprogram.BaseEvent<Record<string, never>, { picture: Picture }>
type PictureTouch = WechatMiniprogram.TouchEvent<Record<string, never>, Record<string, never>, { picture: Picture }>

/** How long the controls of a video call stay after the last tap, ms. */
const CONTROLS_SHOWN = 4_000

const app = getApp<AppContext>()

const data: Data = {
  ...BLANK,
  t: {},
  account: '',
  seated: false,
  quality: 'standard',
  mirror: true,
  beauty: 'off',
  elapsed: '',
  level: 0,
  swapped: false,
  place: '',
  headerTop: 0,
  controlsShown: true,
}

interface Fields {
  leave: Array<() => void>
  heard: Heard
  small: SmallPicture | null
  failure: FailureReason | null
  loudest: number
  fading: ReturnType<typeof setTimeout> | null
}
const fields: Fields = {
  leave: [],
  heard: SILENT,
  small: null,
  failure: null,
  loudest: 0,
  fading: null,
}

Page({
  data,
  ...fields,

  onLoad() {
    const session = app.session.state
    const info = wx.getWindowInfo()
    this.small = new SmallPicture(info)
    this.setData({
      account: session.phase === 'signed-out' ? '' : session.account,
      headerTop: headerTop(info),
      place: this.small.place,
    })
    this.showTitle()
    this.showSettings()
    const seconds = setInterval(() => this.tick(), 1_000)
    this.leave = [
      app.language.follow(this, 'call'),
      app.language.subscribe(() => this.showTitle()),
      app.language.subscribe(() => this.refresh()),
      app.settings.subscribe(() => this.showSettings()),
      app.call.subscribe((state, previous) => this.onCall(state, previous)),
      app.mediaSeat.take(
        () => this.setData({ seated: true }),
        () => this.setData({ seated: false }),
      ),
      () => clearInterval(seconds),
      () => this.stopFading(),
    ]
    this.onCall(app.call.state, { phase: 'idle' })
  },
  onUnload() {
    for (const leave of this.leave) leave()
  },
  onResize() {
    if (this.small) this.show({ place: this.small.fit(wx.getWindowInfo()) })
  },

  onCall(state: CallState, previous: CallState) {
    if (qualityOnly(state, previous)) return
    // The page goes on with the next call, of which nothing has been heard yet.
    if (state.phase === 'ended') {
      this.heard = SILENT
      this.failure = null
    }
    const { kind, cardId } = this.data
    if (state.phase === previous.phase) this.refresh()
    else this.tick()
    // What can be done has changed.
    const changed = kind !== this.data.kind || cardId !== this.data.cardId
    if (state.phase !== previous.phase || changed) this.showControls()
    if (this.data.camera && this.failure && isCameraFailure(this.failure)) this.clearFailure()
  },
  /** Shows the call's state and its media's. */
  refresh() {
    this.show(this.view())
  },
  /** The same with what changes by itself, in one go a second. */
  tick() {
    const elapsed = elapsedOf(app.call.state, Date.now())
    const view = this.view()
    const { covered } = { ...this.data, ...view }
    const level = covered ? Math.round(this.loudest * 10) / 10 : 0
    this.loudest = 0
    this.show({ ...view, elapsed, level })
  },
  view(): Partial<Data> {
    const texts = { call: app.language.texts('call'), endings: app.language.texts('endings') }
    const view = callView(app.call.state, this.heard, texts)
    // The end is shown large, whatever was.
    return view ? { ...view, swapped: view.active && view.kind === 'video' && this.data.swapped } : {}
  },
  show(next: Partial<Data>) {
    const changed = changes(this.data, next)
    if (Object.keys(changed).length > 0) this.setData(changed)
  },
  showTitle() {
    void wx.setNavigationBarTitle({ title: app.language.texts('call').title })
  },
  showSettings() {
    const { quality, mirror, beauty } = app.settings.get()
    this.setData({ quality, mirror, beauty })
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
    const { kind, phase, cardId } = this.data
    return kind === 'video' && phase === 'talking' && cardId === ''
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
    this.small?.grab(finger && this.isSmall(currentTarget.dataset.picture) ? finger : null)
  },
  onTouchMove({ touches: [finger] }: PictureTouch) {
    const place = finger && this.small?.drag(finger)
    if (place) this.show({ place })
  },
  isSmall(picture: Picture) {
    return this.data.kind === 'video' && (picture === 'peer') === this.data.swapped
  },

  onPeerMedia({ detail }: WechatMiniprogram.CustomEvent<MediaState>) {
    this.hear({ peer: detail }, stillRuns(detail, this.heard.peer))
  },
  onPeerQuality({ detail }: QualityEvent) {
    this.hear({ peerQuality: detail.quality }, true)
  },
  onLevel({ detail }: WechatMiniprogram.CustomEvent<{ level: number }>) {
    this.loudest = Math.max(this.loudest, detail.level)
  },
  onOwnMedia({ detail }: WechatMiniprogram.CustomEvent<MediaState>) {
    this.hear({ own: detail }, stillRuns(detail, this.heard.own))
    if (detail.state === 'failed') this.fail(detail.reason)
    else if (detail.state === 'playing' && this.failure && !isCameraFailure(this.failure)) this.clearFailure()
  },
  onOwnQuality({ detail }: QualityEvent) {
    app.call.noteNetwork(detail.quality)
  },
  /** `later`: the tick will show it. */
  hear(said: Partial<Heard>, later = false) {
    this.heard = { ...this.heard, ...said }
    if (!later) this.refresh()
  },
  fail(reason: FailureReason) {
    if (reason === 'microphone-refused') return app.call.microphoneRefused()
    const failure = describeFailure(reason, systemPermissions)
    if (!failure) return
    this.failure = reason
    this.hear({ failure })
    this.showControls()
    // A call can do without a camera, and the other side is told that there is no picture.
    if (isCameraFailure(reason)) app.call.cameraFailed()
  },
  clearFailure() {
    this.failure = null
    this.hear({ failure: null })
    this.showControls()
  },

  onCard({ currentTarget }: WechatMiniprogram.BaseEvent<Record<string, never>, { action: CardAction }>) {
    switch (currentTarget.dataset.action) {
      case 'open-settings':
        return this.openSettings()
      case 'dismiss':
        return this.clearFailure()
      case 'agree':
        return app.call.answerVideo(true)
      case 'decline':
        return app.call.answerVideo(false)
      case 'withdraw':
        return app.call.switchToAudio()
      case 'redial':
        return void app.entry.place(this.data.peer, this.data.kind)
      case 'keep-calling':
        return void app.entry.place(this.data.peer, this.data.kind, { keepCalling: true })
      case 'close':
        return app.call.dismiss()
    }
  },
  openSettings() {
    openPermissionSettings(() => {
      if (this.data.active && this.data.seated) this.selectComponent('#pusher')?.resume()
    })
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
  onVideo() {
    app.call.askForVideo()
  },
  onMore() {
    const { state } = app.call
    const cid = isActive(state) ? state.cid : null
    showMenu(moreItems(app.settings.get(), app.language.texts('call')), (action) => {
      // The menu may have outlived its call.
      if (isActive(app.call.state) && app.call.state.cid === cid) this.change(action)
    })
  },
  change(action: MoreAction) {
    switch (action.type) {
      case 'to-audio':
        return app.call.switchToAudio()
      case 'mirror':
        return app.settings.change({ mirror: action.on })
      case 'beauty':
        return app.settings.change({ beauty: action.level })
    }
  },
  onHangUp() {
    app.call.hangUp()
  },
  /** The call goes on: the banner of the page below leads back. */
  onLeavePage() {
    void wx.navigateBack()
  },
})
