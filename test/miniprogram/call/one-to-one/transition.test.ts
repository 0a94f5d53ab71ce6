/** @jest-environment node */
import { CONTROL_COMMAND, NETCALL_MODE } from '../../../../miniprogram/netcall/constants'
import type { StreamMember } from '../../../../miniprogram/netcall/types'
import type { CallKind, CallState, LocalMedia } from '../../../../miniprogram/call/state'
import type { CallEvent } from '../../../../miniprogram/call/events'
import { localMedia } from '../../../support/calls'
import { act } from '../transition-events'

const CID = 77
const local = (change: Partial<LocalMedia> = {}): LocalMedia =>
  localMedia({ url: null, recording: { audio: true, video: false }, ...change })
const member = (account: string, uid: number, change: Partial<StreamMember> = {}): StreamMember => ({
  account,
  uid,
  cid: CID,
  url: `rtmp://media/live/${CID}-${uid}`,
  mode: 0,
  ...change,
})

const IDLE: CallState = { phase: 'idle' }
const CALL: CallEvent = { type: 'call', peer: 'bob', kind: 'video', local: local(), keepCalling: false, at: 1000 }
const RING: CallEvent = {
  type: 'be-calling',
  caller: 'alice',
  cid: CID,
  kind: 'video',
  local: local(),
  peerRecords: true,
  givesWay: false,
  at: 1000,
}
const ACCEPTED: CallEvent = { type: 'call-accepted', peer: 'bob', cid: CID, at: 4000 }
const ENTERED: CallEvent = { type: 'entered', cid: CID, members: [member('alice', 1), member('bob', 2)] }

/** The state after a sequence of events. */
function after(...events: CallEvent[]): CallState {
  return events.reduce((state, event) => act(state, event).state, IDLE)
}
const outgoing = (): CallState => after(CALL)
const incoming = (): CallState => after(RING)
const connecting = (): CallState => after(CALL, ACCEPTED)
const talking = (): CallState => after(CALL, ACCEPTED, ENTERED)
const reconnecting = (): CallState => after(CALL, ACCEPTED, ENTERED, { type: 'connection-lost', attempt: 1 })
const ended = (): CallState => after(CALL, { type: 'hang-up', at: 2000 })

describe('placing a call', () => {
  test('rings the peer with the local recording settings', () => {
    const { state, effects } = act(IDLE, CALL)
    expect(state).toMatchObject({
      phase: 'outgoing',
      direction: 'outgoing',
      peer: 'bob',
      kind: 'video',
      startedAt: 1000,
    })
    expect(effects).toEqual([
      { type: 'place-call', peer: 'bob', kind: 'video', wish: { audio: true, video: false }, keepCalling: false },
    ])
  })
  test.each([outgoing, incoming, connecting, talking, reconnecting])('is ignored while busy (%p)', (busy) => {
    const state = busy()
    expect(act(state, { ...CALL, peer: 'carol' })).toEqual({ state, effects: [] })
  })
  test('is possible right after another call ended', () => {
    expect(act(ended(), CALL).state.phase).toBe('outgoing')
  })
  test.each<[CallKind, number]>([
    ['video', NETCALL_MODE.NETCALL_MODE_AUDIO_VIDEO],
    ['audio', NETCALL_MODE.NETCALL_MODE_ONLY_AUDIO],
  ])('an accepted %s call enters the media session in mode %i', (kind, mode) => {
    const { state, effects } = act(after({ ...CALL, kind }), ACCEPTED)
    expect(state).toMatchObject({ phase: 'connecting', cid: CID, answeredAt: 4000, kind })
    expect(effects).toEqual([{ type: 'start-rtc', mode }])
  })
  test('an answer of another account is ignored', () => {
    expect(act(outgoing(), { ...ACCEPTED, peer: 'carol' })).toEqual({ state: outgoing(), effects: [] })
  })
  test('declined, busy, unanswered and cancelled calls end with their own reasons', () => {
    const state = outgoing()
    expect(act(state, { type: 'call-rejected', peer: 'bob', at: 2000 })).toMatchObject({
      state: { phase: 'ended', reason: 'peer-rejected', duration: 0 },
      effects: [],
    })
    expect(
      act(state, {
        type: 'control',
        cid: CID,
        account: 'bob',
        command: CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_BUSY,
        at: 2000,
      }),
    ).toMatchObject({ state: { reason: 'peer-busy' }, effects: [{ type: 'hang-up' }] })
    expect(act(state, { type: 'time-out', at: 31_000 })).toMatchObject({
      state: { reason: 'no-answer' },
      effects: [{ type: 'hang-up' }],
    })
    expect(act(state, { type: 'hang-up', at: 2000 })).toMatchObject({
      state: { reason: 'cancelled' },
      effects: [{ type: 'hang-up' }],
    })
    expect(act(state, { type: 'call-failed', reason: 'peer-offline', at: 2000 })).toMatchObject({
      state: { reason: 'peer-offline' },
    })
  })
  test('a call that the service ends before an answer stops ringing', () => {
    const placed = after(CALL, { type: 'placed', cid: CID })
    expect(act(placed, { type: 'peer-hang-up', cid: CID, at: 2000 })).toMatchObject({
      state: { phase: 'ended', reason: 'no-answer', duration: 0 },
      effects: [],
    })
  })
  test('the end or BUSY of another call leaves it ringing', () => {
    const placed = after(CALL, { type: 'placed', cid: CID })
    const command = CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_BUSY
    expect(act(placed, { type: 'peer-hang-up', cid: 1, at: 2000 })).toEqual({ state: placed, effects: [] })
    expect(act(placed, { type: 'control', cid: 1, account: 'bob', command, at: 2000 })).toEqual({
      state: placed,
      effects: [],
    })
  })
})

