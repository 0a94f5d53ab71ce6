import { Channels, CHANNEL_TIMING, type NewCall } from '../../../server/channels/channels'
import type { Channel } from '../../../server/channels/types'
import { Refusal } from '../../../server/websocket/refusal'
import { controlClock, useRealTime } from '../../support/clock'

const UIDS: Record<string, number> = { alice: 1, bob: 2, carol: 3 }
const session = {
  mode: 0,
  role: 0,
  recording: { audio: false, video: false, live: false, type: '0', hostSpeaker: false },
} as const

function setUp() {
  const channels = new Channels({ uidOf: (account) => UIDS[account] ?? 99 })
  const told: string[] = []
  for (const event of ['answered', 'rejected', 'joined', 'updated'] as const) {
    channels.on(event, (_, { account }) => told.push(`${event} ${account}`))
  }
  channels.on('left', (_, { account }, end) => told.push(`left ${account}${end ? ` (${end})` : ''}`))
  channels.on('created', ({ caller }) => told.push(`created ${caller}`))
  channels.on('ended', (channel, reason, by) => {
    expect(channels.get(channel.cid)).toBeUndefined()
    told.push(`ended ${reason} ${by ?? 'service'}`)
  })
  const call = (more: Partial<NewCall> = {}): Channel =>
    channels.createCall({
      caller: 'alice',
      device: 'phone',
      callees: ['bob'],
      type: 2,
      custom: '',
      forced: false,
      offline: [],
      ...more,
    })
  return { channels, told, call }
}

