/** @jest-environment node */
import { TIMING } from '../../../miniprogram/netcall/local/timing'
import { CHANNEL_TIMING } from '../../../server/channels/channels'
import { elapse } from '../../support/elapse'
import { until } from '../../support/until'
import { changeNetwork, installWxSocket, openSockets, showApp } from '../../support/wx-socket'
import { answerCall, useFixture } from './fixture'
import { CID } from './scripted-service'

installWxSocket()
const fixture = useFixture()

/** From the loss to the first attempt, ms. */
const FIRST_TRY = TIMING.signalReconnect.delay(1) ?? 0
const wakers = [
  ['the app comes back', showApp],
  ['the network returns', () => changeNetwork({ isConnected: true, networkType: '4g' })],
] as const

describe('lost connections', () => {
  test.each(wakers)('%s: both are dialled at once, and the call continues', async (_, wake) => {
    const fix = fixture()
    await answerCall(fix)
    const { service, im, payloads } = fix
    for (const side of ['signal', 'gateway'] as const) service.breakLinks(side)
    await until(() => !im.connected && payloads('willreconnect').length === 1, 'both breaks are noticed')
    wake()
    // The clock stands still: no timer reconnects them.
    await until(() => im.connected && payloads('syncDone').length === 2, 'both are back')
    expect(payloads('disconnect')).toEqual([])
    expect(service.dialled).toEqual({ signal: 2, gateway: 2 })
  })

  test('are not retried when the network is lost', async () => {
    const { service, im } = fixture()
    service.breakLinks('signal')
    await until(() => !im.connected)
    changeNetwork({ isConnected: false, networkType: 'none' })
    expect(openSockets()).toBe(0)
    changeNetwork({ isConnected: true, networkType: '4g' })
    expect(openSockets()).toBe(1)
  })
})

describe('connections whose silence was not noticed yet', () => {
  test.each(wakers)('%s: those that do not answer in 2.5 s are dropped, and the call continues', async (_, wake) => {
    const fix = fixture()
    await answerCall(fix)
    const { service, im, payloads } = fix
    service.script.heartbeat = () => 'silence'
    wake()
    // Messages in flight are not an answer.
    service.notify('presence', { account: 'bob', online: true })
    service.push(22, { uid: 22, accid: 'bob', cid: CID, mode: 1 })
    await until(() => payloads('clientUpdate').length === 1, 'both have come')
    await elapse(TIMING.probeTimeout - 1)
    expect(payloads('willreconnect')).toEqual([])
    expect(im.connected).toBe(true)
    await elapse(1)
    expect(payloads('willreconnect')).toEqual([{ count: 1 }])
    expect(im.connected).toBe(false)
    await elapse(FIRST_TRY)
    await until(() => im.connected && payloads('syncDone').length === 2, 'both are back')
    expect(payloads('disconnect')).toEqual([])
    expect(payloads('sendCommandOverTime')).toEqual([])
  })

  test('are kept if they answer', async () => {
    const fix = fixture()
    await answerCall(fix)
    const { service, im, payloads } = fix
    const before = { signal: beats('signal'), gateway: beats('gateway') }
    function beats(side: 'signal' | 'gateway'): number {
      return service.bodies(side, 'heartbeat').length
    }
    showApp()
    changeNetwork({ isConnected: true, networkType: 'wifi' })
    for (const side of ['signal', 'gateway'] as const)
      await until(() => beats(side) === before[side] + 2, `${side} is probed`)
    await elapse(2 * TIMING.probeTimeout)
    expect(service.dialled).toEqual({ signal: 1, gateway: 1 })
    expect(im.connected).toBe(true)
    expect(payloads('willreconnect')).toEqual([])
  })

  test('are dialled again if the network changes while dialling', async () => {
    const { service, im } = fixture()
    service.greet = () => true
    service.breakLinks('signal')
    await until(() => !im.connected, 'the break is noticed')
    await elapse(FIRST_TRY)
    await until(() => service.dialled.signal === 2, 'it is dialled, and hangs')
    service.greet = () => false
    changeNetwork({ isConnected: true, networkType: 'wifi' })
    await elapse(FIRST_TRY)
    await until(() => im.connected, 'the connection is back')
    expect(service.dialled.signal).toBe(3)
  })
})

