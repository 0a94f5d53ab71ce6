/** The call page: outgoing call, media and end. Its view follows the controller's state (see view.ts). */
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
import { BLANK, callView, elapsedOf, NO_MEDIA_STATES, type CallView, type MediaStates } from './view'

interface Data extends CallView {
  t: object
  account: string
  /** Whether this page shows the call's pusher and player. */
  ownsMedia: boolean
  quality: string
  mirror: boolean
  beauty: Beauty
  /** See `elapsedOf`. */
  elapsed: string
  /** The peer's maximum voice level in the last second, 0..1. */
  level: number
  swapped: boolean
  /** Position of the small picture, as a style. */
  place: string
  headerTop: number
  controlsShown: boolean
}
type Picture = 'own' | 'peer'
type QualityEvent = WechatMiniprogram.CustomEvent<{ quality: NetworkQuality }>
type PictureEvent = WechatMiniprogram.BaseEvent<Record<string, never>, { picture: Picture }>
type PictureTouch = WechatMiniprogram.TouchEvent<Record<string, never>, Record<string, never>, { picture: Picture }>

/** How long the controls of a video call stay visible after a tap, ms. */
const CONTROLS_SHOWN = 4_000

const app = getApp<AppContext>()

const data: Data = {
  ...BLANK,
  t: {},
  account: '',
  ownsMedia: false,
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
  mediaStates: MediaStates
  small: SmallPicture | null
  failure: FailureReason | null
  loudest: number
  fading: ReturnType<typeof setTimeout> | null
}
const fields: Fields = {
  leave: [],
  mediaStates: NO_MEDIA_STATES,
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
      app.mediaOwner.acquire(
        () => this.setData({ ownsMedia: true }),
        () => this.setData({ ownsMedia: false }),
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
    if (state.type === 'room' || qualityOnly(state, previous)) return
    // The page continues with the next call; drop the last one's media states.
    if (state.phase === 'ended') {
      this.mediaStates = NO_MEDIA_STATES
      this.failure = null
    }
    const { kind, cardId } = this.data
    if (state.phase === previous.phase) this.refresh()
    else this.tick()
    // The available actions have changed.
    const changed = kind !== this.data.kind || cardId !== this.data.cardId
    if (state.phase !== previous.phase || changed) this.showControls()
    if (this.data.camera && this.failure && isCameraFailure(this.failure)) this.clearFailure()
  },
  /** Shows the state of the call and its media. */
  refresh() {
    this.show(this.view())
  },
  /** Shows values that change continuously, once a second. */
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
    const view = callView(app.call.state, this.mediaStates, texts)
    // The end is shown without enlarged pictures.
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

  /** Shows the controls; in a video call they fade out after a while. */
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
    this.update({ peer: detail }, stillRuns(detail, this.mediaStates.peer))
  },
  onPeerQuality({ detail }: QualityEvent) {
    this.update({ peerQuality: detail.quality }, true)
  },
  onLevel({ detail }: WechatMiniprogram.CustomEvent<{ level: number }>) {
    this.loudest = Math.max(this.loudest, detail.level)
  },
  onOwnMedia({ detail }: WechatMiniprogram.CustomEvent<MediaState>) {
    this.update({ own: detail }, stillRuns(detail, this.mediaStates.own))
    if (detail.state === 'failed') this.fail(detail.reason)
    else if (detail.state === 'playing' && this.failure && !isCameraFailure(this.failure)) this.clearFailure()
  },
  onOwnQuality({ detail }: QualityEvent) {
    app.call.noteNetwork(detail.quality)
  },
  /** `later`: shown by the next tick. */
  update(changes: Partial<MediaStates>, later = false) {
    this.mediaStates = { ...this.mediaStates, ...changes }
    if (!later) this.refresh()
  },
  fail(reason: FailureReason) {
    if (reason === 'microphone-refused') return app.call.microphoneRefused()
    const failure = describeFailure(reason, systemPermissions)
    if (!failure) return
    this.failure = reason
    this.update({ failure })
    this.showControls()
    // A call can continue without a camera; the peer is told that there is no video.
    if (isCameraFailure(reason)) app.call.cameraFailed()
  },
  clearFailure() {
    this.failure = null
    this.update({ failure: null })
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
      if (this.data.active && this.data.ownsMedia) this.selectComponent('#pusher')?.resume()
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
      // The call may have ended while the menu was open.
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
  /** The call continues: the banner of the page below leads back. */
  onLeavePage() {
    void wx.navigateBack()
  },
})
