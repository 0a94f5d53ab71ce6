/**
 * @jest-environment node
 *
 * NetEase's provider with their real IM SDK, if its file exists: from `npm run yunxin`, or at `NIM_SDK`.
 */
import { startCallService, tokenOf, type CallService } from '../../support/call-service'
import { useRunningClock } from '../../support/elapse'
import { reachImServers, realSdk, sdkFiles } from '../../support/real-sdk'
import { until } from '../../support/until'
import { installWxSocket, loseNetwork, openSockets } from '../../support/wx-socket'
import type { ImEventName, ImEvents } from '../../../miniprogram/netcall/im'
import { YunxinIm } from '../../../miniprogram/yunxin/im'
import type { Sdk } from '../../../miniprogram/yunxin/sdk'

installWxSocket()
useRunningClock()

if (sdkFiles().nim) describe("NetEase's IM SDK", imSide)
else test.skip("NetEase's IM SDK: skipped, because it is not installed and NIM_SDK does not name its file", () => {})

function imSide(): void {
  type Told = { [E in ImEventName]?: ImEvents[E][] }
  let service: CallService
  const phones: YunxinIm[] = []

  beforeEach(async () => {
    service = await startCallService()
  })
  afterEach(async () => {
    reachImServers(true)
    for (const im of phones.splice(0)) im.disconnect()
    await until(() => openSockets() === 0, 'all sockets are closed')
    await service.close()
  })

  const sdkOf = (account: string): Sdk => realSdk(`127.0.0.1:${service.port}`, account)
  function phone(account: string, token = tokenOf(account), { NIM } = sdkOf(account)) {
    const im = new YunxinIm({ appKey: 'key', account, token }, NIM)
    phones.push(im)
    const told: Told = {}
    const listen = <E extends ImEventName>(event: E, list: ImEvents[E][]): void => {
      Object.assign(told, { [event]: list })
      im.on(event, (payload) => void list.push(payload))
    }
    listen('connect', [])
    listen('willreconnect', [])
    listen('disconnect', [])
    listen('presence', [])
    listen('message', [])
    return { im, told }
  }
  async function signIn(account: string) {
    const one = phone(account)
    await one.im.connect()
    return one
  }

  test('connects, and emits it once', async () => {
    const alice = await signIn('alice')
    expect(alice.im.connected).toBe(true)
    expect(alice.told.connect).toEqual([{ reconnected: false }])
    await expect(alice.im.connect()).rejects.toMatchObject({ reason: 'wrong-state' })
  })

  test('refuses an invalid token, and accepts a valid one afterwards', async () => {
    const sdk = sdkOf('alice')
    const wrong = phone('alice', 'wrong', sdk)
    await expect(wrong.im.connect()).rejects.toMatchObject({ reason: 'refused', code: 403 })
    expect(wrong.told.disconnect).toEqual([])
    const right = phone('alice', tokenOf('alice'), sdk)
    await right.im.connect()
    expect(right.im.connected).toBe(true)
  })

  test('contacts with presence', async () => {
    const alice = await signIn('alice')
    const bob = await signIn('bob')
    expect(await alice.im.contacts()).toEqual([{ account: 'bob', online: true }])
    alice.told.presence?.splice(0)
    bob.im.disconnect()
    await until(() => alice.told.presence?.length === 1, 'bob is gone')
    expect(alice.told.presence).toEqual([{ account: 'bob', online: false }])
    expect(await alice.im.contacts()).toEqual([{ account: 'bob', online: false }])
    await bob.im.connect()
    await until(() => alice.told.presence?.length === 2, 'bob is back')
    expect(await alice.im.contacts()).toEqual([{ account: 'bob', online: true }])
  })

  test('custom messages with their time', async () => {
    const [alice, bob] = [await signIn('alice'), await signIn('bob')]
    const before = Date.now()
    const content = JSON.stringify({ text: '你好 "bob":::' })
    const { timetag } = await alice.im.sendCustomMessage({ to: 'bob', content })
    expect(timetag).toBeGreaterThanOrEqual(before)
    await until(() => bob.told.message?.length === 1, 'the message')
    expect(bob.told.message).toEqual([{ from: 'alice', content, timetag: expect.any(Number) }])
  })

  test('reconnects after a loss', async () => {
    const [alice, bob] = [await signIn('alice'), await signIn('bob')]
    const carol = await signIn('carol')
    expect(await alice.im.contacts()).toHaveLength(2)
    const restore = loseNetwork('alice')
    await until(() => alice.told.willreconnect?.length === 1, 'the break is noticed')
    carol.im.disconnect()
    expect(alice.im.connected).toBe(false)
    await expect(alice.im.contacts()).rejects.toMatchObject({ reason: 'not-connected' })
    restore()
    await until(() => alice.told.connect?.length === 2, 'the link is back')
    expect(alice.told.connect).toEqual([{ reconnected: false }, { reconnected: true }])
    await bob.im.sendCustomMessage({ to: 'alice', content: 'again' })
    await until(() => alice.told.message?.length === 1, 'the message')
    expect(await alice.im.contacts()).toEqual([
      { account: 'bob', online: true },
      { account: 'carol', online: false },
    ])
  })

  test('requests at a lost connection are rejected', async () => {
    const alice = await signIn('alice')
    const asked = alice.im.contacts()
    reachImServers(false)
    await expect(asked).rejects.toMatchObject({ reason: 'not-connected' })
  })

  test('requests at sign-out are rejected, too', async () => {
    const alice = await signIn('alice')
    const asked = alice.im.contacts()
    alice.im.disconnect()
    await expect(asked).rejects.toMatchObject({ name: 'NetcallError' })
  })

  test('a second login kicks the first one', async () => {
    const first = await signIn('alice')
    const second = await signIn('alice')
    await until(() => first.told.disconnect?.length === 1, 'the end of the first')
    expect(first.told.disconnect).toMatchObject([{ reason: 'kicked' }])
    expect(first.im.connected).toBe(false)
    expect(second.im.connected).toBe(true)
    await first.im.connect()
    await until(() => second.told.disconnect?.length === 1, 'the end of the second')
  })

  test('signing out and in again', async () => {
    const alice = await signIn('alice')
    for (let round = 1; round <= 3; round++) {
      alice.im.disconnect()
      expect(alice.im.connected).toBe(false)
      await alice.im.connect()
      expect(alice.im.connected).toBe(true)
    }
    expect(alice.told.disconnect).toHaveLength(3)
    expect(alice.told.connect).toHaveLength(4)
  })

  test('signing out, and in with another account', async () => {
    const [sdk] = [sdkOf('alice'), sdkOf('bob')]
    const alice = phone('alice', tokenOf('alice'), sdk)
    await alice.im.connect()
    alice.im.disconnect()
    const bob = phone('bob', tokenOf('bob'), sdk)
    await bob.im.connect()
    expect([alice.im.connected, bob.im.connected]).toEqual([false, true])
    expect(await bob.im.contacts()).toEqual([{ account: 'alice', online: false }])
  })

  test('signing out while connecting', async () => {
    const alice = phone('alice')
    const opening = alice.im.connect()
    setTimeout(() => alice.im.disconnect(), 5)
    await expect(opening).rejects.toMatchObject({ reason: 'not-connected' })
    await alice.im.connect()
    expect(alice.told.connect).toEqual([{ reconnected: false }])
  })

  test('unreachable servers end the first attempt, although the SDK would retry forever', async () => {
    const alice = phone('alice')
    reachImServers(false)
    await expect(alice.im.connect()).rejects.toMatchObject({ reason: 'not-connected' })
    expect(alice.told.willreconnect).toEqual([])
    reachImServers(true)
    await alice.im.connect()
    expect(alice.told.connect).toEqual([{ reconnected: false }])
  })
}
