/** @jest-environment node */
import { NetcallError } from '../../../miniprogram/netcall/errors'
import { failureOf } from '../../../miniprogram/yunxin/failures'
import { checkInstalled, createYunxin } from '../../../miniprogram/yunxin/provider'
import { installSdk } from '../../../miniprogram/yunxin/sdk'
import { startCallService, tokenOf, type CallService } from '../../support/call-service'
import { until } from '../../support/until'
import { installWxSocket, openSockets } from '../../support/wx-socket'
import { advance } from '../../support/clock'
import { useRunningClock } from '../../support/elapse'
import { SdkDouble } from '../../support/netcall-sdk'
import { nimClass } from '../../support/yunxin-sdk'
import { observe, type Heard } from '../netcall/phone'
import { imThat } from './connection'

jest.mock(
  '../../../miniprogram/yunxin/sdk/nim',
  () => {
    throw new Error("module './sdk/nim' is not defined")
  },
  { virtual: true },
)
installWxSocket({ withoutTls: true })
useRunningClock()

describe('installing', () => {
  test('without the files names the missing one', () => {
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
  ])('%s connects the SDKs', (_name, first, second) => {
    expect(installSdk(first, second)).toEqual({ NIM: nim, Netcall: netcall })
    expect(nim.use).toHaveBeenLastCalledWith(netcall)
  })
  test.each([
    [{}, netcall, 'IM SDK: does not export NIM.use and NIM.getInstance'],
    [nim, {}, 'netcall SDK: does not export Netcall.getInstance'],
  ])('with other files fails', (first, second, message) => {
    expect(() => installSdk(first, second)).toThrow(message)
  })
})

test.each<[string, unknown, object]>([
  ['a code in a string', '11001', { reason: 'callee-offline', code: 11001 }],
  ['words', 'not login', { reason: 'service-error', message: 'call: not login' }],
  ['an object', { code: '408', desc: 'timeout' }, { reason: 'timeout', code: 408, message: 'call: timeout' }],
  ['an error in an event', { event: { code: 403, message: 'no' } }, { reason: 'refused', message: 'call: no' }],
  ['an Error', new Error('broken'), { reason: 'service-error', message: 'call: broken' }],
  ['a link that is down', { code: 'Error_Internet_Disconnected', message: '网络中断' }, { reason: 'not-connected' }],
  [
    'one that is down, in a promise',
    { event: { code: 'Error_Connection_is_not_Established' } },
    { reason: 'not-connected' },
  ],
  ['an answer that is late', { code: 'Error_Timeout', message: '超时' }, { reason: 'timeout', code: 408 }],
  [
    'the SDK around its error',
    { message: 'callback', callFunc: 'api', event: { code: 404, message: 'gone' } },
    { reason: 'wrong-state', code: 404, message: 'call: gone' },
  ],
  ['a call that has ended', { code: '9102', message: '通道失效' }, { reason: 'wrong-state', code: 404 }],
  ['a call that another device answered', { event: { code: 9103 } }, { reason: 'wrong-state', code: 409 }],
  ["WeChat's own word", { errMsg: 'connectSocket:fail' }, { message: 'call: connectSocket:fail' }],
  ['nothing', undefined, { reason: 'service-error' }],
  ['our own', new NetcallError('timeout', 'late'), { reason: 'timeout', message: 'late' }],
])('%s becomes a typed error', (_name, thrown, expected) => {
  expect(failureOf('call', thrown)).toMatchObject({ name: 'NetcallError', ...expected })
})

