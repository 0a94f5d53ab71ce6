/** @jest-environment node */
import { startCallService, tokenOf, type CallService } from '../../support/call-service'
import { until } from '../../support/until'
import { installWxSocket, openSockets } from '../../support/wx-socket'
import { DEFAULT_TIMING } from '../../../miniprogram/netcall/local/timing'
import { phone, type Phone } from './phone'

installWxSocket()

let service: CallService
const phones: Phone[] = []
async function signIn(account: string): Promise<Phone> {
  const one = phone(`127.0.0.1:${service.port}`, account, DEFAULT_TIMING, tokenOf(account))
  phones.push(one)
  await one.im.connect()
  return one
}

beforeEach(async () => {
  service = await startCallService()
})
afterEach(async () => {
  for (const { im } of phones.splice(0)) im.disconnect()
  await until(() => openSockets() === 0, 'all sockets are closed')
  await service.close()
})

/** Alice calls, bob answers, both are let in. */
async function talk(alice: Phone, bob: Phone): Promise<number> {
  const [earlierA, earlierB] = [alice.payloads('syncDone').length, bob.payloads('syncDone').length]
  await alice.netcall.call({ type: 2, callee: bob.im.account, pushConfig: { custom: '{"a":1}' } })
  const cid = (await alice.netcall.getStatus()).cid ?? 0
  await until(() => bob.payloads('beCalling').some((event) => event.cid === cid), 'it rings')
  await bob.netcall.response({ caller: alice.im.account, cid, type: 2, accepted: true })
  await until(() => alice.payloads('callAccepted').some((event) => event.cid === cid), 'callAccepted')
  await Promise.all([bob.netcall.startRtc({ mode: 0 }), alice.netcall.startRtc({ mode: 0 })])
  await until(() => alice.payloads('syncDone').length > earlierA, 'alice is in')
  await until(() => bob.payloads('syncDone').length > earlierB, 'bob is in')
  return cid
}

/** Where the phone can play its peer's stream, as its events told. */
function playable(one: Phone, peer: string): string | undefined {
  const members = [...one.payloads('syncDone').flatMap(({ userlist }) => userlist), ...one.payloads('clientJoin')]
  return members.find(({ account }) => account === peer)?.url
}

test('a whole call: ring, answer, media, mode, control, hang-up; then the next one', async () => {
  const [alice, bob] = [await signIn('alice'), await signIn('bob')]
  const cid = await talk(alice, bob)
  expect(bob.payloads('beCalling')[0]).toEqual({ caller: 'alice', cid, type: 2, custom: '{"a":1}' })
  const pushed = alice.payloads('syncDone')[0]?.userlist.find(({ account }) => account === 'alice')
  expect(pushed?.url).toContain(`/live/${cid}-${service.uidOf('alice')}?action=publish`)
  await until(() => playable(alice, 'bob') !== undefined && playable(bob, 'alice') !== undefined, 'both can play')
  expect(playable(bob, 'alice')).toContain(`/live/${cid}-${service.uidOf('alice')}?action=play`)

  await alice.netcall.switchMode(1)
  await until(() => bob.payloads('clientUpdate').length > 0, 'clientUpdate')
  expect(bob.payloads('clientUpdate')).toMatchObject([{ account: 'alice', cid, mode: 1 }])
  await bob.netcall.control({ command: 2 })
  await until(() => alice.payloads('control').length > 0, 'control')
  expect(alice.payloads('control')).toEqual([{ account: 'bob', cid, command: 2 }])

  await alice.netcall.hangup()
  await until(() => bob.payloads('disconnect').length > 0, 'the end at the other side')
  expect(await service.endOf(cid)).toEqual([{ cid, reason: 'hangup', by: 'alice' }])
  await bob.im.contacts()
  expect(bob.payloads('hangup')).toMatchObject([{ cid, account: 'alice' }])
  expect(alice.payloads('hangup')).toEqual([])
  expect([...alice.payloads('error'), ...bob.payloads('error')]).toEqual([])
  expect(await bob.netcall.getStatus()).toMatchObject({ phase: 'idle', connected: false })

  const second = await talk(bob, alice)
  expect(second).not.toBe(cid)
  await alice.netcall.hangup()
  await until(() => bob.payloads('hangup').length === 2, 'the second end')
})

test('rejected, cancelled and offline', async () => {
  const [alice, bob] = [await signIn('alice'), await signIn('bob')]
  await alice.netcall.call({ type: 1, callee: 'bob' })
  await until(() => bob.payloads('beCalling').length === 1, 'it rings')
  const { cid } = bob.payloads('beCalling')[0] ?? { cid: 0 }
  await bob.netcall.response({ caller: 'alice', cid, type: 1, accepted: false })
  await until(() => alice.payloads('callRejected').length === 1, 'callRejected')

  await alice.netcall.call({ type: 1, callee: 'bob' })
  await until(() => bob.payloads('beCalling').length === 2, 'it rings again')
  await alice.netcall.hangup()
  await until(() => bob.payloads('hangup').length === 1, 'the ringing ends')
  expect((await bob.netcall.getStatus()).phase).toBe('idle')

  bob.im.disconnect()
  await until(async () => (await alice.im.contacts()).every(({ online }) => !online), 'bob is offline')
  await expect(alice.netcall.call({ type: 1, callee: 'bob' })).rejects.toMatchObject({ code: 11001 })
  expect(alice.payloads('error')).toMatchObject([{ code: 11001 }])
  expect((await alice.netcall.getStatus()).phase).toBe('idle')
})

test('encryption is refused with 418, and the other side is told', async () => {
  const [alice, bob] = [await signIn('alice'), await signIn('bob')]
  await bob.netcall.setEncryptType(3)
  await bob.netcall.setEncryptKey('key')
  await expect(talk(alice, bob)).rejects.toMatchObject({ code: 418 })
  expect(bob.payloads('disconnect')).toMatchObject([{ code: 418 }])
  await until(() => alice.payloads('hangup').length > 0, 'alice hears of the end')
})

test('a room: two members come and go', async () => {
  const [alice, bob] = [await signIn('alice'), await signIn('bob')]
  await alice.netcall.createChannel({ channelName: 'room' })
  const { cid } = await alice.netcall.joinChannel({ channelName: 'room', mode: 0, role: 0 })
  await bob.netcall.joinChannel({ channelName: 'room', mode: 1, role: 0 })
  await until(() => alice.payloads('clientJoin').length > 0 && alice.payloads('joinChannel').length > 0, 'bob came')
  await bob.netcall.leaveChannel()
  await until(() => alice.payloads('clientLeave').length > 0, 'bob left')
  expect(alice.payloads('clientLeave')).toMatchObject([{ account: 'bob', cid }])
  await alice.netcall.leaveChannel()
  expect([...alice.payloads('error'), ...bob.payloads('error')]).toEqual([])
})
