import { CONTROL_COMMAND } from '../../../miniprogram/netcall/constants'
import { CHANNEL_TIMING } from '../../../server/channels/channels'
import { ringUp, startCallService, type CallService } from '../../support/call-service'
import { controlClock } from '../../support/clock'
import { until } from '../../support/until'

let service: CallService
beforeEach(async () => {
  controlClock()
  service = await startCallService()
})
afterEach(() => service.close())

const ack = (caller: string, channelId: number, accepted: boolean) => ({
  account: caller,
  channelId,
  type: 2 as const,
  accepted,
})

test('a complete call: call, ring, accept, control, hang up', async () => {
  const alice = await service.device('alice')
  const bob = await service.device('bob')
  const uids = { alice: service.uidOf('alice'), bob: service.uidOf('bob') }
  const serverMap = expect.stringMatching(
    `^{"wechatapparray":\\["127.0.0.1:${service.port}/gateway/[\\w.-]+"\\],"scheme":"ws"}$`,
  )

  const pushConfig = { custom: '{"from":"contacts"}' }
  const begun = await alice.request('initNetcall', { type: 2, accounts: ['bob'], pushConfig, webrtcEnable: true })
  const channelId = Number(begun['channelId'])
  expect(begun).toEqual({
    timetag: expect.any(Number),
    uid: uids.alice,
    channelId: expect.any(Number),
    keepCallingAccounts: ['bob'],
    accountUidMap: uids,
    clientConfig: {},
    serverMap,
  })
  expect(Number.isSafeInteger(channelId)).toBe(true)
  const called = {
    timetag: expect.any(Number),
    type: 2,
    channelId,
    account: 'alice',
    uid: uids.bob,
    accountUidMap: uids,
    clientConfig: {},
    custom: '{"from":"contacts"}',
    serverMap,
  }
  expect(await bob.next('beCalled')).toEqual(called)

  expect(await alice.request('keepCalling', { type: 2, accounts: ['bob'], channelId })).toEqual({ accounts: ['bob'] })
  expect(await bob.next('beCalled')).toEqual(called)

  await bob.request('netcallControl', { channelId, type: 12 })
  expect(await alice.next('netcallControl')).toEqual({ account: 'bob', type: 12, channelId })

  await bob.request('calleeAck', ack('alice', channelId, true))
  expect(await alice.next('notifyCalleeAck')).toEqual({ account: 'bob', channelId, type: 2, accepted: true })
  expect(await alice.request('keepCalling', { type: 2, accounts: ['bob'], channelId })).toEqual({ accounts: [] })
  expect(await bob.untaken('beCalled')).toEqual([])

  await alice.request('netcallControl', { channelId, type: 2 })
  expect(await bob.next('netcallControl')).toEqual({ account: 'alice', type: 2, channelId })

  await alice.request('hangup', { channelId })
  expect(await bob.next('notifyHangup')).toEqual({ channelId, account: 'alice', timetag: expect.any(Number) })
  expect((await alice.ask('hangup', { channelId })).code).toBe(404)
  expect((await bob.ask('hangup', { channelId })).code).toBe(404)
  expect((await bob.ask('calleeAck', ack('alice', channelId, true))).code).toBe(404)
  expect(await alice.untaken('notifyHangup')).toEqual([])
  expect(await bob.untaken('notifyHangup')).toEqual([])
  expect(service.ended).toEqual([{ cid: channelId, reason: 'hangup', by: 'alice' }])
})

test('declined: the caller is notified once, in one way', async () => {
  const alice = await service.device('alice')
  const bob = await service.device('bob')
  const channelId = await ringUp(alice, 'bob')
  await bob.request('calleeAck', ack('alice', channelId, false))
  expect(await alice.next('notifyCalleeAck')).toEqual({ account: 'bob', channelId, type: 2, accepted: false })
  expect((await bob.ask('calleeAck', ack('alice', channelId, false))).code).toBe(404)
  expect(await alice.untaken('notifyCalleeAck')).toEqual([])
  expect(await alice.untaken('notifyHangup')).toEqual([])
  expect(service.ended).toEqual([{ cid: channelId, reason: 'rejected', by: 'bob' }])
})

test('busy: BUSY reaches the caller before the rejection', async () => {
  const alice = await service.device('alice')
  const bob = await service.device('bob')
  const channelId = await ringUp(alice, 'bob')
  await bob.request('netcallControl', { channelId, type: 9 })
  await bob.request('calleeAck', ack('alice', channelId, false))
  expect(await alice.next('netcallControl')).toMatchObject({ type: 9, account: 'bob' })
  expect(await alice.next('notifyCalleeAck')).toMatchObject({ accepted: false })
  expect(service.ended).toMatchObject([{ reason: 'busy' }])
})