function codeOf(act: () => unknown): number {
  try {
    act()
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
  return 200
}

beforeEach(() => controlClock())
afterEach(() => {
  expect(jest.getTimerCount()).toBe(0)
  useRealTime()
})

test('channels have random numbers, never used before', () => {
  const { channels, call } = setUp()
  const seen = new Set<number>()
  const stored = new Channels({ uidOf: () => 1, isStored: (cid) => seen.size < 3 && Boolean(seen.add(cid)) })
  const cid = stored.createRoom({ name: 'room', account: 'alice', custom: '' }).cid
  expect([seen.size, seen.has(cid)]).toEqual([3, false])
  const cids = [call().cid, call({ caller: 'bob', callees: ['alice'] }).cid, cid]
  for (const one of cids) {
    expect(Number.isSafeInteger(one)).toBe(true)
    expect(String(one)).toHaveLength(16)
  }
  const gaps = cids.slice(1).map((one, at) => Math.abs(one - (cids[at] ?? 0)))
  expect(Math.min(...gaps)).toBeGreaterThan(1_000_000)
  for (const one of [channels, stored]) one.close()
})

test('a call rings while its caller repeats it; otherwise the caller is lost', () => {
  const { channels, told, call } = setUp()
  const { cid } = call()
  for (let times = 0; times < 10; times++) {
    jest.advanceTimersByTime(CHANNEL_TIMING.repetition - 1)
    channels.repeatCall(cid, 'alice')
  }
  expect(told).toEqual(['created alice'])
  jest.advanceTimersByTime(CHANNEL_TIMING.repetition)
  expect(told).toEqual(['created alice', 'left alice (lost)', 'ended lost alice'])
  expect(channels.size).toBe(0)
})

test('a hangup after the patience time counts as no answer', () => {
  const { channels, told, call } = setUp()
  const { cid } = call()
  for (let time = 0; time < CHANNEL_TIMING.patience; time += 1_000) {
    jest.advanceTimersByTime(1_000)
    channels.repeatCall(cid, 'alice')
  }
  channels.hangUp(cid, 'alice')
  expect(told.at(-1)).toBe('ended no-answer alice')
})

test('a member that answered but does not reach the gateway is lost', () => {
  const { channels, told, call } = setUp()
  const { cid } = call()
  channels.answer(cid, 'bob', true)
  channels.enterSession(cid, 2, session)
  jest.advanceTimersByTime(CHANNEL_TIMING.entrance)
  expect(told.slice(1)).toEqual(['answered bob', 'joined bob', 'left alice (lost)', 'ended lost alice'])
})

test('a lost member finds the channel gone, even if it continues for others', () => {
  const { channels, told, call } = setUp()
  const { cid } = call({ callees: ['bob', 'carol'] })
  for (const callee of ['bob', 'carol']) channels.answer(cid, callee, true)
  for (const uid of [1, 2, 3]) channels.enterSession(cid, uid, session)
  channels.loseSession(cid, 2)
  jest.advanceTimersByTime(CHANNEL_TIMING.grace)
  expect(told.at(-1)).toBe('left bob')
  expect(codeOf(() => channels.enterSession(cid, 2, session))).toBe(417)
  channels.close()
})

test('an audio call becomes a video call for good when a member sends video', () => {
  const { channels, call } = setUp()
  const channel = call({ type: 1 })
  channels.answer(channel.cid, 'bob', true)
  channels.enterSession(channel.cid, 1, { ...session, mode: 1 })
  channels.enterSession(channel.cid, 2, { ...session, mode: 3 })
  expect(channel.type).toBe(1)
  channels.updateSession(channel.cid, 'bob', 2)
  expect(channel.type).toBe(2)
  channels.updateSession(channel.cid, 'bob', 1)
  expect(channel.type).toBe(2)
  channels.close()
})

test('a member whose connection was lost has the grace time to come back', () => {
  const { channels, told, call } = setUp()
  const { cid } = call()
  channels.answer(cid, 'bob', true)
  channels.enterSession(cid, 1, session)
  channels.enterSession(cid, 2, session)
  channels.loseSession(cid, 2)
  jest.advanceTimersByTime(CHANNEL_TIMING.grace - 1)
  channels.enterSession(cid, 2, session)
  jest.advanceTimersByTime(CHANNEL_TIMING.grace * 2)
  expect(told.slice(2)).toEqual(['joined alice', 'joined bob', 'updated bob'])
  channels.loseSession(cid, 2)
  jest.advanceTimersByTime(CHANNEL_TIMING.grace)
  expect(told.slice(-2)).toEqual(['left bob (lost)', 'ended lost bob'])
})

test.each([
  ['the caller while it rings', (c: Channels, cid: number) => c.hangUp(cid, 'alice'), 'ended cancelled alice'],
  ['the callee while it rings', (c: Channels, cid: number) => c.hangUp(cid, 'bob'), 'ended rejected bob'],
  ['the callee, refusing', (c: Channels, cid: number) => c.answer(cid, 'bob', false), 'ended rejected bob'],
])('ended by %s', (_, act, end) => {
  const { channels, told, call } = setUp()
  const { cid } = call()
  act(channels, cid)
  expect(told.at(-1)).toBe(end)
  expect(told.filter((line) => line.startsWith('ended'))).toHaveLength(1)
  for (const account of ['alice', 'bob']) expect(codeOf(() => channels.hangUp(cid, account))).toBe(404)
})

test.each(['alice', 'bob'])('an active call is hung up by %s', (account) => {
  const { channels, told, call } = setUp()
  const { cid } = call()
  channels.answer(cid, 'bob', true)
  channels.hangUp(cid, account)
  expect(told.slice(2)).toEqual([`left ${account} (hangup)`, `ended hangup ${account}`])
})

test('a rejection after BUSY ends the call as busy', () => {
  const { channels, told, call } = setUp()
  const { cid } = call()
  channels.control(cid, 'bob', 9)
  channels.answer(cid, 'bob', false)
  expect(told.at(-1)).toBe('ended busy bob')
})

test('without a reachable callee: 11001 and nothing is left, unless the call is forced', () => {
  const { channels, told, call } = setUp()
  expect(codeOf(() => call({ offline: ['bob'] }))).toBe(11001)
  expect(told).toEqual(['created alice', 'ended offline service'])
  expect(channels.size).toBe(0)
  expect(codeOf(() => call({ offline: ['bob'], forced: true }))).toBe(200)
  expect(channels.ringingFor('bob')).toHaveLength(1)
  channels.close()
})

test('several callees: a rejection leaves the call to the others; the last one to leave ends it', () => {
  const { channels, told, call } = setUp()
  const { cid } = call({ callees: ['bob', 'carol'] })
  channels.answer(cid, 'bob', false)
  channels.answer(cid, 'carol', true)
  expect(told.slice(1)).toEqual(['rejected bob', 'answered carol'])
  channels.hangUp(cid, 'carol')
  expect(told.slice(3)).toEqual(['left carol (hangup)', 'ended hangup carol'])
})

test('a member of a call may not begin another one; an invited account may', () => {
  const { channels, call } = setUp()
  const { cid } = call()
  expect(codeOf(() => call({ callees: ['carol'] }))).toBe(409)
  const other = call({ caller: 'bob', callees: ['alice'] })
  expect(other.cid).not.toBe(cid)
  expect(channels.size).toBe(2)
  channels.close()
})

test('a new call ends the one that a closed app left behind', () => {
  const { channels, told, call } = setUp()
  call()
  channels.accountGone('alice')
  const { cid } = call({ callees: ['carol'] })
  expect(told).toEqual(['created alice', 'left alice (cancelled)', 'ended cancelled alice', 'created alice'])
  channels.answer(cid, 'carol', true)
  channels.enterSession(cid, 1, session)
  channels.accountGone('alice')
  expect(codeOf(() => call())).toBe(409)
  channels.loseSession(cid, 1)
  expect(codeOf(() => call())).toBe(200)
  expect(channels.get(cid)).toBeUndefined()
  expect(told.slice(-2)).toEqual(['ended lost alice', 'created alice'])
  channels.close()
})

test('only members act, and each answers once', () => {
  const { channels, call } = setUp()
  const { cid } = call()
  expect(codeOf(() => channels.control(cid, 'carol', 1))).toBe(404)
  expect(codeOf(() => channels.hangUp(cid, 'carol'))).toBe(404)
  expect(codeOf(() => channels.answer(cid, 'alice', true))).toBe(409)
  expect(codeOf(() => channels.repeatCall(cid, 'bob'))).toBe(403)
  expect(codeOf(() => channels.enterSession(cid, 2, session))).toBe(403)
  expect(codeOf(() => channels.enterSession(cid, 3, session))).toBe(403)
  expect(codeOf(() => channels.enterSession(cid + 1, 1, session))).toBe(417)
  channels.answer(cid, 'bob', true)
  expect(codeOf(() => channels.answer(cid, 'bob', false))).toBe(409)
  channels.close()
})

test('a call ends once, even if both sides leave at the same time', () => {
  const { channels, told, call } = setUp()
  const { cid } = call()
  channels.answer(cid, 'bob', true)
  channels.on('left', (_, { account }) => {
    if (account === 'alice') channels.hangUp(cid, 'bob')
  })
  channels.hangUp(cid, 'alice')
  expect(told.filter((line) => line.startsWith('ended'))).toEqual(['ended hangup bob'])
})

test('a call starts when it rings, a room when its first member joins', () => {
  const { channels, call } = setUp()
  const started: unknown[] = []
  channels.on('started', ({ scene }, start) => started.push([scene, start]))
  expect(codeOf(() => call({ offline: ['bob'] }))).toBe(11001)
  expect(started).toEqual([])
  channels.hangUp(call({ offline: ['bob'], forced: true }).cid, 'alice')
  channels.createRoom({ name: 'standup', account: 'alice', custom: '' })
  channels.joinRoom('standup', 'bob', 'tablet')
  channels.joinRoom('standup', 'alice', 'phone')
  expect(started).toEqual([
    [0, { account: 'alice', device: 'phone', forced: true }],
    [1, { account: 'bob', device: 'tablet', forced: false }],
  ])
  channels.close()
})

describe('rooms', () => {
  const room = { name: 'standup', account: 'alice', custom: 'hello' }

  test('a room exists while it has members, and its name is free afterwards', () => {
    const { channels, told } = setUp()
    const { cid } = channels.createRoom(room)
    expect(codeOf(() => channels.createRoom({ ...room, account: 'bob' }))).toBe(409)
    expect(channels.joinRoom('standup', 'alice', 'phone').fresh).toBe(true)
    expect(channels.joinRoom('standup', 'alice', 'phone').fresh).toBe(false)
    channels.joinRoom('standup', 'bob', 'phone')
    channels.hangUp(cid, 'alice')
    expect(codeOf(() => channels.roomOf('standup', 'alice'))).toBe(404)
    expect(channels.joinRoom('standup', 'alice', 'phone').fresh).toBe(true)
    channels.hangUp(cid, 'alice')
    channels.hangUp(cid, 'bob')
    expect(told.at(-1)).toBe('ended room-closed bob')
    expect(codeOf(() => channels.joinRoom('standup', 'bob', 'phone'))).toBe(417)
    expect(codeOf(() => channels.createRoom(room))).toBe(200)
    channels.close()
  })

  test('a room that nobody enters is closed; an account may only have a few of them', () => {
    const { channels, told } = setUp()
    for (let n = 0; n < 10; n++) channels.createRoom({ ...room, name: `room ${n}` })
    expect(codeOf(() => channels.createRoom(room))).toBe(409)
    jest.advanceTimersByTime(CHANNEL_TIMING.emptyRoom)
    expect(told.filter((line) => line === 'ended room-closed service')).toHaveLength(10)
    expect(channels.size).toBe(0)
  })
})

test('after closing, nothing can begin', () => {
  const { channels, told, call } = setUp()
  channels.close()
  expect(codeOf(() => call())).toBe(500)
  expect(codeOf(() => channels.createRoom({ name: 'team', account: 'alice', custom: '' }))).toBe(500)
  expect(told).toEqual([])
  expect(channels.size).toBe(0)
})