describe('two accounts that call each other at the same moment', () => {
  const crossing: CallEvent = { ...RING, caller: 'bob', cid: 99 }
  test('keep one call ringing', () => {
    const state = outgoing()
    expect(act(state, crossing)).toEqual({ state, effects: [] })
  })
  test('cancel the other one, whose caller may answer', () => {
    const { state, effects } = act(outgoing(), { ...crossing, givesWay: true })
    expect(state).toMatchObject({ phase: 'incoming', direction: 'incoming', peer: 'bob', cid: 99, peerRecords: true })
    expect(effects).toEqual([{ type: 'hang-up' }])
  })
})

describe('an incoming call', () => {
  test('shows its caller and whether that side records', () => {
    expect(act(IDLE, RING).state).toMatchObject({
      phase: 'incoming',
      direction: 'incoming',
      peer: 'alice',
      cid: CID,
      peerRecords: true,
    })
  })
  test('ignores repetitions of the ring', () => {
    expect(act(incoming(), { ...RING, at: 4000 })).toEqual({ state: incoming(), effects: [] })
  })
  test.each([outgoing, incoming, connecting, talking, reconnecting])(
    'a second caller hears busy and the call under way is untouched (%p)',
    (busy) => {
      const state = busy()
      expect(act(state, { ...RING, caller: 'carol', cid: 99 })).toEqual({
        state,
        effects: [{ type: 'say-busy', caller: 'carol', cid: 99, kind: 'video' }],
      })
    },
  )
  test('is answered first, and entered when the answer was sent', () => {
    const accepted = act(incoming(), { type: 'accept', camera: true, at: 3000 })
    expect(accepted.state).toMatchObject({
      phase: 'connecting',
      answeredAt: 3000,
      remote: { url: null, recording: { audio: true, video: true } },
    })
    expect(accepted.effects).toEqual([{ type: 'respond', caller: 'alice', cid: CID, kind: 'video', accepted: true }])
    expect(act(accepted.state, { type: 'response-sent' }).effects).toEqual([{ type: 'start-rtc', mode: 0 }])
  })
  test('is declined with an answer', () => {
    expect(act(incoming(), { type: 'reject', at: 2000 })).toMatchObject({
      state: { phase: 'ended', reason: 'rejected', direction: 'incoming' },
      effects: [{ type: 'respond', accepted: false, cid: CID }],
    })
  })
  test('ends when the caller cancels, nobody answers, or another device did', () => {
    const state = incoming()
    expect(act(state, { type: 'peer-hang-up', cid: CID, at: 2000 }).state).toMatchObject({
      reason: 'peer-cancelled',
    })
    expect(act(state, { type: 'time-out', at: 31_000 })).toMatchObject({
      state: { reason: 'missed' },
      effects: [],
    })
    expect(act(state, { type: 'answered-elsewhere', cid: CID, accepted: true, at: 2000 }).state).toMatchObject({
      reason: 'answered-elsewhere',
    })
    expect(act(state, { type: 'answered-elsewhere', cid: CID, accepted: false, at: 2000 }).state).toMatchObject({
      reason: 'rejected-elsewhere',
    })
  })
  test('ignores events of other calls', () => {
    const state = incoming()
    expect(act(state, { type: 'peer-hang-up', cid: 1, at: 2000 }).state).toBe(state)
    expect(act(state, { type: 'answered-elsewhere', cid: 1, accepted: true, at: 1 }).state).toBe(state)
  })
  test('is declined on a failure instead of leaving the caller waiting', () => {
    expect(act(incoming(), { type: 'call-failed', reason: 'failed', at: 2000 }).effects).toMatchObject([
      { type: 'respond', accepted: false },
    ])
  })
})

