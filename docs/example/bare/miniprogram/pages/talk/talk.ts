/** A call page of one's own: all it needs is netcall/ and call/. */
import { CallController } from '../../call/controller'
import { mediaView, NO_MEDIA } from '../../call/media-view'
import { isActive, type CallState } from '../../call/state'
import { RECORD_TYPE } from '../../netcall/constants'
import { createProvider } from '../../netcall/create'

const SERVICE = 'http://127.0.0.1:8360'
const ACCOUNT = 'patient'

const call = new CallController({
  settings: () => ({
    microphone: true,
    cameraOn: true,
    camera: 'front',
    recordAudio: true,
    recordVideo: true,
    recordType: RECORD_TYPE.RECORD_TYPE_MIX_SINGLE,
    rtmpRecord: false,
    hostSpeaker: false,
  }),
})

Page({
  data: { phase: 'idle', ...NO_MEDIA },

  onLoad() {
    call.subscribe((state) => this.show(state))
    wx.request<{ token: string }>({
      method: 'POST',
      url: `${SERVICE}/api/tokens`,
      data: { account: ACCOUNT },
      success: ({ data: { token } }) => void this.signIn(token),
    })
  },
  async signIn(token: string) {
    const { im, netcall } = await createProvider({ provider: 'local', service: SERVICE, account: ACCOUNT, token })
    await im.connect()
    call.attach(netcall, im)
  },
  show(state: CallState) {
    // This page has no group calls.
    if (state.phase === 'invited') return call.reject()
    this.setData({ phase: state.phase, ...(isActive(state) ? mediaView(state) : NO_MEDIA) })
    if (state.phase === 'ended') call.dismiss()
  },

  place() {
    call.callUser('dr-chen', 'video')
  },
  accept() {
    call.accept()
  },
  hangUp() {
    if (call.state.phase === 'incoming') call.reject()
    else call.hangUp()
  },
})
