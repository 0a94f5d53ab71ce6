/** Members of rooms at the gateway: a second device of an account, roles, lost connections. */
import { NETCALL_MODE, ROLE } from '../../../miniprogram/netcall/constants'
import { KICK_REASON } from '../../../miniprogram/netcall/protocol'
import { CHANNEL_TIMING } from '../../../server/channels/channels'
import { startCallService, type CallService } from '../../support/call-service'
import { controlClock } from '../../support/clock'
import { GatewayClient } from '../../support/gateway-client'
import { until } from '../../support/until'

let service: CallService
beforeEach(async () => {
  controlClock()
  service = await startCallService()
})
afterEach(() => service.close())

const name = 'standup'
const kicked = { reason: KICK_REASON.replaced }

/** A room with these hosts in it. */
async function meet(...accounts: string[]) {
  const opener = await service.device('opener')
  await opener.request('createChannel', { channelName: name, custom: '', webrtcEnable: true })
  const members = []
  for (const account of accounts) members.push(await service.member(account, name))
  for (const [n, { client }] of members.entries()) {
    for (let later = n + 1; later < members.length; later++) await client.next('clientJoin')
  }
  return members
}

function memberOf(cid: number, account: string) {
  const member = service.channels.get(cid)?.members.get(service.uidOf(account))
  if (!member) throw new Error(`${account} is not in the room`)
  return member
}

/** Alice with two devices in sequence, and bob. */
async function twice() {
  const [old, bob] = await meet('alice', 'bob')
  if (!old || !bob) throw new Error('nobody came')
  const fresh = await service.member('alice', name)
  return { old, bob, fresh, cid: old.who.cid }
}

describe('an account that joins with a second device', () => {
  test('keeps one session: the older device is kicked with the reason, the others see no leave', async () => {
    const { old, bob, fresh, cid } = await twice()
    expect(await old.client.next('kicked')).toEqual({ cid, ...kicked })
    expect(await old.client.closed).toEqual({ code: 1000, reason: 'replaced' })
    expect(fresh.who).toEqual(old.who)
    expect(fresh.userlist).toMatchObject([{ accid: 'alice' }, { accid: 'bob' }])
    expect(fresh.userlist).not.toEqual(old.userlist)
    expect(await bob.client.next('clientJoin')).toMatchObject({ accid: 'alice', uid: old.who.uid })
    expect(await bob.client.untaken('clientLeave', bob.who)).toEqual([])
    expect(await bob.signal.untaken('notifyJoin')).toEqual([])
    expect(service.gateway.sessionCount).toBe(2)
    expect(service.channels.get(cid)?.members.size).toBe(2)
  })

  test('keeps it, whatever the older device sends', async () => {
    const { old, bob, fresh, cid } = await twice()
    expect(await old.signal.ask('hangup', { channelId: cid })).toMatchObject({
      code: 404,
      message: expect.stringMatching(/^channelId: replaced by another device/),
    })
    old.signal.cut()
    const late = await GatewayClient.openAt(old.joined)
    expect(await late.ask('login', old.login)).toMatchObject({ code: 403 })
    expect(await late.next('kicked')).toEqual({ cid, ...kicked })
    await late.closed
    expect(await fresh.client.untaken('kicked', fresh.who)).toEqual([])
    expect(memberOf(cid, 'alice').state).toBe('joined')
    expect(await bob.client.untaken('clientLeave', bob.who)).toEqual([])

    await fresh.signal.request('hangup', { channelId: cid })
    expect(await bob.client.next('clientLeave')).toMatchObject({ accid: 'alice' })
  })

  test('leaves with the newer device, also after its IM connection was lost; the older one may join again', async () => {
    const { old, fresh, cid } = await twice()
    fresh.signal.cut()
    const back = await service.device('alice')
    await until(() => service.signalling.deviceCount === 4, 'the broken link is noticed')
    await back.request('hangup', { channelId: cid })
    expect(memberOf(cid, 'alice').state).toBe('left')
    await fresh.client.closed
    const again = await service.member('alice', name, {}, old.signal)
    expect(await again.client.untaken('kicked', again.who)).toEqual([])
    await old.signal.request('hangup', { channelId: cid })
  })

  test('is announced as gone if the newer device is audience, or never logs in', async () => {
    const [old, bob] = await meet('alice', 'bob')
    if (!old || !bob) throw new Error('nobody came')
    const listening = await service.member('alice', name, { role: ROLE.ROLE_AUDIENCE })
    await old.client.next('kicked')
    expect(await bob.client.next('clientLeave')).toMatchObject({ accid: 'alice' })
    expect(listening.userlist).toMatchObject([{ accid: 'alice', url: '' }, { accid: 'bob' }])
    await service.member('alice', name)
    expect(await bob.client.next('clientJoin')).toMatchObject({ accid: 'alice' })
  })

  test('is lost after a while if the newer device never logs in', async () => {
    const [old, bob] = await meet('alice', 'bob')
    if (!old || !bob) throw new Error('nobody came')
    await (await service.device('alice')).request('joinChannel', { channelName: name })
    await old.client.next('kicked')
    await service.pass(CHANNEL_TIMING.entrance - 1)
    expect(await bob.client.untaken('clientLeave', bob.who)).toEqual([])
    await service.pass(1)
    expect(await bob.client.next('clientLeave')).toMatchObject({ accid: 'alice' })
  })
})

