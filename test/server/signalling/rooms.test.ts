import { ROOM_NAME_LENGTH } from '../../../miniprogram/netcall/constants'
import { CHANNEL_TIMING } from '../../../server/channels/channels'
import { ringUp, startCallService, type CallService } from '../../support/call-service'
import { controlClock } from '../../support/clock'
import { until } from '../../support/until'

let service: CallService
beforeEach(async () => {
  controlClock()
  service = await startCallService({ roomLimit: 3 })
})
afterEach(() => service.close())

const room = { channelName: 'team call', custom: '{"team":"blue"}', webrtcEnable: true }

test('create, join, get joins, query uids, leave', async () => {
  const alice = await service.device('alice')
  const bob = await service.device('bob')
  const [uidA, uidB] = [service.uidOf('alice'), service.uidOf('bob')]
  expect(await alice.request('createChannel', room)).toEqual({ timetag: expect.any(Number) })
  const first = await alice.request('joinChannel', { channelName: 'team call' })
  expect(first).toMatchObject({ accountUidMap: { alice: uidA }, custom: room.custom, clientConfig: {} })
  const second = await bob.request('joinChannel', { channelName: 'team call', liveOption: { liveEnable: 0 } })
  expect(second).toMatchObject({ channelId: first['channelId'], accountUidMap: { alice: uidA, bob: uidB } })
  const channelId = Number(first['channelId'])
  expect(await alice.next('notifyJoin')).toEqual({ channelId, accountUidMap: { bob: uidB } })
  await bob.request('joinChannel', { channelName: 'team call' })
  expect(await alice.untaken('notifyJoin')).toEqual([])
  expect(await bob.untaken('notifyJoin')).toEqual([])

  const query = { channelName: 'team call', uids: [uidB, 77] }
  expect(await alice.request('queryAccountUidMap', query)).toEqual({ accountUidMap: { bob: uidB } })

  await bob.request('netcallControl', { channelId, type: 2 })
  expect(await alice.next('netcallControl')).toEqual({ account: 'bob', type: 2, channelId })
  await bob.request('hangup', { channelId })
  await alice.request('netcallControl', { channelId, type: 2 })
  expect(await bob.untaken('netcallControl')).toEqual([])
  expect((await bob.ask('queryAccountUidMap', query)).code).toBe(404)
  expect(service.ended).toEqual([])
  await alice.request('hangup', { channelId })
  expect(service.ended).toEqual([{ cid: channelId, reason: 'room-closed', by: 'alice' }])
  expect(await bob.untaken('notifyHangup')).toEqual([])
})

test('a name can be used once; a room that is gone cannot be joined', async () => {
  const alice = await service.device('alice')
  const bob = await service.device('bob')
  await alice.request('createChannel', room)
  expect(await bob.ask('createChannel', room)).toMatchObject({
    code: 409,
    message: expect.stringMatching(/^channelName: .*team call/),
  })
  expect(await bob.ask('joinChannel', { channelName: 'elsewhere' })).toMatchObject({
    code: 417,
    message: expect.stringMatching(/^channelName: /),
  })
})

test('an account named like a JavaScript property is an ordinary account', async () => {
  const odd = await service.device('__proto__')
  await odd.request('createChannel', room)
  const { accountUidMap } = await odd.request('joinChannel', { channelName: 'team call' })
  expect(Object.entries(accountUidMap ?? {})).toEqual([['__proto__', service.uidOf('__proto__')]])
})

test('a full room refuses with its own code, and the refused account is not a member', async () => {
  const alice = await service.device('alice')
  await alice.request('createChannel', room)
  const { channelId } = await alice.request('joinChannel', { channelName: 'team call' })
  const bob = await service.member('bob', 'team call', { role: 1 })
  const carol = await service.member('carol', 'team call')
  // An absent member keeps its place.
  carol.client.cut()
  carol.signal.cut()
  await until(() => !service.signalling.isOnline('carol') && service.gateway.sessionCount === 1, 'carol is away')
  await alice.untaken('notifyJoin')

  const dave = await service.device('dave')
  const joining = { channelName: 'team call' }
  expect(await dave.ask('joinChannel', joining)).toMatchObject({
    code: 11090,
    message: expect.stringMatching(/^channelName: .*full.*3 members/),
  })
  expect((await dave.ask('hangup', { channelId })).code).toBe(404)
  expect(service.channels.get(Number(channelId))?.members.size).toBe(3)
  expect(service.channels.get(Number(channelId))?.members.has(service.uidOf('dave'))).toBe(false)
  expect(JSON.stringify(await alice.untaken('notifyJoin'))).not.toContain('dave')
  // Existing members may rejoin; a place that was left is free.
  await service.member('carol', 'team call')
  await bob.signal.request('hangup', { channelId: Number(channelId) })
  expect((await dave.ask('joinChannel', joining)).code).toBe(200)
})

