/** @jest-environment node */
import { CONTROL_COMMAND, NETCALL_MODE, type ControlCommand } from '../../../miniprogram/netcall/constants'
import type { CallEffect } from '../../../miniprogram/call/events'
import type { CallState, VideoRequest } from '../../../miniprogram/call/state'
import { transition } from '../../../miniprogram/call/transition'
import { localMedia, reconnecting, remoteMedia, talking } from '../../support/calls'

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
  transition(state, { type: 'control', cid: CID, command, at: 1 })

const BECOMES_VIDEO = [
  { type: 'switch-mode', mode: BOTH },
  { type: 'tell-recording', peer: 'bob', cid: CID, wish: { audio: true, video: true } },
]
const BECOMES_AUDIO = [
  { type: 'switch-mode', mode: SOUND },
  { type: 'tell-recording', peer: 'bob', cid: CID, wish: { audio: true, video: false } },
]
const VIDEO = { kind: 'video', videoRequest: 'none', local: { camera: true, mode: BOTH, speaker: true } }
const AUDIO = { kind: 'audio', videoRequest: 'none', local: { camera: false, mode: SOUND } }

describe('asking for video', () => {
  test('asks once, and the call stays as it is until the answer', () => {
    const { state, effects } = transition(audio(), { type: 'ask-video' })
    expect(state).toMatchObject({ kind: 'audio', videoRequest: 'asking', local: { camera: false } })
    expect(effects).toEqual([say(ASK)])
    expect(transition(state, { type: 'ask-video' })).toEqual({ state, effects: [] })
  })
  test('an agreement makes it a video call: streams and recording follow', () => {
    const { state, effects } = hear(audio('asking'), AGREE)
    expect(state).toMatchObject(VIDEO)
    expect(effects).toEqual(BECOMES_VIDEO)
  })
  test('a refusal and silence are shown, then forgotten', () => {
    const refused = hear(audio('asking'), REFUSE)
    expect(refused).toMatchObject({ state: { kind: 'audio', videoRequest: 'declined' }, effects: [] })
    const silence = transition(audio('asking'), { type: 'video-request-over' })
    expect(silence).toMatchObject({ state: { videoRequest: 'unanswered' }, effects: [say(TO_AUDIO)] })
    for (const { state } of [refused, silence]) {
      expect(transition(state, { type: 'video-request-over' })).toMatchObject({
        state: { kind: 'audio', videoRequest: 'none' },
        effects: [],
      })
    }
  })
  test('it may be asked again after a refusal', () => {
    expect(transition(audio('declined'), { type: 'ask-video' }).state).toMatchObject({ videoRequest: 'asking' })
  })
  test('the question can be taken back', () => {
    expect(transition(audio('asking'), { type: 'switch-to-audio' })).toMatchObject({
      state: { kind: 'audio', videoRequest: 'none' },
      effects: [say(TO_AUDIO)],
    })
  })
  test('an agreement that nobody waits for any more brings the other side back to audio', () => {
    for (const request of ['none', 'declined', 'unanswered'] as const) {
      const state = audio(request)
      expect(hear(state, AGREE)).toEqual({ state, effects: [say(TO_AUDIO)] })
    }
  })
  test.each<[string, CallState]>([
    ['a video call', video()],
    ['a call that reconnects', reconnecting({ kind: 'audio' })],
  ])('%s asks nothing', (_name, state) => {
    expect(transition(state, { type: 'ask-video' })).toEqual({ state, effects: [] })
  })
})

describe('being asked for video', () => {
  test('shows the question', () => {
    expect(hear(audio(), ASK)).toMatchObject({ state: { kind: 'audio', videoRequest: 'asked' }, effects: [] })
  })
  test('agreeing makes it a video call on this side as well', () => {
    const { state, effects } = transition(audio('asked'), { type: 'answer-video', agree: true })
    expect(state).toMatchObject(VIDEO)
    expect(effects).toEqual([say(AGREE), ...BECOMES_VIDEO])
  })
  test('declining, and saying nothing, refuses', () => {
    const refused = { state: { kind: 'audio', videoRequest: 'none' }, effects: [say(REFUSE)] }
    expect(transition(audio('asked'), { type: 'answer-video', agree: false })).toMatchObject(refused)
    expect(transition(audio('asked'), { type: 'video-request-over' })).toMatchObject(refused)
  })
  test('the question goes when it is taken back', () => {
    expect(hear(audio('asked'), TO_AUDIO)).toMatchObject({ state: { videoRequest: 'none' }, effects: [] })
  })
  test('an answer to no question changes nothing', () => {
    const state = audio()
    expect(transition(state, { type: 'answer-video', agree: true })).toEqual({ state, effects: [] })
  })
  test('tapping “video” is an agreement', () => {
    expect(transition(audio('asked'), { type: 'ask-video' }).effects).toEqual([say(AGREE), ...BECOMES_VIDEO])
  })
  test('two who ask at the same moment both want it', () => {
    expect(hear(audio('asking'), ASK)).toMatchObject({ state: VIDEO, effects: BECOMES_VIDEO })
  })
  test('a video call is one already', () => {
    const state = video()
    expect(hear(state, ASK)).toEqual({ state, effects: [say(AGREE)] })
  })
})

describe('from video to audio', () => {
  test('needs nobody’s consent, and keeps the loudspeaker as it was', () => {
    const { state, effects } = transition(video(), { type: 'switch-to-audio' })
    expect(state).toMatchObject({ ...AUDIO, local: { ...AUDIO.local, speaker: true } })
    expect(effects).toEqual([say(TO_AUDIO), ...BECOMES_AUDIO])
  })
  test('follows the other side', () => {
    expect(hear(video(), TO_AUDIO)).toMatchObject({
      state: { ...AUDIO, remote: { camera: false } },
      effects: BECOMES_AUDIO,
    })
  })
  test('a muted microphone stays muted', () => {
    const muted = talking({ local: localMedia({ microphone: false, mode: NETCALL_MODE.NETCALL_MODE_ONLY_VIDEO }) })
    expect(transition(muted, { type: 'switch-to-audio' }).state).toMatchObject({
      local: { microphone: false, mode: NETCALL_MODE.NETCALL_MODE_NOAUDIO_NOVIDEO },
    })
  })
  test('while the link is down is told to the gateway on entering again', () => {
    const { state, effects } = hear(reconnecting(), TO_AUDIO)
    expect(effects).toEqual([])
    const members = [
      { account: 'alice', uid: 1, cid: CID, url: 'rtmp://fresh/1', mode: BOTH },
      { account: 'bob', uid: 2, cid: CID, url: 'rtmp://fresh/2', mode: SOUND },
    ]
    expect(transition(state, { type: 'entered', cid: CID, members }).effects).toContainEqual({
      type: 'switch-mode',
      mode: SOUND,
    })
  })
})