describe('a connected call', () => {
  test("has the push URL, the peer's play URL, and announces the recording after entering", () => {
    const { state, effects } = act(connecting(), ENTERED)
    expect(state).toMatchObject({
      phase: 'talking',
      local: { url: `rtmp://media/live/${CID}-1` },
      remote: { uid: 2, url: `rtmp://media/live/${CID}-2`, microphone: true, camera: true },
    })
    expect(effects).toEqual([
      { type: 'announce-recording', to: ['bob'], cid: CID, wish: { audio: true, video: false } },
    ])
  })
  test('accepts the peer later', () => {
    const alone = act(connecting(), { ...ENTERED, members: [member('alice', 1)] }).state
    expect(alone).toMatchObject({ phase: 'talking', remote: { uid: null, url: null } })
    expect(act(alone, { type: 'member-joined', member: member('bob', 2) }).state).toMatchObject({
      remote: { uid: 2, url: `rtmp://media/live/${CID}-2` },
    })
  })
  test('announces a camera that is off at the start', () => {
    const media = local({ camera: false, mode: NETCALL_MODE.NETCALL_MODE_ONLY_AUDIO })
    const state = after({ ...CALL, local: media }, ACCEPTED)
    expect(act(state, ENTERED).effects.slice(1)).toEqual([
      { type: 'switch-mode', mode: 1 },
      { type: 'control', cid: CID, command: CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_NOTIFY_VIDEO_OFF },
    ])
  })
  test.each([connecting, talking, reconnecting])('is ended by either side, once (%p)', (active) => {
    const state = active()
    const mine = act(state, { type: 'hang-up', at: 14_000 })
    expect(mine).toMatchObject({
      state: { phase: 'ended', reason: 'hung-up', duration: 10_000 },
      effects: [{ type: 'hang-up' }],
    })
    expect(act(mine.state, { type: 'hang-up', at: 15_000 })).toEqual({ state: mine.state, effects: [] })
    const theirs = act(state, { type: 'peer-hang-up', cid: CID, at: 14_000 })
    expect(theirs).toMatchObject({ state: { phase: 'ended', reason: 'peer-hung-up' }, effects: [] })
    expect(act(theirs.state, { type: 'peer-hang-up', cid: CID, at: 15_000 }).state).toBe(theirs.state)
  })
  test('reconnects after a lost connection with new URLs', () => {
    const lost = reconnecting()
    expect(lost).toMatchObject({ phase: 'reconnecting', attempt: 1 })
    expect(act(lost, { type: 'connection-lost', attempt: 2 }).state).toMatchObject({ attempt: 2 })
    const fresh = [member('alice', 1, { url: 'rtmp://fresh/1' }), member('bob', 2, { url: 'rtmp://fresh/2' })]
    expect(act(lost, { ...ENTERED, members: fresh }).state).toMatchObject({
      phase: 'talking',
      local: { url: 'rtmp://fresh/1' },
      remote: { url: 'rtmp://fresh/2' },
    })
  })
  test('keeps the peer away after a reconnect only if announced since', () => {
    const away: CallEvent = {
      type: 'control',
      cid: CID,
      account: 'bob',
      command: CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_SELF_ON_BACKGROUND,
      at: 1,
    }
    const lost: CallEvent = { type: 'connection-lost', attempt: 1 }
    expect(after(CALL, ACCEPTED, ENTERED, away, lost, ENTERED)).toMatchObject({ remote: { away: false } })
    expect(after(CALL, ACCEPTED, ENTERED, lost, away, ENTERED)).toMatchObject({ remote: { away: true } })
    const again: CallEvent = { type: 'connection-lost', attempt: 2 }
    expect(after(CALL, ACCEPTED, ENTERED, lost, away, again, ENTERED)).toMatchObject({ remote: { away: true } })
  })
  test.each([
    ['NOTIFY_AUDIO_OFF', CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_NOTIFY_AUDIO_OFF, { microphone: false, mode: 2 }],
    ['NOTIFY_VIDEO_OFF', CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_NOTIFY_VIDEO_OFF, { camera: false, mode: 1 }],
    ['SELF_CAMERA_INVALID', CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_SELF_CAMERA_INVALID, { camera: false }],
  ])("shows the peer's %s", (_name, command, remote) => {
    expect(act(talking(), { type: 'control', cid: CID, account: 'bob', command, at: 1 }).state).toMatchObject({
      remote,
    })
  })
  test("shows the peer's mode", () => {
    expect(act(talking(), { type: 'member-mode', cid: CID, uid: 2, mode: 1 }).state).toMatchObject({
      remote: { camera: false, microphone: true, mode: 1 },
    })
  })
  test('announces local switches at once', () => {
    expect(act(talking(), { type: 'microphone', on: false })).toMatchObject({
      state: { local: { microphone: false, mode: 2 } },
      effects: [
        { type: 'switch-mode', mode: 2 },
        { type: 'control', command: CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_NOTIFY_AUDIO_OFF },
      ],
    })
    expect(act(talking(), { type: 'camera', on: false })).toMatchObject({
      state: { local: { camera: false, mode: 1 } },
      effects: [
        { type: 'switch-mode', mode: 1 },
        { type: 'control', command: CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_NOTIFY_VIDEO_OFF },
      ],
    })
    expect(act(talking(), { type: 'speaker', on: false })).toMatchObject({
      state: { local: { speaker: false } },
      effects: [],
    })
  })
  test('keeps switches made while ringing or reconnecting, and announces them on entering', () => {
    const muted = act(reconnecting(), { type: 'microphone', on: false })
    expect(muted).toMatchObject({ state: { local: { microphone: false } }, effects: [] })
    expect(act(muted.state, ENTERED).effects).toContainEqual({ type: 'switch-mode', mode: 2 })
  })
  test('announces a microphone that was reopened while disconnected', () => {
    const muted = after(
      CALL,
      ACCEPTED,
      ENTERED,
      { type: 'microphone', on: false },
      { type: 'connection-lost', attempt: 1 },
    )
    const open = act(muted, { type: 'microphone', on: true }).state
    const again: CallEvent = { ...ENTERED, members: [member('alice', 1, { mode: 2 }), member('bob', 2)] }
    expect(act(open, again).effects).toContainEqual({ type: 'switch-mode', mode: 0 })
  })
  test('has no camera to switch in an audio call', () => {
    const state = after({ ...CALL, kind: 'audio' }, ACCEPTED, ENTERED)
    expect(act(state, { type: 'camera', on: true }).state).toBe(state)
  })
  test("shows the peer's recording", () => {
    const wish = { audio: true, video: true }
    expect(act(talking(), { type: 'member-recording', cid: CID, account: 'bob', wish }).state).toMatchObject({
      remote: { recording: wish },
    })
  })
  test('shows what of the own stream the app’s server has recorded', () => {
    const wish = { audio: true, video: true }
    expect(act(talking(), { type: 'own-recording', cid: CID, wish }).state).toMatchObject({
      local: { recording: wish },
    })
    const state = talking()
    expect(act(state, { type: 'own-recording', cid: 1, wish })).toEqual({ state, effects: [] })
  })
  test('ignores events of other calls and accounts', () => {
    const state = talking()
    const others: CallEvent[] = [
      { type: 'peer-hang-up', cid: 1, at: 1 },
      { type: 'entered', cid: 1, members: [] },
      { type: 'member-joined', member: member('carol', 3) },
      { type: 'member-mode', cid: CID, uid: 9, mode: 3 },
      {
        type: 'control',
        cid: 1,
        account: 'bob',
        command: CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_NOTIFY_AUDIO_OFF,
        at: 1,
      },
      { type: 'member-recording', cid: 1, account: 'bob', wish: { audio: true, video: true } },
      { type: 'member-recording', cid: CID, account: 'carol', wish: { audio: true, video: true } },
      { type: 'member-network', cid: CID, account: 'carol', quality: 'weak' },
    ]
    for (const event of others) expect(act(state, event)).toEqual({ state, effects: [] })
  })
})

describe('after the end', () => {
  test('ignores everything except a new call and the dismissal', () => {
    const state = ended()
    const late: CallEvent[] = [
      ACCEPTED,
      ENTERED,
      { type: 'accept', camera: true, at: 1 },
      { type: 'reject', at: 1 },
      { type: 'time-out', at: 1 },
      { type: 'call-failed', reason: 'failed', at: 1 },
      { type: 'response-sent' },
      { type: 'connection-lost', attempt: 1 },
      { type: 'microphone', on: false },
      { type: 'camera', on: false },
      { type: 'speaker', on: false },
    ]
    for (const event of late) expect(act(state, event)).toEqual({ state, effects: [] })
    expect(act(state, { type: 'dismiss' }).state).toEqual(IDLE)
    expect(act(talking(), { type: 'dismiss' }).state.phase).toBe('talking')
  })
})
