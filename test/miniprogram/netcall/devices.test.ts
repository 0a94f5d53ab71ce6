/** @jest-environment node */
/** Phones at the real call service: several devices per account, callees that come online late, and nothing left after any end. */
import { CHANNEL_TIMING } from '../../../server/channels/channels'
import { startCallService, tokenOf, type CallService } from '../../support/call-service'
import { controlClock } from '../../support/clock'
import { elapse } from '../../support/elapse'
import { watchTimers } from '../../support/timers'
import { until } from '../../support/until'
import { changeNetwork, installWxSocket, loseNetwork, openSockets, wakingListeners } from '../../support/wx-socket'
import { TIMING } from '../../../miniprogram/netcall/local/timing'
import { phone, type Phone } from './phone'

installWxSocket()
// Stands still until a test advances it.
controlClock()
const timers = watchTimers('miniprogram/netcall')

let service: CallService
const phones: Phone[] = []

async function signIn(account: string): Promise<Phone> {
  const one = phone(`127.0.0.1:${service.port}`, account, tokenOf(account))
  phones.push(one)
  await one.im.connect()
  return one
}
async function ring(caller: Phone, ...callees: Phone[]): Promise<number> {
  await caller.netcall.call({ type: 2, callee: callees[0]?.im.account ?? '' })
  const cid = (await caller.netcall.getStatus()).cid ?? 0
  for (const callee of callees) await rings(callee, cid)
  return cid
}
const rings = (one: Phone, cid: number) =>
  until(() => one.payloads('beCalling').some((event) => event.cid === cid), 'it rings')
const answer = (callee: Phone, caller: string, cid: number, accepted = true) =>
  callee.netcall.response({ caller, cid, type: 2, accepted })
async function talk(caller: Phone, callee: Phone): Promise<number> {
  const cid = await ring(caller, callee)
  await answer(callee, caller.im.account, cid)
  await until(() => caller.payloads('callAccepted').length > 0, 'callAccepted')
  await Promise.all([caller, callee].map(({ netcall }) => netcall.startRtc({ mode: 0 })))
  await until(() => [caller, callee].every((one) => one.payloads('syncDone').length > 0), 'both are in')
  return cid
}
const phaseOf = async ({ netcall }: Phone) => (await netcall.getStatus()).phase

const comeBack = (back: () => void): void => {
  back()
  changeNetwork({ isConnected: true, networkType: 'wifi' })
}

/** A phone without a call has its signalling connection with its timers, and nothing else. */
async function expectNothingLeft(...signedIn: Phone[]): Promise<void> {
  for (const one of signedIn) expect(await phaseOf(one)).toBe('idle')
  await until(() => openSockets() === signedIn.length, 'only the signal links are open')
  // Heartbeat: its interval and its timeout.
  await until(() => timers.count <= signedIn.length * 2, 'only heartbeats run')
  expect(wakingListeners()).toBe(signedIn.length * 2)
  expect(service.gateway.sessionCount).toBe(0)
  expect(service.channels.size).toBe(0)
}

beforeEach(async () => {
  service = await startCallService()
})
afterEach(async () => {
  for (const { im } of phones.splice(0)) im.disconnect()
  await until(() => openSockets() === 0, 'all sockets are closed')
  await until(() => timers.count === 0, 'all timers are stopped')
  expect(wakingListeners()).toBe(0)
  await service.close()
})