test.each([
  ['', /empty/],
  [' team', /begins with a space/],
  ['team ', /ends with a space/],
  ['\u3000team', /begins with a space/],
  ['te\nam', /control characters/],
  ['te\u202eam', /direction of text/],
  ['te\ud800am', /control characters/],
  ['x'.repeat(ROOM_NAME_LENGTH + 1), /longer than 64/],
])('%j is an invalid name, for creating and joining', async (channelName, why) => {
  const alice = await service.device('alice')
  for (const answer of [
    await alice.ask('createChannel', { ...room, channelName }),
    await alice.ask('joinChannel', { channelName }),
  ]) {
    expect(answer).toMatchObject({ code: 400, message: expect.stringMatching(why) })
    expect(answer.message).toMatch(/^channelName: /)
  }
})

test('names in all scripts are valid', async () => {
  const alice = await service.device('alice')
  for (const channelName of ['周会', 'Q3 план', '👨‍👩‍👧 family', 'x'.repeat(ROOM_NAME_LENGTH)]) {
    expect(await alice.ask('createChannel', { ...room, channelName })).toMatchObject({ code: 200 })
  }
})

test('two accounts that create and join at once end up in one room', async () => {
  const devices = [await service.device('alice'), await service.device('bob')]
  const created = await Promise.all(devices.map((device) => device.ask('createChannel', room)))
  expect(new Set(created.map(({ code }) => code))).toEqual(new Set([200, 409]))
  const joined = await Promise.all(devices.map((device) => device.request('joinChannel', { channelName: 'team call' })))
  expect(new Set(joined.map(({ channelId }) => channelId)).size).toBe(1)
})

test('a room that nobody enters ends after its time, and its name is free', async () => {
  const alice = await service.device('alice')
  await alice.request('createChannel', room)
  await service.pass(CHANNEL_TIMING.emptyRoom - 1)
  expect(service.ended).toEqual([])
  await service.pass(1)
  expect(service.ended).toMatchObject([{ reason: 'room-closed', by: null }])
  expect((await alice.ask('joinChannel', { channelName: 'team call' })).code).toBe(417)
  await alice.request('createChannel', room)
})

test('the creator may leave the room to the others; the last one closes it', async () => {
  const [alice, bob] = [await service.device('alice'), await service.device('bob')]
  await alice.request('createChannel', room)
  const { channelId } = await alice.request('joinChannel', { channelName: 'team call' })
  await bob.request('joinChannel', { channelName: 'team call' })
  const hangup = { channelId: Number(channelId) }
  await alice.request('hangup', hangup)
  expect(service.ended).toEqual([])
  expect(await bob.request('joinChannel', { channelName: 'team call' })).toMatchObject({
    accountUidMap: { bob: service.uidOf('bob') },
  })
  const again = await alice.request('joinChannel', { channelName: 'team call' })
  expect(again['channelId']).toBe(channelId)
  await bob.request('hangup', hangup)
  await alice.request('hangup', hangup)
  expect(service.ended).toEqual([{ cid: channelId, reason: 'room-closed', by: 'alice' }])
})

test('a member of a room can be called, sends BUSY and rejects; it can call nobody', async () => {
  const [alice, carol] = [await service.device('alice'), await service.device('carol')]
  await alice.request('createChannel', room)
  await service.member('alice', 'team call', {}, alice)
  const cid = await ringUp(carol, 'alice')
  expect(await alice.next('beCalled')).toMatchObject({ channelId: cid, account: 'carol' })
  await alice.request('netcallControl', { channelId: cid, type: 9 })
  await alice.request('calleeAck', { account: 'carol', channelId: cid, type: 2, accepted: false })
  expect(await carol.next('netcallControl')).toMatchObject({ channelId: cid, type: 9, account: 'alice' })
  expect(await carol.next('notifyCalleeAck')).toMatchObject({ channelId: cid, accepted: false })
  expect(service.ended).toEqual([{ cid, reason: 'busy', by: 'alice' }])

  const call = { type: 2, accounts: ['carol'], pushConfig: {}, webrtcEnable: true }
  expect((await alice.ask('initNetcall', call)).code).toBe(409)
  expect(service.channels.size).toBe(1)
})