describe('roles', () => {
  const audience = { role: ROLE.ROLE_AUDIENCE }

  test("audience gets no push URL, and is in nobody's list", async () => {
    const [host] = await meet('alice')
    if (!host) throw new Error('nobody came')
    const listener = await service.member('bob', name, audience)
    expect(listener.userlist).toMatchObject([
      { accid: 'bob', url: '' },
      { accid: 'alice', url: expect.stringContaining('action=play') },
    ])
    const third = await service.member('carol', name, audience)
    expect(third.userlist).toHaveLength(2)
    expect(await host.client.untaken('clientJoin', host.who)).toEqual([])
    await listener.client.ask('updatePushMode', { ...listener.who, mode: 0 })
    await listener.client.ask('logout', listener.who)
    expect(await host.client.untaken('clientUpdate', host.who)).toEqual([])
    expect(await host.client.untaken('clientLeave', host.who)).toEqual([])
  })

  test('audience becomes host by leaving and joining again, not by a login', async () => {
    const [host] = await meet('alice')
    if (!host) throw new Error('nobody came')
    const listener = await service.member('bob', name, audience)
    const forged = service.kept(await GatewayClient.openAt(listener.joined))
    expect(await forged.ask('login', { ...listener.login, role: ROLE.ROLE_HOST })).toMatchObject({
      code: 403,
      errmsg: expect.stringMatching(/^role: /),
    })
    await listener.client.ask('logout', listener.who)
    const again = await service.member('bob', name, { role: ROLE.ROLE_HOST }, listener.signal)
    expect(again.userlist).toMatchObject([{ url: expect.stringContaining('action=publish') }, { accid: 'alice' }])
    expect(await host.client.next('clientJoin')).toMatchObject({ accid: 'bob' })
  })

  test('a host without audio and video stays in, even longer than absent members are waited for', async () => {
    const [alice] = await meet('alice')
    if (!alice) throw new Error('nobody came')
    const quiet = await service.member('bob', name, { mode: NETCALL_MODE.NETCALL_MODE_NOAUDIO_NOVIDEO })
    expect(await alice.client.next('clientJoin')).toMatchObject({ accid: 'bob', mode: 3 })
    const lost = await service.member('carol', name)
    lost.client.cut()
    await until(() => service.gateway.sessionCount === 2, 'the loss')
    await service.pass(CHANNEL_TIMING.grace)
    expect(memberOf(alice.who.cid, 'carol').state).toBe('left')
    expect(await quiet.client.ask('updatePushMode', { ...quiet.who, mode: 0 })).toEqual({ code: 200 })
    expect(await alice.client.next('clientUpdate')).toMatchObject({ accid: 'bob', mode: 0 })
  })
})

describe('a member whose connection is lost', () => {
  test('keeps its session: same uid, new URLs, announced to the others', async () => {
    const [alice, bob] = await meet('alice', 'bob')
    if (!alice || !bob) throw new Error('nobody came')
    alice.client.cut()
    await until(() => service.gateway.sessionCount === 1, 'the loss')
    await service.pass(CHANNEL_TIMING.grace - 1)
    const back = service.kept(await GatewayClient.openAt(alice.joined))
    const { code, userlist } = await back.ask('login', alice.login)
    expect(code).toBe(200)
    expect(userlist).toMatchObject([{ uid: alice.who.uid }, { accid: 'bob' }])
    expect(userlist).not.toEqual(alice.userlist)
    expect(await bob.client.next('clientJoin')).toMatchObject({ accid: 'alice', uid: alice.who.uid })
    expect(await bob.client.untaken('clientLeave', bob.who)).toEqual([])
    expect(await bob.signal.untaken('notifyJoin')).toEqual([])
  })

  test('is removed after the grace time: the others are notified, and the room has ended for it', async () => {
    const [alice, bob] = await meet('alice', 'bob')
    if (!alice || !bob) throw new Error('nobody came')
    alice.client.cut()
    await until(() => service.gateway.sessionCount === 1, 'the loss')
    await service.pass(CHANNEL_TIMING.grace - 1)
    expect(await bob.client.untaken('clientLeave', bob.who)).toEqual([])
    await service.pass(1)
    expect(await bob.client.next('clientLeave')).toMatchObject({ accid: 'alice' })
    const late = service.kept(await GatewayClient.openAt(alice.joined))
    expect(await late.ask('login', alice.login)).toMatchObject({ code: 417 })
    expect(service.ended).toEqual([])
  })
})

test('a stopping service notifies everybody in the room', async () => {
  const members = await meet('alice', 'bob')
  service.channels.close()
  for (const { client, who } of members) {
    expect(await client.next('liveRoomClose')).toEqual({ cid: who.cid, reason: 'service-stopped' })
    expect((await client.closed).code).toBe(1000)
  }
})