test("cancelled: all of the callee's devices stop ringing", async () => {
  const alice = await service.device('alice')
  const bobs = [await service.device('bob'), await service.device('bob')]
  const channelId = await ringUp(alice, 'bob')
  for (const bob of bobs) await bob.next('beCalled')
  await alice.request('hangup', { channelId })
  for (const bob of bobs) expect(await bob.next('notifyHangup')).toMatchObject({ channelId, account: 'alice' })
  expect(service.ended).toMatchObject([{ reason: 'cancelled' }])
})

test('offline: 11001 for known and unknown accounts, and nothing is left of the call', async () => {
  const alice = await service.device('alice')
  await alice.request('listContacts', {})
  const bob = await service.device('bob')
  await bob.close()
  await alice.next('presence', ({ online }) => online === false)
  for (const accounts of [['bob'], ['nobody-yet']]) {
    const answer = await alice.ask('initNetcall', { type: 1, accounts, pushConfig: {}, webrtcEnable: true })
    expect(answer).toMatchObject({ code: 11001, message: expect.stringContaining(String(accounts[0])) })
  }
  expect(service.ended).toMatchObject([{ reason: 'offline' }])
  expect(service.channels.size).toBe(0)
  expect((await alice.request('listContacts', {}))['contacts']).toEqual([{ account: 'bob', online: false }])
})

test('forced: rings as soon as the callee comes online', async () => {
  const alice = await service.device('alice')
  await (await service.device('bob')).close()
  await until(() => !service.signalling.isOnline('bob'), 'his going')
  const channelId = await ringUp(alice, 'bob', { forceKeepCalling: true })
  expect(await alice.request('keepCalling', { type: 2, accounts: ['bob'], channelId })).toEqual({ accounts: ['bob'] })
  const bob = await service.device('bob')
  expect(await bob.next('beCalled')).toMatchObject({ channelId, account: 'alice' })
  await alice.request('keepCalling', { type: 2, accounts: ['bob'], channelId })
  expect(await bob.next('beCalled')).toMatchObject({ channelId })
})

test('two devices: both ring, one answers, the other is notified', async () => {
  const alice = await service.device('alice')
  const phone = await service.device('bob')
  const tablet = await service.device('bob')
  const channelId = await ringUp(alice, 'bob')
  await phone.next('beCalled')
  await tablet.next('beCalled')
  await phone.request('calleeAck', ack('alice', channelId, true))
  const sync = { timetag: expect.any(Number), channelId, type: 2, accepted: true, fromClientType: 16 }
  expect(await tablet.next('notifyCalleeAckSync')).toEqual(sync)
  expect(await phone.untaken('notifyCalleeAckSync')).toEqual([])
  expect((await tablet.ask('calleeAck', ack('alice', channelId, false))).code).toBe(409)
  await alice.next('notifyCalleeAck')
  expect(await alice.untaken('notifyCalleeAck')).toEqual([])
  expect(service.ended).toEqual([])
})

test('a hangup while ringing declines on all devices', async () => {
  const alice = await service.device('alice')
  const phone = await service.device('bob')
  const tablet = await service.device('bob')
  const channelId = await ringUp(alice, 'bob')
  await phone.request('hangup', { channelId })
  expect(await alice.next('notifyCalleeAck')).toMatchObject({ accepted: false, channelId })
  expect(await tablet.next('notifyCalleeAckSync')).toMatchObject({ accepted: false, channelId })
})

test('two accounts that call each other at the same moment: both calls exist and end', async () => {
  const alice = await service.device('alice')
  const bob = await service.device('bob')
  const [one, two] = await Promise.all([ringUp(alice, 'bob'), ringUp(bob, 'alice')])
  await bob.request('calleeAck', ack('alice', one, false))
  await alice.request('calleeAck', ack('bob', two, false))
  await alice.next('notifyCalleeAck', ({ channelId }) => channelId === one)
  await bob.next('notifyCalleeAck', ({ channelId }) => channelId === two)
  expect(service.ended.map(({ reason }) => reason)).toEqual(['rejected', 'rejected'])
  expect(service.channels.size).toBe(0)
})

test('a caller in a call gets 409; a callee that is ringing can call', async () => {
  const { a: alice, b: bob, cid } = await service.answeredCall('alice', 'bob')
  const carol = await service.device('carol')
  const wish = { type: 2, accounts: ['carol'], pushConfig: {}, webrtcEnable: true } as const
  expect(await alice.ask('initNetcall', wish)).toMatchObject({ code: 409, message: expect.stringContaining('hang up') })
  const second = await ringUp(carol, 'bob')
  expect(await bob.next('beCalled')).toMatchObject({ account: 'carol', channelId: second })
  await bob.request('calleeAck', ack('carol', second, false))
  await carol.next('notifyCalleeAck')
  expect(service.ended.map((end) => end.cid)).toEqual([second])
  expect(service.channels.get(cid)?.state).toBe('active')
})