describe("the SDK's instance", () => {
  let service: CallService
  let sdk: SdkDouble
  let alice: ReturnType<typeof createYunxin> & Heard
  beforeEach(async () => {
    service = await startCallService()
    sdk = new SdkDouble()
    const NIM = nimClass(`127.0.0.1:${service.port}`)
    const made = createYunxin({ appKey: 'key', account: 'alice', token: tokenOf('alice') }, { NIM, Netcall: sdk })
    alice = { ...made, ...observe(made.netcall) }
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

  test('is replaced after each call, without listeners on the old ones', async () => {
    for (let round = 1; round <= 3; round++) {
      await alice.netcall.createChannel({ channelName: `room ${round}` })
      await alice.netcall.joinChannel({ channelName: `room ${round}`, mode: 0, role: 0 })
      await alice.netcall.leaveChannel()
    }
    const counts = sdk.instances.map(({ listenerCount }) => listenerCount)
    expect(counts.slice(0, -1)).toEqual([0, 0, 0])
    expect(counts.at(-1)).toBe(11)
    alice.im.disconnect()
    expect(current().listenerCount).toBe(0)
  })

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
  ])('ends the room once at disconnect %j', async (payload, expected) => {
    await enterRoom()
    const room = current()
    room.fire('disconnect', payload)
    room.fire('disconnect', payload)
    await until(() => alice.heard.includes('disconnect'), 'the end')
    expect(await alice.netcall.getStatus()).toMatchObject({ phase: 'idle', cid: null })
    await enterRoom('the next room')
    expect(alice.payloads('disconnect')).toEqual([expected])
  })

  test("ends a kicked member's session although the SDK reports nothing more", async () => {
    const cid = await enterRoom()
    current().fire('kicked', { cid: String(cid), reason: 'removed' })
    await until(() => alice.payloads('disconnect').length > 0, 'the end')
    expect(alice.payloads('kicked')).toEqual([{ cid, reason: 'removed' }])
    expect(alice.payloads('disconnect')).toEqual([{ code: 405, desc: 'kicked' }])
  })

  test('ends a closed room at once, because the SDK would reconnect', async () => {
    const cid = await enterRoom()
    current().fire('liveRoomClose', { cmd: 'onLiveRoomClose', body: { cid: String(cid), reason: 'dissolved' } })
    await until(() => alice.payloads('disconnect').length > 0, 'the end')
    expect(alice.payloads('liveRoomClose')).toEqual([{ cid, reason: 'dissolved' }])
    expect(alice.payloads('disconnect')).toEqual([{ code: 417, desc: 'dissolved' }])
  })

  test('ignores events of another room', async () => {
    const cid = await enterRoom()
    current().fire('clientJoin', { uid: 5, account: 'bob', cid: cid + 1, url: 'rtmp://x', mode: 0 })
    current().fire('clientJoin', { uid: '5', account: 'bob', url: 'rtmp://x', mode: '1' })
    await until(() => alice.heard.includes('clientJoin'), 'bob')
    expect(alice.payloads('clientJoin')).toEqual([{ uid: 5, account: 'bob', cid, url: 'rtmp://x', mode: 1 }])
  })

  test('finds the member of an update by those who joined', async () => {
    const cid = await enterRoom()
    current().fire('clientJoin', { uid: 5, account: 'bob', cid, url: 'rtmp://x', mode: 0 })
    current().fire('clientUpdate', { uid: 5, account: undefined, cid, mode: 3 })
    await until(() => alice.heard.includes('clientUpdate'), 'the update')
    expect(alice.payloads('clientUpdate')).toEqual([{ uid: 5, account: 'bob', cid, mode: 3 }])
    current().fire('clientUpdate', { uid: 6, cid, mode: 3 })
    await until(() => alice.heard.includes('error'), 'an update of nobody')
  })

  test('rejects a switch that the SDK never answers after 12 s', async () => {
    await enterRoom()
    current().switchMode = () => new Promise(() => {})
    let outcome: unknown = 'none yet'
    alice.netcall.switchMode(1).catch((error: unknown) => (outcome = error))
    await advance(11_000)
    expect(outcome).toBe('none yet')
    await advance(1_000)
    expect(outcome).toMatchObject({ reason: 'timeout' })
  })
})

