/**
 * @jest-environment node
 *
 * Answers of NetEase's services and SDK that come too late or never, and what the SDK ends by itself.
 */
import { createYunxin } from '../../../miniprogram/yunxin/provider'
import { SdkDouble, SdkInstanceDouble } from '../../support/netcall-sdk'
import { advance, controlClock } from '../../support/clock'
import { elapse } from '../../support/elapse'
import { until } from '../../support/until'
import { installWxSocket, openSockets } from '../../support/wx-socket'
import { observe, type Heard } from '../netcall/phone'
import { imThat } from './connection'

installWxSocket()
// Stands still until a test advances it.
controlClock()

const NOWHERE = '{"wechatapparray":["127.0.0.1:9/gateway"]}'
const placed = (channelId: number) => ({
  channelId,
  uid: 1,
  accountUidMap: { alice: 1, bob: 2 },
  serverMap: NOWHERE,
})

const nothing = (): void => {}
/** A promise that is settled from outside. */
function later<T>() {
  let settle: (value: T | Promise<T>) => void = nothing
  const promise = new Promise<T>((resolve) => (settle = resolve))
  return { promise, settle }
}

let sdk: SdkDouble
let told: Map<string, (body: unknown) => void>
let alice: ReturnType<typeof createYunxin> & Heard
let connection: ReturnType<typeof imThat>
const tell = (notification: string, body: unknown): void => told.get(notification)?.(body)
const instance = () => {
  const last = sdk.instances.at(-1)
  if (!last) throw new Error('there is no instance')
  return last
}

beforeEach(async () => {
  sdk = new SdkDouble()
  told = new Map()
  connection = imThat(({ onconnect }) => onconnect({}))
  const on = (name: string, listener: (body: unknown) => void): void => void told.set(name, listener)
  Object.assign(connection.nim, { on })
  const made = createYunxin({ appKey: 'key', account: 'alice', token: 'secret' }, { NIM: connection.NIM, Netcall: sdk })
  alice = { ...made, ...observe(made.netcall) }
  await alice.im.connect()
})
afterEach(async () => {
  jest.restoreAllMocks()
  alice.im.disconnect()
  // Pending work of the SDK.
  await advance(0)
  await until(() => openSockets() === 0, 'all sockets are closed')
})

const callBob = () => alice.netcall.call({ type: 1, callee: 'bob' })
const phase = async () => (await alice.netcall.getStatus()).phase

describe('a call hung up before it has its number', () => {
  test('does not affect the next one', async () => {
    const [first, second] = [later<unknown>(), later<unknown>()]
    jest.spyOn(connection.nim, 'initNetcall').mockReturnValueOnce(first.promise).mockReturnValueOnce(second.promise)
    const hungUp = jest.spyOn(connection.nim, 'hangup')
    const given = expect(callBob()).rejects.toMatchObject({ reason: 'wrong-state' })
    const gone = alice.netcall.hangup()
    const next = callBob()
    first.settle(placed(7))
    await Promise.all([given, gone])
    expect(hungUp.mock.calls).toEqual([[{ channelId: 7 }]])
    second.settle(placed(8))
    await next
    expect(await alice.netcall.getStatus()).toMatchObject({ phase: 'calling', cid: 8 })
    tell('notifyCalleeAck', { account: 'bob', channelId: 8, type: 1, accepted: true })
    expect(alice.payloads('callAccepted')).toEqual([{ account: 'bob', cid: 8, type: 1 }])
  })

  test('is hung up even if the number comes after the timeout', async () => {
    const answer = later<unknown>()
    jest.spyOn(connection.nim, 'initNetcall').mockReturnValueOnce(answer.promise)
    const hungUp = jest.spyOn(connection.nim, 'hangup')
    const given = expect(callBob()).rejects.toMatchObject({ reason: 'wrong-state' })
    const gone = alice.netcall.hangup()
    await advance(3_000)
    await gone
    expect(hungUp).not.toHaveBeenCalled()
    answer.settle(placed(7))
    await advance(0)
    await given
    expect(hungUp.mock.calls).toEqual([[{ channelId: 7 }]])
    expect(alice.heard).toEqual([])
  })

  test('is not ended by another caller that cancels', async () => {
    const answer = later<unknown>()
    jest.spyOn(connection.nim, 'initNetcall').mockReturnValueOnce(answer.promise)
    tell('beCalled', { account: 'carol', channelId: 5, type: 1 })
    const placing = callBob()
    tell('notifyHangup', { channelId: 5, account: 'carol' })
    tell('netcallControl', { channelId: 6, account: 'dave', type: 9 })
    expect(alice.heard).toEqual(['beCalling', 'hangup'])
    answer.settle(placed(7))
    await placing
    expect(await phase()).toBe('calling')
  })
})

test('a room left before it was joined is not joined by a late answer', async () => {
  const answer = later<unknown>()
  jest.spyOn(connection.nim, 'joinChannel').mockReturnValueOnce(answer.promise)
  const dialled = jest.spyOn(wx, 'connectSocket')
  const joining = expect(alice.netcall.joinChannel({ channelName: 'room', mode: 0, role: 0 })).rejects.toMatchObject({
    reason: 'wrong-state',
  })
  const gone = alice.netcall.leaveChannel()
  await advance(3_000)
  await gone
  answer.settle(placed(7))
  await joining
  await until(() => dialled.mock.calls.length > 0 && openSockets() === 0, 'the socket is closed')
  // The SDK would retry after 5 s.
  await elapse(60_000)
  expect(dialled).toHaveBeenCalledTimes(1)
})

