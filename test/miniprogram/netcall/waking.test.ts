/** @jest-environment node */
import { DEFAULT_TIMING } from '../../../miniprogram/netcall/local/timing'
import { CHANNEL_TIMING } from '../../../server/channels/channels'
import { until as untilWithin } from '../../support/until'
import { changeNetwork, installWxSocket, showApp, wakingListeners } from '../../support/wx-socket'
import { answerCall, useFixture } from './fixture'
import { CID } from './scripted-service'

installWxSocket()

const NEVER = 60_000
const PROBE = 1_000
/** Where nothing wakes, nothing comes: that shall be seen before the test's own time is up. */
const until = (condition: () => boolean, what?: string) => untilWithin(condition, what, 15_000)
const wakers = [
  ['the app comes back', showApp],
  ['the network returns', () => changeNetwork({ isConnected: true, networkType: '4g' })],
] as const

describe('where retries would take a minute', () => {
  const slow = { delay: () => NEVER, openTimeout: NEVER }
  const fixture = useFixture({ signalReconnect: slow, gatewayReconnect: slow })

  test.each(wakers)('%s: both links are tried at once, and the call goes on', async (_, wake) => {
    const fix = fixture()
    await answerCall(fix)
    const { service, im, payloads } = fix
    for (const side of ['signal', 'gateway'] as const) service.breakLinks(side)
    await until(() => !im.connected && payloads('willreconnect').length === 1, 'both breaks are noticed')
    wake()
    await until(() => im.connected && payloads('syncDone').length === 2, 'both are back')
    expect(payloads('disconnect')).toEqual([])
    expect(service.dialled).toEqual({ signal: 2, gateway: 2 })
  })

  test('a network that is lost wakes nothing', async () => {
    const { service, im } = fixture()
    service.breakLinks('signal')
    await until(() => !im.connected)
    changeNetwork({ isConnected: false, networkType: 'none' })
    expect(service.dialled.signal).toBe(1)
  })
})

describe('where silence would be noticed in a minute', () => {
  const fixture = useFixture({
    heartbeatTimeout: NEVER,
    heartbeatInterval: NEVER,
    commandTimeout: NEVER,
    probeTimeout: PROBE,
  })

  test.each(wakers)('%s: links that do not answer are dropped, and the call goes on', async (_, wake) => {
    const fix = fixture()
    await answerCall(fix)
    const { service, im, payloads } = fix
    service.script.heartbeat = () => 'silence'
    // Words that were on their way are no answer.
    wake()
    service.notify('presence', { account: 'bob', online: true })
    service.push(22, { uid: 22, accid: 'bob', cid: CID, mode: 1 })
    await until(() => payloads('willreconnect').length > 0 && !im.connected, 'both links are dropped')
    await until(() => im.connected && payloads('syncDone').length === 2, 'both are back')
    expect(payloads('disconnect')).toEqual([])
    expect(payloads('sendCommandOverTime')).toEqual([])
  })

  test('links that answer stay', async () => {
    const fix = fixture()
    await answerCall(fix)
    const { service, im, payloads } = fix
    const asked = Date.now()
    showApp()
    changeNetwork({ isConnected: true, networkType: 'wifi' })
    for (const side of ['signal', 'gateway'] as const)
      await until(() => service.bodies(side, 'heartbeat').length === 2, `${side} is probed`)
    await until(() => Date.now() - asked > 1.5 * PROBE, 'the limit is long over')
    expect(service.dialled).toEqual({ signal: 1, gateway: 1 })
    expect(im.connected).toBe(true)
    expect(payloads('willreconnect')).toEqual([])
  })

  test('what is being dialled as the network changes is dialled anew', async () => {
    const { service, im } = fixture()
    service.greet = () => true
    service.breakLinks('signal')
    await until(() => service.dialled.signal === 2, 'it is dialled, and hangs')
    service.greet = () => false
    changeNetwork({ isConnected: true, networkType: 'wifi' })
    await until(() => im.connected, 'the link is back')
    expect(service.dialled.signal).toBe(3)
  })
})

describe('after the link was away', () => {
  const fixture = useFixture({ keepCallingInterval: NEVER })

  /** Comes back to a service that still knows of these calls. */
  async function comeBack(calls: number[]): Promise<void> {
    const { service, im } = fixture()
    service.greet = (side) => {
      if (side === 'signal') service.notify('welcome', { account: 'alice', deviceId: 'd2', timetag: 2, calls })
      return side === 'signal'
    }
    service.breakLinks('signal')
    await until(() => !im.connected)
    await until(() => im.connected, 'the link is back')
  }

  test('a ring whose call ended meanwhile stops, another one goes on', async () => {
    const { service, netcall, payloads } = fixture()
    service.callMe(CID)
    service.callMe(CID + 1)
    await until(() => payloads('beCalling').length === 2, 'both ring')
    await comeBack([CID + 1])
    await until(() => payloads('hangup').length === 1, 'one stops')
    expect(payloads('hangup')).toMatchObject([{ cid: CID, account: 'bob' }])
    expect(await netcall.getStatus()).toMatchObject({ phase: 'ringing', cid: CID + 1 })
  })

  test('a caller calls again at once', async () => {
    const { service, netcall } = fixture()
    await netcall.call({ type: 2, callee: 'bob' })
    await comeBack([CID])
    await until(() => service.bodies('signal', 'keepCalling').length === 1, 'the call is repeated')
    await netcall.hangup()
  })
})

describe('a phone that did not run for a while', () => {
  const fixture = useFixture({ heartbeatTimeout: 400 })

  test('draws no conclusion from timers that come late', async () => {
    const fix = fixture()
    await answerCall(fix)
    const frozenUntil = Date.now() + 1_000
    while (Date.now() < frozenUntil);
    showApp()
    const { service, im, payloads } = fix
    const beats = service.bodies('gateway', 'heartbeat').length
    await until(() => im.connected && service.bodies('gateway', 'heartbeat').length > beats + 1, 'both links hold')
    expect(payloads('disconnect')).toEqual([])
    expect((await fix.netcall.getStatus()).phase).toBe('session')
  })
})

test('nobody listens once the links are closed', async () => {
  expect(wakingListeners()).toBe(0)
})

test('all tries fit into the time that the service keeps a place', () => {
  const { gatewayReconnect } = DEFAULT_TIMING
  let total = gatewayReconnect.openTimeout
  for (let count = 1; ; count++) {
    const delay = gatewayReconnect.delay(count)
    if (delay === null) break
    total += delay
  }
  expect([gatewayReconnect.delay(1), gatewayReconnect.delay(2), gatewayReconnect.delay(8)]).toEqual([300, 5_000, 5_000])
  expect(total).toBeLessThan(CHANNEL_TIMING.grace)
})
