/** @jest-environment node */
import { NetcallError } from '../../../miniprogram/netcall/errors'
import { DEFAULT_TIMING } from '../../../miniprogram/netcall/local/timing'
import type { ImEvents } from '../../../miniprogram/netcall/im'
import { failureOf } from '../../../miniprogram/yunxin/failures'
import { YunxinIm } from '../../../miniprogram/yunxin/im'
import { checkInstalled, createYunxin } from '../../../miniprogram/yunxin/provider'
import { installSdk, type Nim, type NimOptions } from '../../../miniprogram/yunxin/sdk'
import { startCallService, tokenOf, type CallService } from '../../support/call-service'
import { until } from '../../support/until'
import { installWxSocket, openSockets } from '../../support/wx-socket'
import { nimClass, QuirkyNetcall } from '../../support/yunxin-sdk'
import { hear, type Heard } from '../netcall/phone'

jest.mock(
  '../../../miniprogram/yunxin/sdk/nim',
  () => {
    throw new Error("module './sdk/nim' is not defined")
  },
  { virtual: true },
)
installWxSocket()

describe('installing', () => {
  test('without the files it says which is missing', () => {
    expect(() => checkInstalled()).toThrow(
      expect.objectContaining({ reason: 'not-installed', message: "IM SDK: module './sdk/nim' is not defined" }),
    )
  })

  const nim = { use: jest.fn(), getInstance: jest.fn() }
  const netcall = { getInstance: jest.fn() }
  test.each([
    ['as the modules themselves', nim, netcall],
    ['as defaults', { default: nim }, { default: netcall }],
    ['by their names', { NIM: nim }, { Netcall: netcall }],
  ])('the SDKs may come %s, and one is plugged into the other', (_name, first, second) => {
    expect(installSdk(first, second)).toEqual({ NIM: nim, Netcall: netcall })
    expect(nim.use).toHaveBeenLastCalledWith(netcall)
  })
  test.each([
    [{}, netcall, 'IM SDK: does not export NIM.use and NIM.getInstance'],
    [nim, {}, 'netcall SDK: does not export Netcall.getInstance'],
  ])('other files are not taken for them', (first, second, message) => {
    expect(() => installSdk(first, second)).toThrow(message)
  })
})

test.each<[string, unknown, object]>([
  ['a code in a string', '11001', { reason: 'callee-offline', code: 11001 }],
  ['words', 'not login', { reason: 'service-error', message: 'call: not login' }],
  ['an object', { code: '408', desc: 'timeout' }, { reason: 'timeout', code: 408, message: 'call: timeout' }],
  ['an error in an event', { event: { code: 403, message: 'no' } }, { reason: 'refused', message: 'call: no' }],
  ['an Error', new Error('broken'), { reason: 'service-error', message: 'call: broken' }],
  ['nothing', undefined, { reason: 'service-error' }],
  ['our own', new NetcallError('timeout', 'late'), { reason: 'timeout', message: 'late' }],
])('%s becomes a typed error', (_name, thrown, expected) => {
  expect(failureOf('call', thrown)).toMatchObject({ name: 'NetcallError', ...expected })
})