describe('IM notifications', () => {
  const told = new Map<string, (body: unknown) => void>()
  const tell = (notification: string, body: unknown): void => told.get(notification)?.(body)
  function signedIn() {
    const { NIM, nim } = imThat(({ onconnect }) => onconnect({}))
    Object.assign(nim, { on: (name: string, listener: (body: unknown) => void) => void told.set(name, listener) })
    const { im, netcall } = createYunxin(
      { appKey: 'key', account: 'alice', token: 'secret' },
      { NIM, Netcall: new SdkDouble() },
    )
    return { im, nim, netcall, ...observe(netcall) }
  }
  let alice: ReturnType<typeof signedIn>
  beforeEach(async () => {
    alice = signedIn()
    await alice.im.connect()
  })
  afterEach(() => alice.im.disconnect())

  test('of a settled call do not ring again', () => {
    const call = { account: 'bob', channelId: '7', type: '1' }
    tell('beCalled', call)
    tell('beCalled', { ...call, custom: 'x' })
    tell('notifyHangup', { channelId: 7, account: 'bob' })
    tell('beCalled', call)
    expect(alice.heard).toEqual(['beCalling', 'beCalling', 'hangup'])
    expect(alice.payloads('beCalling')).toEqual([
      { caller: 'bob', cid: 7, type: 1 },
      { caller: 'bob', cid: 7, type: 1, custom: 'x' },
    ])
  })

  test('an answer that did not reach the service can be sent again', async () => {
    tell('beCalled', { account: 'bob', channelId: 7, type: 1 })
    jest.spyOn(alice.nim, 'calleeAck').mockRejectedValueOnce({ code: '408', message: 'timeout' })
    const answer = { caller: 'bob', cid: 7, type: 1, accepted: true } as const
    await expect(alice.netcall.response(answer)).rejects.toMatchObject({ reason: 'timeout' })
    expect(await alice.netcall.getStatus()).toMatchObject({ phase: 'ringing', cid: 7 })
    await alice.netcall.response(answer)
    expect(alice.nim.calleeAck).toHaveBeenLastCalledWith({ account: 'bob', channelId: 7, type: 1, accepted: true })
  })

  test('of a hangup are emitted once, and the SDK calls nobody any more', async () => {
    const placed = { channelId: 9, accountUidMap: { alice: 1, bob: 2 } }
    jest.spyOn(alice.nim, 'initNetcall').mockResolvedValue(placed)
    const hungUp = jest.spyOn(alice.nim, 'hangup')
    const current = jest.spyOn(alice.nim.protocol, 'setCurrentNetcall')
    await alice.netcall.call({ type: 1, callee: 'bob' })
    tell('notifyHangup', { channelId: 9, account: 'bob' })
    expect(alice.payloads('hangup')).toMatchObject([{ cid: 9, account: 'bob' }])
    await alice.netcall.call({ type: 1, callee: 'bob' })
    expect(hungUp).not.toHaveBeenCalled()
    current.mockClear()
    await alice.netcall.hangup()
    expect(hungUp.mock.calls).toEqual([[{ channelId: 9 }]])
    expect(current).toHaveBeenLastCalledWith(undefined)
  })

  test("of another device's answer, of other calls, and malformed ones", () => {
    tell('beCalled', { account: 'bob', channelId: 7, type: 1 })
    tell('notifyCalleeAckSync', { timetag: '5', channelId: '7', type: 1, accepted: '1', fromClientType: '16' })
    expect(alice.payloads('callerAckSync')).toEqual([
      { timetag: 5, cid: 7, type: 1, accepted: true, fromClientType: 16 },
    ])
    tell('notifyCalleeAckSync', { timetag: '5', channelId: '7', type: 1, accepted: '1', fromClientType: '16' })
    tell('notifyCalleeAck', { account: 'bob', channelId: 7, type: 1, accepted: true })
    tell('notifyHangup', { channelId: 8, account: 'bob' })
    tell('netcallControl', { account: 'bob', channelId: 8, type: 1 })
    tell('notifyJoin', { channelId: 8, accountUidMap: { bob: 5 } })
    expect(alice.heard).toEqual(['beCalling', 'callerAckSync'])
  })

  test.each(['beCalled', 'notifyCalleeAck', 'notifyCalleeAckSync', 'notifyHangup', 'netcallControl', 'notifyJoin'])(
    'a %s without what it needs is an error and no event',
    (notification) => {
      for (const body of [undefined, null, 'x', {}, { channelId: 'nine', account: 5 }]) tell(notification, body)
      expect(new Set(alice.heard)).toEqual(new Set(['error']))
      expect(alice.payloads('error')[0]?.message).toContain(`${notification}: `)
    },
  )
})

