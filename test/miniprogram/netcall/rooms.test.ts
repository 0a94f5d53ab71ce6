/** @jest-environment node */
/** Rooms from a page's view: the instance over the real service. */
import { CODE, DISCONNECT_CODE } from '../../../miniprogram/netcall/constants'
import { KICK_REASON } from '../../../miniprogram/netcall/protocol'
import { startCallService, tokenOf, type CallService } from '../../support/call-service'
import { controlClock } from '../../support/clock'
import { until } from '../../support/until'
import { installWxSocket, openSockets } from '../../support/wx-socket'
import { phone, type Phone } from './phone'

installWxSocket()
// Stands still: nothing here depends on time.
controlClock()

let service: CallService
const phones: Phone[] = []
beforeEach(async () => {
  service = await startCallService({ roomLimit: 2 })
})
afterEach(async () => {
  for (const { im } of phones.splice(0)) im.disconnect()
  await until(() => openSockets() === 0, 'all sockets are closed')
  await service.close()
})

async function signIn(account: string): Promise<Phone> {
  const one = phone(`127.0.0.1:${service.port}`, account, tokenOf(account))
  phones.push(one)
  await one.im.connect()
  return one
}
const room = { channelName: 'standup', mode: 0, role: 0 } as const
const statusOf = async ({ netcall }: Phone) => (await netcall.getStatus()).phase

/** Joins the room, creating it if missing, like a page. */
async function enter({ netcall }: Phone) {
  try {
    return await netcall.joinChannel(room)
  } catch (error) {
    expect(error).toMatchObject({ code: CODE.roomGone })
  }
  await netcall.createChannel(room).catch((error: unknown) => expect(error).toMatchObject({ code: CODE.conflict }))
  return netcall.joinChannel(room)
}

test('two accounts that create a missing room at once end up in one', async () => {
  const both = [await signIn('alice'), await signIn('bob')]
  const joined = await Promise.all(both.map(enter))
  expect(new Set(joined.map(({ cid }) => cid)).size).toBe(1)
  expect(service.channels.size).toBe(1)
})

test('a full room has its own reason, and leaves the instance idle', async () => {
  const [alice, bob, carol] = [await signIn('alice'), await signIn('bob'), await signIn('carol')]
  await enter(alice)
  await enter(bob)
  await expect(carol.netcall.joinChannel(room)).rejects.toMatchObject({ reason: 'room-full', code: CODE.roomFull })
  expect(await statusOf(carol)).toBe('idle')
  await bob.netcall.leaveChannel()
  await carol.netcall.joinChannel(room)
  expect(await statusOf(carol)).toBe('session')
  expect(carol.payloads('error')).toEqual([])
})

test('an invalid room name is reported as the field', async () => {
  const alice = await signIn('alice')
  const bad = { reason: 'invalid-argument', code: CODE.badRequest, field: 'channelName' }
  await expect(alice.netcall.createChannel({ channelName: ' standup' })).rejects.toMatchObject(bad)
  await expect(alice.netcall.joinChannel({ ...room, channelName: 'a\nb' })).rejects.toMatchObject(bad)
  expect(await statusOf(alice)).toBe('idle')
})

test("the account's newer device replaces the older one, which is notified and idle", async () => {
  const [older, bob] = [await signIn('alice'), await signIn('bob')]
  const { cid } = await enter(older)
  await enter(bob)
  const newer = await signIn('alice')
  const self = await enter(newer)
  expect(self).toMatchObject({ cid, uid: service.uidOf('alice') })
  await until(() => older.payloads('disconnect').length > 0, 'the older one is out')
  expect(older.payloads('kicked')).toEqual([{ cid, reason: KICK_REASON.replaced }])
  expect(older.payloads('disconnect')).toMatchObject([{ code: DISCONNECT_CODE.kicked }])
  expect(await statusOf(older)).toBe('idle')
  await older.netcall.hangup()
  await expect(older.netcall.leaveChannel()).rejects.toMatchObject({ reason: 'wrong-state' })
  await older.im.contacts()
  expect(await newer.netcall.getStatus()).toMatchObject({ phase: 'session', cid, connected: true })
  await bob.im.contacts()
  expect(bob.payloads('clientLeave')).toEqual([])
  expect(bob.payloads('clientJoin').map(({ account }) => account)).toEqual(['alice'])

  // And back again: the last device wins.
  await enter(older)
  await until(() => newer.payloads('kicked').length === 1, 'the other one is out')
  expect(older.payloads('kicked')).toHaveLength(1)
})

test('a member of a room rejects calls as busy, and can call nobody', async () => {
  const [alice, bob] = [await signIn('alice'), await signIn('bob')]
  await enter(alice)
  await bob.netcall.call({ type: 1, callee: 'alice' })
  await until(() => alice.payloads('beCalling').length > 0, 'it rings')
  const { cid } = alice.payloads('beCalling')[0] ?? { cid: 0 }
  await alice.netcall.control({ cid, command: 9 })
  await alice.netcall.response({ caller: 'bob', cid, type: 1, accepted: false })
  await until(() => bob.payloads('callRejected').length > 0, 'the refusal')
  expect(bob.payloads('control')).toEqual([{ account: 'alice', cid, command: 9 }])
  await expect(alice.netcall.call({ type: 1, callee: 'bob' })).rejects.toMatchObject({ reason: 'wrong-state' })
  expect(await statusOf(alice)).toBe('session')
})
