import { startCallService, type CallService } from '../../support/call-service'

let service: CallService
beforeEach(async () => {
  service = await startCallService()
})
afterEach(() => service.close())

const room = { channelName: 'team call', custom: '{"team":"blue"}', webrtcEnable: true }

test('create, join, be told of joins, ask for uids, leave', async () => {
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

test('a name can be taken once; a room that is gone cannot be joined', async () => {
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

test('an account named like a part of JavaScript is an account like any other', async () => {
  const odd = await service.device('__proto__')
  await odd.request('createChannel', room)
  const { accountUidMap } = await odd.request('joinChannel', { channelName: 'team call' })
  expect(Object.entries(accountUidMap ?? {})).toEqual([['__proto__', service.uidOf('__proto__')]])
})
