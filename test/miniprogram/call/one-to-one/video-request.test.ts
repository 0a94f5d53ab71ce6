/** @jest-environment node */
import { CONTROL_COMMAND, NETCALL_MODE, type ControlCommand } from '../../../../miniprogram/netcall/constants'
import type { CallEffect } from '../../../../miniprogram/call/events'
import type { CallState, VideoRequest } from '../../../../miniprogram/call/state'
import { localMedia, reconnecting, remoteMedia, talking } from '../../../support/calls'
import { act } from '../transition-events'

const CID = 7
const ASK = CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_SWITCH_AUDIO_TO_VIDEO
const AGREE = CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_SWITCH_AUDIO_TO_VIDEO_AGREE
const REFUSE = CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_SWITCH_AUDIO_TO_VIDEO_REJECT
const TO_AUDIO = CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_SWITCH_VIDEO_TO_AUDIO

const SOUND = NETCALL_MODE.NETCALL_MODE_ONLY_AUDIO
const BOTH = NETCALL_MODE.NETCALL_MODE_AUDIO_VIDEO
const recording = { audio: true, video: true }
const audio = (videoRequest: VideoRequest = 'none'): CallState =>
  talking({
    kind: 'audio',
    local: localMedia({ camera: false, mode: SOUND, speaker: false, recording }),
    remote: remoteMedia({ camera: false, mode: SOUND }),
    videoRequest,
  })
const video = (): CallState => talking({ local: localMedia({ recording }) })
const say = (command: ControlCommand): CallEffect => ({ type: 'control', cid: CID, command })
const hear = (state: CallState, command: ControlCommand) =>
  act(state, { type: 'control', cid: CID, account: 'bob', command, at: 1 })

const BECOMES_VIDEO = [
  { type: 'switch-mode', mode: BOTH },
  { type: 'announce-recording', to: ['bob'], cid: CID, wish: { audio: true, video: true } },
]
const BECOMES_AUDIO = [
  { type: 'switch-mode', mode: SOUND },
  { type: 'announce-recording', to: ['bob'], cid: CID, wish: { audio: true, video: false } },
]
const VIDEO = { kind: 'video', videoRequest: 'none', local: { camera: true, mode: BOTH, speaker: true } }
const AUDIO = { kind: 'audio', videoRequest: 'none', local: { camera: false, mode: SOUND } }

describe('requesting video', () => {
  test('is sent once, and leaves the call as it is until the answer', () => {
    const { state, effects } = act(audio(), { type: 'ask-video' })
    expect(state).toMatchObject({ kind: 'audio', videoRequest: 'asking', local: { camera: false } })
    expect(effects).toEqual([say(ASK)])
    expect(act(state, { type: 'ask-video' })).toEqual({ state, effects: [] })
  })
  test('makes it a video call when accepted: streams and recording follow', () => {
    const { state, effects } = hear(audio('asking'), AGREE)
    expect(state).toMatchObject(VIDEO)
    expect(effects).toEqual(BECOMES_VIDEO)
  })
  test('shows a rejection or timeout for a while', () => {
    const refused = hear(audio('asking'), REFUSE)
    expect(refused).toMatchObject({ state: { kind: 'audio', videoRequest: 'declined' }, effects: [] })
    const silence = act(audio('asking'), { type: 'video-request-over' })
    expect(silence).toMatchObject({ state: { videoRequest: 'unanswered' }, effects: [say(TO_AUDIO)] })
    for (const { state } of [refused, silence]) {
      expect(act(state, { type: 'video-request-over' })).toMatchObject({
        state: { kind: 'audio', videoRequest: 'none' },
        effects: [],
      })
    }
  })
  test('is possible again after a rejection', () => {
    expect(act(audio('declined'), { type: 'ask-video' }).state).toMatchObject({ videoRequest: 'asking' })
  })
  test('can be withdrawn', () => {
    expect(act(audio('asking'), { type: 'switch-to-audio' })).toMatchObject({
      state: { kind: 'audio', videoRequest: 'none' },
      effects: [say(TO_AUDIO)],
    })
  })
  test('returns the peer to audio after an acceptance that came too late', () => {
    for (const request of ['none', 'declined', 'unanswered'] as const) {
      const state = audio(request)
      expect(hear(state, AGREE)).toEqual({ state, effects: [say(TO_AUDIO)] })
    }
  })
  test.each<[string, CallState]>([
    ['a video call', video()],
    ['a call that reconnects', reconnecting({ kind: 'audio' })],
  ])('is not possible %s', (_name, state) => {
    expect(act(state, { type: 'ask-video' })).toEqual({ state, effects: [] })
  })
})