/** Reconnects to a service that still has these calls. */
async function comeBack(calls: number[]): Promise<void> {
  const { service, im } = fixture()
  service.greet = (side) => {
    if (side === 'signal') service.notify('welcome', { account: 'alice', deviceId: 'd2', timetag: 2, calls })
    return side === 'signal'
  }
  service.breakLinks('signal')
  await until(() => !im.connected)
  await elapse(FIRST_TRY)
  await until(() => im.connected, 'the link is back')
}

describe('after a disconnect', () => {
  test('a ring whose call ended meanwhile stops, another one continues', async () => {
    const { service, netcall, payloads } = fixture()
    service.callMe(CID)
    service.callMe(CID + 1)
    await until(() => payloads('beCalling').length === 2, 'both ring')
    await comeBack([CID + 1])
    await until(() => payloads('hangup').length === 1, 'one stops')
    expect(payloads('hangup')).toMatchObject([{ cid: CID, account: 'bob' }])
    expect(await netcall.getStatus()).toMatchObject({ phase: 'ringing', cid: CID + 1 })
  })

  test('a caller repeats its call at once', async () => {
    const { service, netcall } = fixture()
    await netcall.call({ type: 2, callee: 'bob' })
    await comeBack([CID])
    await until(() => service.bodies('signal', 'keepCalling').length === 1, 'the call is repeated')
    await netcall.hangup()
  })
})

test('late timers of a suspended phone have no effect', async () => {
  const fix = fixture()
  await answerCall(fix)
  const { service, im, payloads } = fix
  const beats = service.bodies('gateway', 'heartbeat').length
  // All at once: nothing arrives on the connections meanwhile.
  jest.advanceTimersByTime(TIMING.heartbeatTimeout + 1_000)
  showApp()
  const holds = () => im.connected && service.bodies('gateway', 'heartbeat').length > beats + 4
  await elapse(6 * TIMING.heartbeatInterval)
  await until(holds, 'both connections hold')
  expect(payloads('disconnect')).toEqual([])
  expect((await fix.netcall.getStatus()).phase).toBe('session')
})

test('all attempts fit into the time that the service keeps a session', () => {
  const { gatewayReconnect } = TIMING
  let total = gatewayReconnect.openTimeout
  for (let count = 1; ; count++) {
    const delay = gatewayReconnect.delay(count)
    if (delay === null) break
    total += delay
  }
  expect([gatewayReconnect.delay(1), gatewayReconnect.delay(2), gatewayReconnect.delay(8)]).toEqual([300, 5_000, 5_000])
  expect(total).toBeLessThan(CHANNEL_TIMING.grace)
})

// WeChat opens five sockets at most: a call needs two, however often they are dialled again.

const MOST = 5

test('a call has two sockets, and never more than WeChat allows while reconnecting', async () => {
  const fix = fixture()
  await answerCall(fix)
  expect(openSockets()).toBe(2)

  const { service, im, payloads } = fix
  let most = 0
  const { connectSocket } = wx
  Object.assign(wx, {
    connectSocket: (options: WechatMiniprogram.ConnectSocketOption) => {
      const socket = connectSocket(options)
      most = Math.max(most, openSockets())
      return socket
    },
  })
  // Nobody accepts them, however often they are dialled.
  service.greet = () => true
  service.script.login = () => 'silence'
  for (const side of ['signal', 'gateway'] as const) service.breakLinks(side)
  await until(() => openSockets() === 0, 'both breaks are noticed')
  for (let again = 2; again < 8; again++) {
    await elapse(FIRST_TRY)
    await until(() => service.dialled.signal >= again && service.dialled.gateway >= again, 'both are dialled')
    showApp()
  }
  service.greet = () => false
  delete service.script.login
  showApp()
  await elapse(FIRST_TRY)
  await until(() => im.connected && payloads('syncDone').length === 2, 'both links are back')
  expect(most).toBeLessThanOrEqual(MOST)
  await until(() => openSockets() === 2, 'two sockets')
  Object.assign(wx, { connectSocket })
})
