import { CONTROL_COMMAND } from '../../../miniprogram/netcall/constants'
import { CHANNEL_TIMING } from '../../../server/channels/channels'
import { GATEWAY_RULES } from '../../../server/gateway/gateway'
import { ringUp, startCallService, type CallService } from '../../support/call-service'
import { advance, controlClock } from '../../support/clock'
import { until } from '../../support/until'

let service: CallService
beforeEach(async () => {
  controlClock()
  service = await startCallService()
})
afterEach(() => service.close())

/** A call with both media sessions. */
async function talk() {
  const { cid, a, b } = await service.answeredCall('alice', 'bob')
  const alice = await service.session('alice', cid)
  const bob = await service.session('bob', cid)
  await alice.client.next('clientJoin')
  return { cid, a, b, alice, bob }
}

/** A room with these accounts in it, each with a media session. */
async function meet(...accounts: string[]) {
  const devices = await Promise.all(accounts.map((account) => service.device(account)))
  let cid = 0
  for (const [n, device] of devices.entries()) {
    if (n === 0) await device.request('createChannel', { channelName: 'room', custom: '', webrtcEnable: true })
    cid = Number((await device.request('joinChannel', { channelName: 'room' }))['channelId'])
  }
  return { cid, devices }
}

test('heartbeats are answered; a body about another member is refused', async () => {
  const { alice, bob, cid } = await talk()
  expect(await alice.client.ask('heartbeat', { ...alice.who, statistic: { rtt: 5 } })).toEqual({ code: 200 })
  expect(await alice.client.ask('logout', bob.who)).toMatchObject({
    code: 403,
    errmsg: expect.stringMatching(/^uid: /),
  })
  expect(await alice.client.ask('heartbeat', { ...alice.who, cid: cid + 1 })).toMatchObject({
    code: 403,
    errmsg: expect.stringMatching(/^cid: /),
  })
  expect(await alice.client.ask('updatePushMode', { ...alice.who, mode: 9 })).toMatchObject({
    code: 400,
    errmsg: expect.stringMatching(/^mode: /),
  })
  expect(service.channels.get(cid)?.members.get(bob.who.uid)?.state).toBe('joined')
})

test('a changed mode is sent to the peer', async () => {
  const { alice, bob, cid } = await talk()
  expect(await alice.client.ask('updatePushMode', { ...alice.who, mode: 1 })).toEqual({ code: 200 })
  expect(await bob.client.next('clientUpdate')).toEqual({ uid: alice.who.uid, accid: 'alice', cid, mode: 1 })
  expect(await alice.client.untaken('clientUpdate', alice.who)).toEqual([])
  const { userlist } = await bob.client.ask('getUploadUserList', bob.who)
  expect(userlist).toMatchObject([
    { accid: 'bob', mode: 0 },
    { accid: 'alice', mode: 1, url: expect.stringContaining('action=play') },
  ])
})

test('a lone member has no user list', async () => {
  const { cid } = await service.answeredCall('alice', 'bob')
  const { client, who } = await service.session('alice', cid)
  expect(await client.ask('getUploadUserList', who)).toEqual({
    code: 404,
    errmsg: expect.stringMatching(/^cid: /),
    userlist: [],
  })
})

test('a logout ends the call for both, on both sockets, once', async () => {
  const { alice, bob, a, b, cid } = await talk()
  expect(await alice.client.ask('logout', alice.who)).toEqual({ code: 200 })
  expect((await alice.client.closed).code).toBe(1000)
  expect(await bob.client.next('clientLeave')).toEqual({ uid: alice.who.uid, accid: 'alice', cid })
  expect((await bob.client.closed).code).toBe(1000)
  expect(bob.client.left(() => true)).toEqual([])
  expect(await b.next('notifyHangup')).toMatchObject({ channelId: cid, account: 'alice' })
  expect((await a.ask('hangup', { channelId: cid })).code).toBe(404)
  expect(await b.untaken('notifyHangup')).toEqual([])
  expect(service.ended).toEqual([{ cid, reason: 'hangup', by: 'alice' }])
  expect(service.gateway.sessionCount).toBe(0)
})

test('a hangup on the IM side closes both gateway connections', async () => {
  const { alice, bob, b, cid } = await talk()
  await b.request('hangup', { channelId: cid })
  expect(await alice.client.next('clientLeave')).toMatchObject({ accid: 'bob' })
  expect((await alice.client.closed).code).toBe(1000)
  expect((await bob.client.closed).code).toBe(1000)
})