describe('a video request of the peer', () => {
  test('is shown', () => {
    expect(hear(audio(), ASK)).toMatchObject({ state: { kind: 'audio', videoRequest: 'asked' }, effects: [] })
  })
  test('makes it a video call on this side when accepted', () => {
    const { state, effects } = act(audio('asked'), { type: 'answer-video', agree: true })
    expect(state).toMatchObject(VIDEO)
    expect(effects).toEqual([say(AGREE), ...BECOMES_VIDEO])
  })
  test('is rejected by declining or timeout', () => {
    const refused = { state: { kind: 'audio', videoRequest: 'none' }, effects: [say(REFUSE)] }
    expect(act(audio('asked'), { type: 'answer-video', agree: false })).toMatchObject(refused)
    expect(act(audio('asked'), { type: 'video-request-over' })).toMatchObject(refused)
  })
  test('disappears when withdrawn', () => {
    expect(hear(audio('asked'), TO_AUDIO)).toMatchObject({ state: { videoRequest: 'none' }, effects: [] })
  })
  test('ignores answers without a request', () => {
    const state = audio()
    expect(act(state, { type: 'answer-video', agree: true })).toEqual({ state, effects: [] })
  })
  test('is accepted by tapping "video"', () => {
    expect(act(audio('asked'), { type: 'ask-video' }).effects).toEqual([say(AGREE), ...BECOMES_VIDEO])
  })
  test('is accepted if both sides requested at the same moment', () => {
    expect(hear(audio('asking'), ASK)).toMatchObject({ state: VIDEO, effects: BECOMES_VIDEO })
  })
  test('is unnecessary in a video call', () => {
    const state = video()
    expect(hear(state, ASK)).toEqual({ state, effects: [say(AGREE)] })
  })
})

describe('returning to audio', () => {
  test('needs no consent, and keeps the loudspeaker', () => {
    const { state, effects } = act(video(), { type: 'switch-to-audio' })
    expect(state).toMatchObject({ ...AUDIO, local: { ...AUDIO.local, speaker: true } })
    expect(effects).toEqual([say(TO_AUDIO), ...BECOMES_AUDIO])
  })
  test('follows the peer', () => {
    expect(hear(video(), TO_AUDIO)).toMatchObject({
      state: { ...AUDIO, remote: { camera: false } },
      effects: BECOMES_AUDIO,
    })
  })
  test('keeps a muted microphone muted', () => {
    const muted = talking({ local: localMedia({ microphone: false, mode: NETCALL_MODE.NETCALL_MODE_ONLY_VIDEO }) })
    expect(act(muted, { type: 'switch-to-audio' }).state).toMatchObject({
      local: { microphone: false, mode: NETCALL_MODE.NETCALL_MODE_NOAUDIO_NOVIDEO },
    })
  })
  test('is sent to the gateway after a reconnect', () => {
    const { state, effects } = hear(reconnecting(), TO_AUDIO)
    expect(effects).toEqual([])
    const members = [
      { account: 'alice', uid: 1, cid: CID, url: 'rtmp://fresh/1', mode: BOTH },
      { account: 'bob', uid: 2, cid: CID, url: 'rtmp://fresh/2', mode: SOUND },
    ]
    expect(act(state, { type: 'entered', cid: CID, members }).effects).toContainEqual({
      type: 'switch-mode',
      mode: SOUND,
    })
  })
})
