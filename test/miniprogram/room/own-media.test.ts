/** @jest-environment node */
/** My own microphone, camera and the like in a room. */
import { CONTROL_COMMAND, NETCALL_MODE } from '../../../miniprogram/netcall/constants'
import { localMedia } from '../../support/calls'
import { inRoom, roomInvited, roomJoining } from '../../support/rooms'
import { act, active, after, CID, EVENTS } from './happenings'

describe('my own media', () => {
  test('off and on: the gateway and the others are told', () => {
    const off = act(inRoom(), { type: 'microphone', on: false })
    expect(off).toMatchObject({
      state: { local: { microphone: false, mode: 2 } },
      effects: [
        { type: 'switch-mode', mode: 2 },
        { type: 'control', command: CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_NOTIFY_AUDIO_OFF },
      ],
    })
    expect(act(inRoom(), EVENTS.camera)).toMatchObject({
      effects: [{ mode: 1 }, { command: CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_NOTIFY_VIDEO_OFF }],
    })
    expect(act(inRoom(), EVENTS['camera-failed'])).toMatchObject({
      state: { local: { camera: false } },
      effects: [{ mode: 1 }, { command: CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_SELF_CAMERA_INVALID }],
    })
  })
  test('both off: still in the room, with no stream', () => {
    const state = active(after(inRoom(), { type: 'microphone', on: false }, { type: 'camera', on: false }))
    expect(state).toMatchObject({ phase: 'in', local: { mode: NETCALL_MODE.NETCALL_MODE_NOAUDIO_NOVIDEO } })
  })
  test('before I am in, it only changes what I come with', () => {
    for (const state of [roomInvited(), roomJoining()])
      expect(act(state, { type: 'microphone', on: false })).toMatchObject({
        state: { local: { microphone: false, mode: 2 } },
        effects: [],
      })
  })
  test('no camera in a room of sound alone', () => {
    const state = inRoom({ kind: 'audio', local: localMedia({ camera: false, mode: 1 }) })
    expect(act(state, { type: 'camera', on: true })).toEqual({ state, effects: [] })
  })
  test('away and back is told once each', () => {
    const gone = act(inRoom(), EVENTS.away)
    expect(gone.effects).toMatchObject([{ command: CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_SELF_ON_BACKGROUND }])
    expect(act(gone.state, EVENTS.away)).toEqual({ state: gone.state, effects: [] })
    expect(act(gone.state, { type: 'away', away: false }).effects).toMatchObject([
      { command: CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_NOTIFY_AUDIO_ON },
    ])
  })
  test('how well it goes out is told to each, when it changes', () => {
    const told = act(inRoom(), EVENTS.network)
    expect(told.effects).toEqual([{ type: 'tell-network', cid: CID, to: ['bob', 'carol'], quality: 'weak' }])
    expect(act(told.state, EVENTS.network)).toEqual({ state: told.state, effects: [] })
    expect(act(inRoom({ members: [] }), EVENTS.network).effects).toEqual([])
  })
  test('front and back', () => {
    expect(active(after(inRoom(), EVENTS.flip)).local.facing).toBe('back')
    expect(active(after(inRoom(), EVENTS.flip, EVENTS.flip)).local.facing).toBe('front')
  })
})