test('a reconnect gives new URLs, without a leave, and the call continues', async () => {
  const { alice, bob, cid } = await talk()
  const before = JSON.stringify(bob.userlist)
  bob.client.cut()
  const again = await service.session('bob', cid, { mode: 1 })
  expect(again.userlist).toMatchObject([{ accid: 'bob', mode: 1 }, { accid: 'alice' }])
  expect(JSON.stringify(again.userlist)).not.toBe(before)
  expect(await alice.client.next('clientJoin')).toMatchObject({
    accid: 'bob',
    mode: 1,
    url: expect.stringContaining('play'),
  })
  expect(await alice.client.untaken('clientLeave', alice.who)).toEqual([])
  expect(service.ended).toEqual([])
  expect(service.gateway.sessionCount).toBe(2)
})

test("a returning member gets the others' media announcements", async () => {
  const { a, b, bob, cid: channelId } = await talk()
  bob.client.cut()
  const type = CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_SELF_ON_BACKGROUND
  await a.request('netcallControl', { channelId, type })
  const notice = { account: 'alice', type, channelId }
  expect(await b.next('netcallControl')).toEqual(notice)
  await service.session('bob', channelId, { mode: 1 })
  expect(await b.next('netcallControl')).toEqual(notice)
  expect(await a.untaken('netcallControl')).toEqual([])
})

test('a second login of a member kicks the first connection for good', async () => {
  const { alice, bob, cid } = await talk()
  const other = await service.session('bob', cid)
  expect(await bob.client.next('kicked')).toEqual({ cid, reason: expect.any(String) })
  expect((await bob.client.closed).code).toBe(1000)
  expect(service.gateway.sessionCount).toBe(2)
  await alice.client.ask('updatePushMode', { ...alice.who, mode: 1 })
  expect(await other.client.next('clientUpdate')).toMatchObject({ accid: 'alice', mode: 1 })
  expect(await alice.client.untaken('clientLeave', alice.who)).toEqual([])
  expect(service.channels.get(cid)?.state).toBe('active')
})

test('a silent connection is closed, and the call is lost after the grace time', async () => {
  const { alice, bob, b, cid } = await talk()
  await service.pass(GATEWAY_RULES.silence - 1, alice.client)
  // Proves that the connection is open, and restarts its silence.
  await alice.client.beat()
  await service.pass(GATEWAY_RULES.silence - 1, alice.client)
  expect(service.gateway.sessionCount).toBe(2)
  await service.pass(1, alice.client)
  expect((await alice.client.closed).code).toBe(4408)
  expect(service.gateway.sessionCount).toBe(1)
  await service.pass(CHANNEL_TIMING.grace - 1)
  expect(await bob.client.untaken('liveRoomClose', bob.who)).toEqual([])
  expect(service.ended).toEqual([])
  await service.pass(1)
  expect(await bob.client.next('liveRoomClose')).toEqual({ cid, reason: 'lost' })
  expect((await bob.client.closed).code).toBe(1000)
  expect(bob.client.left((frame) => frame['cmd'] === 21)).toEqual([])
  expect(await b.next('notifyHangup')).toMatchObject({ channelId: cid, account: 'alice', reason: 'lost' })
  expect(service.ended).toEqual([{ cid, reason: 'lost', by: 'alice' }])
  expect(service.gateway.sessionCount).toBe(0)
  await expect(service.session('alice', cid)).rejects.toThrow('417')
})

test('a new call of a lost member tells the peer why the old one ended', async () => {
  const { alice, bob, a, cid } = await talk()
  alice.client.cut()
  await until(() => service.gateway.sessionCount === 1, 'the loss is noticed')
  await ringUp(a, 'bob')
  expect(await bob.client.next('liveRoomClose')).toEqual({ cid, reason: 'lost' })
})

test('a stopping service notifies on both sockets of a call', async () => {
  const { alice, bob, a, b, cid } = await talk()
  service.channels.close()
  for (const one of [alice, bob])
    expect(await one.client.next('liveRoomClose')).toEqual({ cid, reason: 'service-stopped' })
  for (const device of [a, b])
    expect(await device.next('notifyHangup')).toMatchObject({ channelId: cid, reason: 'service-stopped' })
})

/** A connection with a session, and the number of its frames answered as unknown. */
async function logIn() {
  const { cid } = await service.answeredCall('carol', 'dave')
  const { client } = await service.session('carol', cid)
  return { client, answered: () => client.left(({ cmd }) => cmd === -1).length }
}