test('an app that was closed and reopened can call at once', async () => {
  const alice = await service.device('alice')
  const bob = await service.device('bob')
  await bob.request('listContacts', {})
  const left = await ringUp(alice, 'bob')
  alice.cut()
  await bob.next('presence', ({ account, online }) => account === 'alice' && online === false)
  const again = await service.device('alice')
  const channelId = await ringUp(again, 'bob')
  expect(await bob.next('notifyHangup')).toMatchObject({ channelId: left })
  expect(await bob.next('beCalled', (body) => body['channelId'] === channelId)).toMatchObject({ account: 'alice' })
})

test('a caller that was offline at the answer is notified on return', async () => {
  const alice = await service.device('alice')
  const bob = await service.device('bob')
  await bob.request('listContacts', {})
  const channelId = await ringUp(alice, 'bob')
  alice.cut()
  await bob.next('presence', ({ account, online }) => account === 'alice' && online === false)
  await bob.request('calleeAck', ack('alice', channelId, true))
  const again = await service.device('alice')
  expect(await again.next('notifyCalleeAck')).toEqual({ account: 'bob', channelId, type: 2, accepted: true })
  await service.session('alice', channelId)
  const later = await service.device('alice')
  expect(await later.untaken('notifyCalleeAck')).toEqual([])
})

test("others' calls cannot be affected", async () => {
  const { cid, a, b } = await service.answeredCall('alice', 'bob')
  const mallory = await service.device('mallory')
  expect((await mallory.ask('hangup', { channelId: cid })).code).toBe(404)
  expect((await mallory.ask('netcallControl', { channelId: cid, type: 1 })).code).toBe(404)
  expect((await mallory.ask('calleeAck', ack('alice', cid, true))).code).toBe(404)
  expect((await mallory.ask('keepCalling', { channelId: cid, type: 2, accounts: ['bob'] })).code).toBe(404)
  // The answer does not distinguish others' calls from missing ones, whatever she guesses.
  for (const caller of ['alice', 'bob']) {
    const answers = [cid, cid + 1].map(async (channelId) => mallory.ask('calleeAck', ack(caller, channelId, true)))
    const [real, none] = await Promise.all(answers)
    expect(real?.message.replace(String(cid), 'N')).toBe(none?.message.replace(String(cid + 1), 'N'))
  }
  for (const device of [a, b]) {
    for (const name of ['netcallControl', 'notifyHangup', 'notifyCalleeAck', 'beCalled'] as const) {
      expect(await device.untaken(name)).toEqual([])
    }
  }
  expect(service.channels.get(cid)?.state).toBe('active')
})

test('an answer must name the caller', async () => {
  const alice = await service.device('alice')
  const bob = await service.device('bob')
  const channelId = await ringUp(alice, 'bob')
  expect(await bob.ask('calleeAck', ack('carol', channelId, true))).toMatchObject({
    code: 404,
    message: expect.stringMatching(/^account: .*carol/),
  })
  expect(await alice.untaken('notifyCalleeAck')).toEqual([])
})

test('the timeline has the events in order, without secrets', async () => {
  const { cid, b } = await service.answeredCall('alice', 'bob')
  await b.request('hangup', { channelId: cid })
  const story = service.timeline.recent().map(({ name, account, data }) => `${name} ${account} ${String(data['kind'])}`)
  expect(story).toEqual([
    'initNetcall alice request',
    'beCalled bob notification',
    'initNetcall alice answer',
    'calleeAck bob request',
    'notifyCalleeAck alice notification',
    'hangup bob request',
    'notifyHangup alice notification',
  ])
  expect(JSON.stringify(service.timeline.recent())).not.toMatch(/secret-of|sign=/)
})

test('a callee that is offline for a moment keeps being called', async () => {
  const alice = await service.device('alice')
  await alice.request('listContacts', {})
  const bob = await service.device('bob')
  const channelId = await ringUp(alice, 'bob')
  bob.cut()
  await alice.next('presence', ({ account, online }) => account === 'bob' && online === false)
  expect(await alice.request('keepCalling', { type: 2, accounts: ['bob'], channelId })).toEqual({ accounts: ['bob'] })
  const again = await service.device('bob')
  expect(await again.next('beCalled')).toMatchObject({ channelId })
})

