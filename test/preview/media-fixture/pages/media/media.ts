/** A pusher and a player whose codes are stored for the test. */
Page({
  pusherCodes: [] as number[],
  playerCodes: [] as number[],
  /** Messages of the player's state changes. */
  playerMessages: [] as string[],
  errors: [] as string[],
  pusherNet: {},
  playerNet: {},
  data: {
    push: '',
    play: '',
    camera: true,
    microphone: true,
    pushing: false,
    playing: false,
    mirrored: false,
    whiteness: 0,
    waitingImage: '',
  },
  startPusher() {
    wx.createLivePusherContext().start()
  },
  startPlayer() {
    wx.createLivePlayerContext('player').play()
  },
  onPusher(event: WechatMiniprogram.LivePusherStateChange) {
    this.pusherCodes.push(event.detail.code)
  },
  onPusherError(event: WechatMiniprogram.LivePusherError) {
    this.errors.push(event.detail.errMsg)
  },
  onPlayer(event: WechatMiniprogram.LivePlayerStateChange) {
    this.playerCodes.push(event.detail.code)
    this.playerMessages.push(String(Reflect.get(event.detail, 'message')))
  },
  onPusherNet(event: WechatMiniprogram.CustomEvent<{ info: object }>) {
    this.pusherNet = event.detail.info
  },
  onPlayerNet(event: WechatMiniprogram.CustomEvent<{ info: object }>) {
    this.playerNet = event.detail.info
  },
})