describe('two devices of one account', () => {
  test('both ring; one answers and the other stops', async () => {
    const [alice, mobile, tablet] = [await signIn('alice'), await signIn('bob'), await signIn('bob')]
    const cid = await ring(alice, mobile, tablet)
    await answer(mobile, 'alice', cid)
    await until(() => tablet.payloads('callerAckSync').length > 0, 'the tablet hears of it')
    expect(tablet.payloads('callerAckSync')).toMatchObject([{ cid, accepted: true, type: 2 }])
    expect(await phaseOf(tablet)).toBe('idle')
    expect(mobile.payloads('callerAckSync')).toEqual([])
    await expect(answer(tablet, 'alice', cid)).rejects.toMatchObject({ code: 404 })
    await alice.netcall.hangup()
    await until(() => mobile.payloads('hangup').length > 0)
    expect(tablet.payloads('hangup')).toEqual([])
    await expectNothingLeft(alice, mobile, tablet)
  })

  test('both stop when the caller cancels, or the other device declines', async () => {
    const [alice, mobile, tablet] = [await signIn('alice'), await signIn('bob'), await signIn('bob')]
    const cid = await ring(alice, mobile, tablet)
    await alice.netcall.hangup()
    for (const one of [mobile, tablet]) await until(() => one.payloads('hangup').some((end) => end.cid === cid))
    const second = await ring(alice, mobile, tablet)
    await answer(mobile, 'alice', second, false)
    await until(() => alice.payloads('callRejected').length === 1)
    await until(() => tablet.payloads('callerAckSync').some((sync) => sync.cid === second && !sync.accepted))
    await expectNothingLeft(alice, mobile, tablet)
  })

  test('an account in a call on one device is busy on both', async () => {
    const [alice, mobile, tablet] = [await signIn('alice'), await signIn('bob'), await signIn('bob')]
    const carol = await signIn('carol')
    const first = await talk(alice, mobile)
    const second = await ring(carol, mobile, tablet)
    await mobile.netcall.control({ cid: second, command: 9 })
    await answer(mobile, 'carol', second, false)
    await until(() => carol.payloads('callRejected').length === 1)
    expect(carol.payloads('control')).toMatchObject([{ cid: second, command: 9 }])
    await until(() => tablet.payloads('callerAckSync').some((sync) => sync.cid === second && !sync.accepted))
    expect([await phaseOf(tablet), await phaseOf(carol)]).toEqual(['idle', 'idle'])
    expect((await mobile.netcall.getStatus()).cid).toBe(first)
    expect([...mobile.payloads('disconnect'), ...alice.payloads('disconnect')]).toEqual([])
    await mobile.netcall.hangup()
    await until(() => alice.payloads('hangup').length === 1)
    await expectNothingLeft(alice, mobile, tablet, carol)
  })
})

describe('a forced call', () => {
  test('rings when the callee comes online while it is repeated, and can be answered', async () => {
    // The account is known.
    service.uidOf('bob')
    const alice = await signIn('alice')
    await alice.netcall.call({ type: 2, callee: 'bob', forceKeepCalling: true })
    const cid = (await alice.netcall.getStatus()).cid ?? 0
    const bob = await signIn('bob')
    await rings(bob, cid)
    // After the time at which an unrepeated call ends.
    await elapse(CHANNEL_TIMING.repetition + 2 * TIMING.keepCallingInterval)
    await until(() => bob.payloads('beCalling').length > 5, 'it keeps ringing')
    expect(bob.payloads('hangup')).toEqual([])
    await answer(bob, 'alice', cid)
    await until(() => alice.payloads('callAccepted').length === 1)
    await Promise.all([alice, bob].map(({ netcall }) => netcall.startRtc({ mode: 0 })))
    await bob.netcall.hangup()
    await until(() => alice.payloads('hangup').length === 1)
    await expectNothingLeft(alice, bob)
  })
})