describe('exceeding a limit closes only that connection', () => {
  test('an oversize frame', async () => {
    const { alice, bob } = await talk()
    alice.client.sendText('x'.repeat(64 * 1024 + 1))
    expect((await alice.client.closed).code).toBe(1009)
    expect(await bob.client.ask('heartbeat', bob.who)).toEqual({ code: 200 })
  })

  test('too many frames', async () => {
    const { bob } = await talk()
    const { client, answered } = await logIn()
    const { framesPerSecond } = GATEWAY_RULES
    const tenth = framesPerSecond / 10
    // The login was one of them.
    const first = framesPerSecond - 1
    for (let n = 0; n < first; n++) client.sendText('{}')
    await until(() => answered() === first, 'a second’s worth of answers')
    // The number that the elapsed time allows.
    await advance(100)
    for (let n = 0; n < tenth; n++) client.sendText('{}')
    await until(() => answered() === first + tenth, 'the answers of another tenth')
    client.sendText('{}')
    expect((await client.closed).code).toBe(1008)
    expect(answered()).toBe(first + tenth)
    expect(await bob.client.ask('heartbeat', bob.who)).toEqual({ code: 200 })
  })

  test('too many pings', async () => {
    const { bob } = await talk()
    const { client } = await logIn()
    for (let n = 0; n < GATEWAY_RULES.framesPerSecond; n++) client.ping()
    expect((await client.closed).code).toBe(1008)
    expect(await bob.client.ask('heartbeat', bob.who)).toEqual({ code: 200 })
  })

  test('too many bytes', async () => {
    const { bob } = await talk()
    const { client } = await logIn()
    for (let sent = 0; sent < GATEWAY_RULES.bytes.burst; sent += 60_000) client.sendText(' '.repeat(60_000))
    expect(await client.closed).toMatchObject({ code: 1008, reason: expect.stringContaining('bytes a second') })
    expect(service.limits).toEqual(['frames'])
    expect(await bob.client.ask('heartbeat', bob.who)).toEqual({ code: 200 })
  })

  test('frames without a login', async () => {
    const { cid } = await talk()
    const client = await service.mediaLink('alice', cid)
    for (let n = 0; n <= GATEWAY_RULES.framesBeforeLogin; n++) client.sendText('{}')
    expect(await client.closed).toMatchObject({ code: 1008, reason: expect.stringContaining('before the login') })
    expect(service.limits).toEqual(['frames'])
  })
})

test('rooms: members join and leave, the audience publishes nothing', async () => {
  const { cid } = await meet('alice', 'bob', 'carol')
  const alice = await service.session('alice', cid, { scene: 1 })
  const carol = await service.session('carol', cid, { scene: 1, role: 1 })
  expect(carol.userlist).toMatchObject([
    { accid: 'carol', url: '' },
    { accid: 'alice', url: expect.stringContaining('play') },
  ])
  const bob = await service.session('bob', cid, { scene: 1, role: 0 })
  expect(bob.userlist).toMatchObject([{ accid: 'bob' }, { accid: 'alice' }])
  for (const one of [alice, carol]) expect(await one.client.next('clientJoin')).toMatchObject({ accid: 'bob' })

  await carol.client.ask('updatePushMode', { ...carol.who, mode: 3 })
  await carol.client.ask('logout', carol.who)
  await bob.client.ask('logout', bob.who)
  expect(await alice.client.next('clientLeave')).toEqual({ uid: bob.who.uid, accid: 'bob', cid })
  expect(await alice.client.untaken('clientLeave', alice.who)).toEqual([])
  expect(await alice.client.untaken('clientJoin', alice.who)).toEqual([])
  expect(await alice.client.untaken('clientUpdate', alice.who)).toEqual([])
  expect(service.ended).toEqual([])
  expect(await alice.client.ask('getUploadUserList', alice.who)).toMatchObject({
    code: 200,
    userlist: [{ accid: 'alice' }],
  })
  await alice.client.ask('logout', alice.who)
  expect(service.ended).toEqual([{ cid, reason: 'room-closed', by: 'alice' }])
})

test('a stopping service notifies the members of a room, and closes their connections', async () => {
  const { cid } = await meet('alice', 'bob')
  const alice = await service.session('alice', cid, { scene: 1 })
  service.channels.close()
  expect(await alice.client.next('liveRoomClose')).toEqual({ cid, reason: 'service-stopped' })
  expect((await alice.client.closed).code).toBe(1000)
})

test('an end does not affect another call', async () => {
  const { a, cid } = await talk()
  const other = await service.answeredCall('carol', 'dave')
  const carol = await service.session('carol', other.cid)
  await a.request('hangup', { channelId: cid })
  expect(await carol.client.untaken('clientLeave', carol.who)).toEqual([])
  expect(await carol.client.untaken('liveRoomClose', carol.who)).toEqual([])
  expect(service.ended.map((end) => end.cid)).toEqual([cid])
})
