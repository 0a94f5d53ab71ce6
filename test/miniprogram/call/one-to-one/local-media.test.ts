/** @jest-environment node */
import { CONTROL_COMMAND, type ControlCommand } from '../../../../miniprogram/netcall/constants'
import type { CallEvent } from '../../../../miniprogram/call/events'
import type { CallState } from '../../../../miniprogram/call/state'
import {
  connecting,
  ended,
  incoming,
  localMedia,
  outgoing,
  reconnecting,
  remoteMedia,
  talking,
} from '../../../support/calls'
import { act } from '../transition-events'

const CID = 7
const AUDIO_ON = CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_NOTIFY_AUDIO_ON
const AUDIO_OFF = CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_NOTIFY_AUDIO_OFF
const VIDEO_ON = CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_NOTIFY_VIDEO_ON
const AWAY = CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_SELF_ON_BACKGROUND
const INVALID = CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_SELF_CAMERA_INVALID
const say = (command: ControlCommand) => ({ type: 'control', cid: CID, command })
const hear = (state: CallState, command: ControlCommand) =>
  act(state, { type: 'control', cid: CID, account: 'bob', command, at: 1 }).state

describe('away', () => {
  test("is announced to the peer once, and the devices' state on return", () => {
    const gone = act(talking(), { type: 'away', away: true })
    expect(gone).toMatchObject({ state: { local: { away: true } }, effects: [say(AWAY)] })
    expect(act(gone.state, { type: 'away', away: true })).toEqual({ state: gone.state, effects: [] })
    const back = act(gone.state, { type: 'away', away: false })
    expect(back).toMatchObject({ state: { local: { away: false } }, effects: [say(AUDIO_ON), say(VIDEO_ON)] })
  })
  test('keeps a member of an audio call muted on return', () => {
    const state = talking({ kind: 'audio', local: localMedia({ away: true, microphone: false, camera: false }) })
    expect(act(state, { type: 'away', away: false }).effects).toEqual([say(AUDIO_OFF)])
  })
  test('is announced again after a reconnect', () => {
    const members = [{ account: 'alice', uid: 1, cid: CID, url: 'rtmp://fresh/1', mode: 0 as const }]
    const state = reconnecting({ local: localMedia({ away: true }) })
    expect(act(state, { type: 'entered', cid: CID, members }).effects).toContainEqual(say(AWAY))
  })
  test('is announced again when the IM side reconnects, because it may have been lost', () => {
    const event: CallEvent = { type: 'im-reconnected' }
    const away = talking({ local: localMedia({ away: true }) })
    expect(act(away, event)).toEqual({ state: away, effects: [say(AWAY)] })
    expect(act(talking(), event).effects).toEqual([say(AUDIO_ON), say(VIDEO_ON)])
    const muted = talking({ kind: 'audio', local: localMedia({ microphone: false, camera: false }) })
    expect(act(muted, event).effects).toEqual([say(AUDIO_OFF)])
    for (const state of [outgoing(), incoming()]) {
      expect(act(state, event)).toEqual({ state, effects: [] })
    }
  })
  test('is not announced while ringing', () => {
    for (const state of [outgoing(), incoming()]) {
      expect(act(state, { type: 'away', away: true }).effects).toEqual([])
    }
  })
  test('ends with any other announcement of the peer', () => {
    const away = hear(talking(), AWAY)
    expect(away).toMatchObject({ remote: { away: true, camera: true, microphone: true } })
    expect(hear(away, AUDIO_ON)).toMatchObject({ remote: { away: false } })
    expect(act(away, { type: 'member-mode', cid: CID, uid: 2, mode: 1 }).state).toMatchObject({
      remote: { away: false },
    })
  })
})

describe('the camera', () => {
  test('is switched off after a failure, and the peer is told why', () => {
    const { state, effects } = act(talking(), { type: 'camera-failed' })
    expect(state).toMatchObject({ phase: 'talking', local: { camera: false, mode: 1 } })
    expect(effects).toEqual([{ type: 'switch-mode', mode: 1 }, say(INVALID)])
    expect(act(state, { type: 'camera-failed' }).effects).toEqual([])
  })
  test('is flipped and flipped back', () => {
    const flipped = act(talking(), { type: 'flip' }).state
    expect(flipped).toMatchObject({ local: { facing: 'back' } })
    expect(act(flipped, { type: 'flip' }).state).toMatchObject({ local: { facing: 'front' } })
  })
  test('stays off when a video call is accepted without permission', () => {
    const { state } = act(incoming(), { type: 'accept', camera: false, at: 1 })
    expect(state).toMatchObject({ phase: 'connecting', kind: 'video', local: { camera: false, mode: 1 } })
  })
})

describe('the network', () => {
  test('is sent to the peer when it changes', () => {
    const { state, effects } = act(talking(), { type: 'network', quality: 'weak' })
    expect(state).toMatchObject({ local: { network: 'weak' } })
    expect(effects).toEqual([{ type: 'announce-network', to: ['bob'], cid: CID, quality: 'weak' }])
    expect(act(state, { type: 'network', quality: 'weak' })).toEqual({ state, effects: [] })
  })
  test('is not sent while disconnected', () => {
    expect(act(reconnecting(), { type: 'network', quality: 'weak' }).effects).toEqual([])
  })
  test('of the peer is what it announces', () => {
    const event: CallEvent = { type: 'member-network', cid: CID, account: 'bob', quality: 'fair' }
    expect(act(talking(), event).state).toMatchObject({ remote: { network: 'fair' } })
    const other = talking({ remote: remoteMedia() })
    expect(act(other, { ...event, cid: 1 }).state).toBe(other)
  })
})

test.each<CallEvent>([
  { type: 'away', away: true },
  { type: 'flip' },
  { type: 'camera-failed' },
  { type: 'network', quality: 'weak' },
  { type: 'ask-video' },
  { type: 'answer-video', agree: true },
  { type: 'switch-to-audio' },
  { type: 'video-request-over' },
  { type: 'im-reconnected' },
])('without a call, $type changes nothing', (event) => {
  for (const state of [ended(), { phase: 'idle' } as const]) {
    expect(act(state, event)).toEqual({ state, effects: [] })
  }
  expect(act(connecting(), event).state.phase).toBe('connecting')
})