describe('a network loss', () => {
  test('of a caller for a moment: the answer arrives afterwards', async () => {
    const [alice, bob] = [await signIn('alice'), await signIn('bob')]
    const cid = await ring(alice, bob)
    const back = loseNetwork('alice')
    await until(() => !alice.im.connected, 'the break is noticed')
    await answer(bob, 'alice', cid)
    comeBack(back)
    await until(() => alice.payloads('callAccepted').length === 1, 'the answer arrives')
    await alice.netcall.hangup()
    await until(() => bob.payloads('hangup').length === 1)
    await expectNothingLeft(alice, bob)
  })

  test('of a caller for good: the ringing stops, and the caller finds the call ended', async () => {
    const [alice, bob] = [await signIn('alice'), await signIn('bob')]
    const cid = await ring(alice, bob)
    const back = loseNetwork('alice')
    await until(() => !alice.im.connected, 'the break is noticed')
    await elapse(CHANNEL_TIMING.repetition - 1)
    expect(bob.payloads('hangup')).toEqual([])
    await elapse(1)
    await until(() => bob.payloads('hangup').length === 1, 'the ring stops')
    expect(await service.endOf(cid)).toEqual([{ cid, reason: 'lost', by: 'alice' }])
    comeBack(back)
    await until(() => alice.payloads('disconnect').length === 1, 'alice learns of it')
    expect(alice.payloads('disconnect')).toMatchObject([{ code: 417 }])
    expect([...alice.payloads('hangup'), ...bob.payloads('liveRoomClose')]).toEqual([])
    await expectNothingLeft(alice, bob)
  })

  test('of a callee whose call is cancelled meanwhile: it stops ringing on return', async () => {
    const [alice, bob] = [await signIn('alice'), await signIn('bob')]
    const cid = await ring(alice, bob)
    const back = loseNetwork('bob')
    await alice.netcall.hangup()
    comeBack(back)
    await until(() => bob.payloads('hangup').length === 1, 'the ring stops')
    expect(bob.payloads('hangup')).toMatchObject([{ cid, account: 'alice' }])
    await expectNothingLeft(alice, bob)
  })

  test('of a callee right after the answer: the caller is notified', async () => {
    const [alice, bob] = [await signIn('alice'), await signIn('bob')]
    const cid = await ring(alice, bob)
    await answer(bob, 'alice', cid)
    const back = loseNetwork('bob')
    await until(() => alice.payloads('callAccepted').length === 1)
    await alice.netcall.startRtc({ mode: 0 })
    await elapse(CHANNEL_TIMING.entrance - 1)
    expect(alice.payloads('disconnect')).toEqual([])
    await elapse(1)
    await until(() => alice.payloads('disconnect').length === 1, 'the end')
    expect(alice.payloads('liveRoomClose')).toEqual([{ cid, reason: 'lost' }])
    expect(alice.payloads('disconnect')).toMatchObject([{ code: 417 }])
    expect(alice.payloads('hangup')).toEqual([])
    back()
    await bob.netcall.hangup()
  })

  test('for a moment in a call: it continues with new URLs', async () => {
    const [alice, bob] = [await signIn('alice'), await signIn('bob')]
    await talk(alice, bob)
    const back = loseNetwork('bob')
    await until(() => bob.payloads('willreconnect').length > 0, 'the break is noticed')
    comeBack(back)
    await until(() => bob.payloads('syncDone').length === 2, 'bob is back')
    expect([...alice.payloads('disconnect'), ...bob.payloads('disconnect')]).toEqual([])
    await alice.netcall.hangup()
    await until(() => bob.payloads('hangup').length === 1)
    await expectNothingLeft(alice, bob)
  })

  test('for good in a call: it ends after all attempts, and the peer is notified after the grace time', async () => {
    const [alice, bob] = [await signIn('alice'), await signIn('bob')]
    const cid = await talk(alice, bob)
    const back = loseNetwork('bob')
    await until(() => bob.payloads('willreconnect').length > 0, 'the break is noticed')
    await elapse(CHANNEL_TIMING.grace - 1)
    expect(alice.payloads('disconnect')).toEqual([])
    await elapse(1)
    await until(() => alice.payloads('disconnect').length === 1, 'the end')
    expect(alice.payloads('liveRoomClose')).toEqual([{ cid, reason: 'lost' }])
    expect(alice.payloads('hangup')).toEqual([])
    expect(bob.payloads('disconnect')).toMatchObject([{ code: 403 }])
    comeBack(back)
    await until(() => bob.im.connected)
    await expectNothingLeft(alice, bob)
  })
})

test('a stopping service is reported by whichever socket is first', async () => {
  const [alice, bob] = [await signIn('alice'), await signIn('bob')]
  const carol = await signIn('carol')
  const cid = await talk(alice, bob)
  const ringing = await ring(carol, alice)
  service.channels.close()
  for (const one of [alice, bob]) await until(() => one.payloads('disconnect').length === 1)
  for (const one of [alice, bob]) expect(one.payloads('liveRoomClose')[0]).toEqual({ cid, reason: 'service-stopped' })
  await until(() => carol.payloads('liveRoomClose').length === 1)
  expect(carol.payloads('liveRoomClose')).toEqual([{ cid: ringing, reason: 'service-stopped' }])
  expect([alice, bob, carol].flatMap((one) => one.payloads('hangup'))).toEqual([])
  await expectNothingLeft(alice, bob, carol)
})

test('a kicked member leaves nothing behind', async () => {
  const [alice, bob] = [await signIn('alice'), await signIn('bob')]
  const cid = await talk(alice, bob)
  await service.session('bob', cid)
  await until(() => bob.payloads('kicked').length === 1)
  expect(bob.payloads('disconnect')).toMatchObject([{ code: 405 }])
  await alice.netcall.hangup()
  await expectNothingLeft(alice, bob)
})