test('a room left before it was found missing is not an error', async () => {
  const answer = later<unknown>()
  jest.spyOn(connection.nim, 'joinChannel').mockReturnValueOnce(answer.promise)
  const joining = expect(alice.netcall.joinChannel({ channelName: 'room', mode: 0, role: 0 })).rejects.toThrow()
  const gone = alice.netcall.leaveChannel()
  answer.settle(Promise.reject(new Error('there is none')))
  await Promise.all([joining, gone])
  expect(alice.heard).toEqual(['disconnect'])
})

test('a room joined right after a call has the encryption key from the start', async () => {
  await alice.netcall.setEncryptType(3)
  await alice.netcall.setEncryptKey('key')
  const answer = later<unknown>()
  jest.spyOn(connection.nim, 'initNetcall').mockReturnValueOnce(answer.promise)
  const given = expect(callBob()).rejects.toMatchObject({ reason: 'wrong-state' })
  const gone = alice.netcall.hangup()
  const steps: string[] = []
  for (const step of ['setEncryptType', 'setEncryptKey'] as const)
    jest.spyOn(SdkInstanceDouble.prototype, step).mockImplementation(() => void steps.push(step))
  jest.spyOn(SdkInstanceDouble.prototype, 'joinChannel').mockImplementation(async () => {
    steps.push('joinChannel')
    throw new Error('enough')
  })
  const joining = expect(alice.netcall.joinChannel({ channelName: 'room', mode: 0, role: 0 })).rejects.toThrow('enough')
  answer.settle(placed(7))
  await Promise.all([given, gone, joining])
  expect(steps.slice(0, 3)).toEqual(['setEncryptType', 'setEncryptKey', 'joinChannel'])
})

test('an answered call rings nowhere any more', async () => {
  jest.spyOn(connection.nim, 'initNetcall').mockResolvedValue(placed(7))
  await alice.netcall.call({ type: 1, callee: ['bob', 'carol'] })
  const current = jest.spyOn(connection.nim.protocol, 'setCurrentNetcall')
  tell('notifyCalleeAck', { account: 'bob', channelId: 7, type: 1, accepted: true })
  expect(current).toHaveBeenLastCalledWith(undefined)
})

/** Answered; the SDK reports that it enters the gateway. */
async function entering() {
  jest.spyOn(connection.nim, 'initNetcall').mockResolvedValue(placed(7))
  await callBob()
  tell('notifyCalleeAck', { account: 'bob', channelId: 7, type: 1, accepted: true })
  jest.spyOn(instance(), 'startRtc').mockResolvedValue({ uid: 1, cid: 7 })
  return alice.netcall.startRtc({ mode: 1 })
}

describe('the session', () => {
  const syncDone = { userlist: [{ uid: 1, account: 'alice', url: 'rtmp://x', mode: 1 }] }

  test('times out after a minute without the gateway', async () => {
    const failed = expect(entering()).rejects.toMatchObject({ reason: 'not-connected' })
    await advance(60_000)
    await failed
    expect(alice.payloads('disconnect')).toMatchObject([{ code: 403 }])
    expect(await phase()).toBe('idle')
  })

  test('ends when the gateway is lost for good, counting attempts from each loss', async () => {
    const entered = entering()
    await advance(0)
    for (const event of ['willreconnect', 'syncDone', 'willreconnect', 'willreconnect', 'syncDone'] as const) {
      instance().fire(event, event === 'syncDone' ? syncDone : { count: 0 })
      await advance(20_000)
    }
    await entered
    instance().fire('willreconnect', { count: 0 })
    await advance(59_000)
    expect(alice.payloads('willreconnect')).toEqual([1, 1, 2, 1].map((count) => ({ count })))
    expect(alice.heard).not.toContain('disconnect')
    await advance(1_000)
    expect(alice.payloads('disconnect')).toMatchObject([{ code: 403 }])
  })

  test('that the SDK ends because the peer never came is ended for both', async () => {
    const hungUp = jest.spyOn(connection.nim, 'hangup')
    const entered = entering()
    await advance(0)
    instance().fire('syncDone', syncDone)
    await advance(0)
    await entered
    instance().fire('disconnect', { code: '0', desc: 'normally closed' })
    await advance(0)
    expect(alice.payloads('liveRoomClose')).toEqual([{ cid: 7, reason: 'lost' }])
    expect(alice.payloads('disconnect')).toEqual([{ code: 417, desc: 'lost' }])
    expect(hungUp.mock.calls).toEqual([[{ channelId: 7 }]])
  })
})

test('passes nothing to the SDK on a released connection', async () => {
  alice.im.disconnect()
  expect(instance().listenerCount).toBe(0)
  await expect(callBob()).rejects.toMatchObject({ reason: 'not-connected' })
  const refused = imThat(({ ondisconnect }) => ondisconnect({ code: 302 }))
  const { im, netcall } = createYunxin(
    { appKey: 'key', account: 'alice', token: 'wrong' },
    { NIM: refused.NIM, Netcall: sdk },
  )
  await expect(im.connect()).rejects.toMatchObject({ reason: 'refused' })
  expect(instance().listenerCount).toBe(0)
  await expect(netcall.call({ type: 1, callee: 'bob' })).rejects.toMatchObject({ reason: 'not-connected' })
})