describe('the IM connection', () => {
  test.each([
    [302, 'refused'],
    ['302', 'refused'],
    [417, 'refused'],
    [415, 'not-connected'],
    ['allAttemptsFailed', 'not-connected'],
  ])('whose first attempt ends with %j is %s, and released', async (code, reason) => {
    const { im, destroy, ends } = imThat(({ ondisconnect }) => ondisconnect({ code, message: 'why' }))
    await expect(im.connect()).rejects.toMatchObject({ reason, message: 'connect: why' })
    expect(destroy).toHaveBeenCalledTimes(1)
    expect(ends).toEqual([])
  })

  test('whose first attempt fails is tried twice, although the SDK would retry forever', async () => {
    const { im, destroy, options } = imThat(({ onwillreconnect }) => onwillreconnect({ retryCount: 1 }))
    const told: unknown[] = []
    im.on('willreconnect', (link) => told.push(link))
    const opening = im.connect()
    await until(() => options() !== undefined, 'the link opens')
    await new Promise(setImmediate)
    expect(destroy).not.toHaveBeenCalled()
    options()?.onwillreconnect({ retryCount: 2 })
    await expect(opening).rejects.toMatchObject({ reason: 'not-connected' })
    expect(destroy).toHaveBeenCalledTimes(1)
    expect(told).toEqual([])
  })

  test('without any event from the SDK times out after 15 s', async () => {
    const { im, destroy } = imThat(() => {})
    let outcome: unknown = 'none yet'
    im.connect().catch((error: unknown) => (outcome = error))
    await advance(14_000)
    expect(outcome).toBe('none yet')
    await advance(1_000)
    expect(outcome).toMatchObject({ reason: 'not-connected' })
    expect(destroy).toHaveBeenCalledTimes(1)
  })

  test('is lost, comes back, and is taken over by another device', async () => {
    const { im, ends, options } = imThat(({ onconnect }) => onconnect({}))
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

  test.each<[string, object, boolean]>([
    ['a login', { value: '1' }, true],
    ['a logout', { value: '2' }, false],
    ['a link that was lost', { value: 3 }, false],
    ['a logout, with another device online', { value: '2', serverConfig: '{"online":[1]}' }, true],
    ['a logout of the last device', { value: '2', serverConfig: '{"online":[]}' }, false],
    ['a state of the account itself', { value: '10001', serverConfig: '{"online":[16]}' }, true],
    ['a login, with words for it that are no JSON', { value: '1', serverConfig: 'x' }, true],
  ])('presence: %s', async (_name, event, online) => {
    const { im, options } = imThat(({ onconnect }) => onconnect({}))
    const told: unknown[] = []
    im.on('presence', (contact) => told.push(contact))
    await im.connect()
    options()?.onpushevents({
      msgEvents: [
        { type: '1', account: 'bob', ...event },
        { type: '100001', account: 'bob' },
      ],
    })
    expect(told).toEqual([{ account: 'bob', online }])
  })

  test('signing out is emitted once', async () => {
    const { im, ends, destroy } = imThat(({ onconnect }) => onconnect({}))
    await im.connect()
    im.disconnect()
    im.disconnect()
    expect(ends).toEqual([{ reason: 'signed-out', message: '' }])
    expect(destroy).toHaveBeenCalledTimes(1)
  })
})