describe("the SDK's instance", () => {
  let service: CallService
  let sdk: QuirkyNetcall
  let alice: ReturnType<typeof createYunxin> & Heard
  beforeEach(async () => {
    service = await startCallService()
    sdk = new QuirkyNetcall(DEFAULT_TIMING)
    const NIM = nimClass(`127.0.0.1:${service.port}`, DEFAULT_TIMING)
    const made = createYunxin({ appKey: 'key', account: 'alice', token: tokenOf('alice') }, { NIM, Netcall: sdk })
    alice = { ...made, ...hear(made.netcall) }
    await alice.im.connect()
  })
  afterEach(async () => {
    alice.im.disconnect()
    await until(() => openSockets() === 0, 'all sockets are closed')
    await service.close()
  })
  const current = () => {
    const instance = sdk.instances.at(-1)
    if (!instance) throw new Error('there is no instance')
    return instance
  }
  async function enterRoom(channelName = 'room'): Promise<number> {
    await alice.netcall.createChannel({ channelName })
    const { cid } = await alice.netcall.joinChannel({ channelName, mode: 0, role: 0 })
    await until(() => alice.heard.includes('syncDone'), 'syncDone')
    return cid
  }

  test('is a new one after each call, and nobody listens to the old ones', async () => {
    for (let round = 1; round <= 3; round++) {
      await alice.netcall.createChannel({ channelName: `room ${round}` })
      await alice.netcall.joinChannel({ channelName: `room ${round}`, mode: 0, role: 0 })
      await alice.netcall.leaveChannel()
    }
    const counts = sdk.instances.map(({ listenerCount }) => listenerCount)
    expect(counts.slice(0, -1)).toEqual([0, 0, 0])
    expect(counts.at(-1)).toBe(20)
    alice.im.disconnect()
    expect(current().listenerCount).toBe(0)
  })

  test('a call that was settled does not ring again, however often the SDK tells it', () => {
    const call = { caller: 'bob', cid: '7', type: '1' }
    current().fire('beCalling', call)
    current().fire('beCalling', call)
    current().fire('hangup', { cid: 7, account: 'bob' })
    current().fire('beCalling', call)
    expect(alice.heard).toEqual(['beCalling', 'beCalling', 'hangup'])
    expect(alice.payloads('beCalling')[0]).toEqual({ caller: 'bob', cid: 7, type: 1 })
  })

  test('the names of the IM side count, too', () => {
    current().fire('beCalling', { account: 'bob', channelId: '9', type: 2 })
    current().fire('control', { account: 'bob', channelId: '9', type: '3' })
    expect(alice.payloads('beCalling')).toEqual([{ caller: 'bob', cid: 9, type: 2 }])
    expect(alice.payloads('control')).toEqual([{ account: 'bob', cid: 9, command: 3 }])
  })

  test.each([undefined, null, 'x', {}, { cid: 'nine', caller: 5 }])(
    'a payload of %j is an error and no event',
    (payload) => {
      current().fire('beCalling', payload)
      expect(alice.heard).toEqual(['error'])
      expect(alice.payloads('error')[0]?.message).toMatch(/^beCalling: /)
    },
  )

  test.each([
    [
      { code: '417', desc: 'gone' },
      { code: 417, desc: 'gone' },
    ],
    ['405', { code: 405, desc: '' }],
    [
      { code: 999, message: 'what' },
      { code: 403, desc: 'what' },
    ],
  ])('disconnect %j ends the room once', async (payload, expected) => {
    await enterRoom()
    const room = current()
    room.fire('disconnect', payload)
    room.fire('disconnect', payload)
    expect(alice.payloads('disconnect')).toEqual([expected])
    expect(await alice.netcall.getStatus()).toMatchObject({ phase: 'idle', cid: null })
    await enterRoom('the next room')
  })

  test('who is put out hears of the end although the SDK says no more', async () => {
    const cid = await enterRoom()
    current().fire('kicked', { cid: String(cid), reason: 'removed' })
    expect(alice.payloads('kicked')).toEqual([{ cid, reason: 'removed' }])
    await until(() => alice.payloads('disconnect').length > 0, 'the end')
    expect(alice.payloads('disconnect')).toEqual([{ code: 405, desc: 'kicked' }])
  })

  test('what is told of another room is passed over', async () => {
    const cid = await enterRoom()
    current().fire('clientJoin', { uid: 5, account: 'bob', cid: cid + 1, url: 'rtmp://x', mode: 0 })
    current().fire('clientJoin', { uid: '5', account: 'bob', url: 'rtmp://x', mode: '1' })
    expect(alice.payloads('clientJoin')).toEqual([{ uid: 5, account: 'bob', cid, url: 'rtmp://x', mode: 1 }])
  })
})

/** An IM link whose SDK does this with what it is given. */
function linkThat(answer: (options: NimOptions) => void) {
  let options: NimOptions | undefined
  const destroy = jest.fn(({ done }: { done: () => void }) => done())
  const nim: Nim = { destroy, getFriends: jest.fn(), subscribeEvent: jest.fn(), sendCustomSysMsg: jest.fn() }
  const NIM = {
    use: jest.fn(),
    getInstance: (given: NimOptions) => {
      options = given
      queueMicrotask(() => answer(given))
      return nim
    },
  }
  const im = new YunxinIm({ appKey: 'key', account: 'alice', token: 'secret' }, NIM)
  const ends: ImEvents['disconnect'][] = []
  im.on('disconnect', (end) => ends.push(end))
  return { im, destroy, ends, options: () => options }
}

describe('the IM link', () => {
  test.each([
    [302, 'refused'],
    ['302', 'refused'],
    [417, 'refused'],
    [415, 'not-connected'],
    ['allAttemptsFailed', 'not-connected'],
  ])('a first link that ends with %j is %s, and nothing of it stays', async (code, reason) => {
    const { im, destroy, ends } = linkThat(({ ondisconnect }) => ondisconnect({ code, message: 'why' }))
    await expect(im.connect()).rejects.toMatchObject({ reason, message: 'connect: why' })
    expect(destroy).toHaveBeenCalledTimes(1)
    expect(ends).toEqual([])
  })

  test('it breaks, comes back, and is taken over by another device', async () => {
    const { im, ends, options } = linkThat(({ onconnect }) => onconnect({}))
    const told: unknown[] = []
    im.on('connect', (link) => told.push(link))
    im.on('willreconnect', (link) => told.push(link))
    await im.connect()
    options()?.onwillreconnect({ retryCount: '2', duration: 1 })
    expect(im.connected).toBe(false)
    await expect(im.contacts()).rejects.toMatchObject({ reason: 'not-connected' })
    options()?.onconnect({})
    expect(told).toEqual([{ reconnected: false }, { count: 2 }, { reconnected: true }])
    options()?.ondisconnect({ code: 'kicked', reason: 'samePlatformKick' })
    expect(ends).toEqual([{ reason: 'kicked', message: 'samePlatformKick' }])
    options()?.onconnect({})
    expect(im.connected).toBe(false)
  })

  test('signing out is told once', async () => {
    const { im, ends, destroy } = linkThat(({ onconnect }) => onconnect({}))
    await im.connect()
    im.disconnect()
    im.disconnect()
    expect(ends).toEqual([{ reason: 'signed-out', message: '' }])
    expect(destroy).toHaveBeenCalledTimes(1)
  })
})