test('a returning device learns which calls are running, and which was answered elsewhere', async () => {
  const alice = await service.device('alice')
  const carol = await service.device('carol')
  const phone = await service.device('bob')
  const [first, second] = [await ringUp(alice, 'bob'), await ringUp(carol, 'bob')]
  const tablet = await service.device('bob')
  expect(tablet.welcome['calls']).toEqual([first, second])
  await phone.request('calleeAck', ack('alice', first, true))
  await carol.request('hangup', { channelId: second })
  const again = await service.device('bob')
  expect(again.welcome['calls']).toEqual([first])
  expect(await again.next('notifyCalleeAckSync')).toMatchObject({ channelId: first, accepted: true })
  expect((await service.device('alice')).welcome['calls']).toEqual([first])
  expect((await service.device('carol')).welcome['calls']).toEqual([])
})

test("a returning device gets the peer's media announcements", async () => {
  const { a: alice, b: bob, cid: channelId } = await service.answeredCall('alice', 'bob')
  const away = CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_SELF_ON_BACKGROUND
  bob.cut()
  for (const type of [1, 3, 2, away] as const) await alice.request('netcallControl', { channelId, type })
  const again = await service.device('bob')
  const notices = async (device: typeof again, count: number) => {
    const types = []
    while (types.length < count) types.push((await device.next('netcallControl'))['type'])
    return types
  }
  expect(await notices(again, 3)).toEqual([2, 3, away])
  expect(await again.untaken('netcallControl')).toEqual([])

  // An announcement about a device ends `away`; other commands are not repeated.
  for (const type of [1, 5] as const) await alice.request('netcallControl', { channelId, type })
  const third = await service.device('bob')
  expect(await notices(third, 2)).toEqual([1, 3])
  expect(await third.untaken('netcallControl')).toEqual([])
  const stranger = await service.device('carol')
  const own = await service.device('alice')
  for (const device of [stranger, own]) expect(await device.untaken('netcallControl')).toEqual([])
})

test('an account in a call is busy on all its devices', async () => {
  const { b: phone, cid } = await service.answeredCall('alice', 'bob')
  const tablet = await service.device('bob')
  const carol = await service.device('carol')
  const second = await ringUp(carol, 'bob')
  for (const device of [phone, tablet]) await device.next('beCalled', ({ channelId }) => channelId === second)
  await phone.request('netcallControl', { channelId: second, type: 9 })
  await phone.request('calleeAck', ack('carol', second, false))
  expect(await carol.next('netcallControl')).toMatchObject({ channelId: second, type: 9 })
  expect(await carol.next('notifyCalleeAck')).toMatchObject({ channelId: second, accepted: false })
  const sync = await tablet.next('notifyCalleeAckSync', ({ channelId }) => channelId === second)
  expect(sync).toMatchObject({ accepted: false })
  expect(await service.endOf(second)).toMatchObject([{ reason: 'busy' }])
  expect(service.channels.get(cid)?.state).toBe('active')
})

test('a stopping service also notifies accounts that it rings', async () => {
  const alice = await service.device('alice')
  const bob = await service.device('bob')
  const channelId = await ringUp(alice, 'bob')
  service.channels.close()
  for (const device of [alice, bob])
    expect(await device.next('notifyHangup')).toMatchObject({ channelId, reason: 'service-stopped' })
})

test('the ringing stops when its caller is gone', async () => {
  const alice = await service.device('alice')
  const bob = await service.device('bob')
  await bob.request('listContacts', {})
  const channelId = await ringUp(alice, 'bob')
  await service.pass(CHANNEL_TIMING.repetition - 1)
  await alice.request('keepCalling', { type: 2, accounts: ['bob'], channelId })
  alice.cut()
  await bob.next('presence', ({ account, online }) => account === 'alice' && online === false)
  await service.pass(CHANNEL_TIMING.repetition - 1)
  expect(await bob.untaken('notifyHangup')).toEqual([])
  await service.pass(1)
  // For bob it is a missed call: no reason.
  expect(await bob.next('notifyHangup')).toEqual({ channelId, account: 'alice', timetag: expect.any(Number) })
  expect(service.ended).toEqual([{ cid: channelId, reason: 'lost', by: 'alice' }])
})

test('a call without media sessions is lost', async () => {
  const { cid, b } = await service.answeredCall('alice', 'bob')
  await service.pass(CHANNEL_TIMING.entrance - 1)
  expect(await b.untaken('notifyHangup')).toEqual([])
  await service.pass(1)
  expect(await b.next('notifyHangup')).toMatchObject({ channelId: cid, account: 'alice', reason: 'lost' })
  expect(service.ended).toMatchObject([{ cid, reason: 'lost' }])
})
