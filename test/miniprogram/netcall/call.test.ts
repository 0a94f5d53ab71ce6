/** @jest-environment node */
import { NETCALL_CONSTANTS } from '../../../miniprogram/netcall/constants'
import { NetcallError } from '../../../miniprogram/netcall/errors'
import { elapse, elapseUntil } from '../../support/elapse'
import { until } from '../../support/until'
import { installWxSocket } from '../../support/wx-socket'
import { answerCall, useFixture } from './fixture'
import { CID, MY_UID, PEER_UID } from './scripted-service'

installWxSocket()
const fixture = useFixture()
const IDLE = { account: 'alice', phase: 'idle', cid: null, uid: null, mode: null, connected: false }

async function failure(promise: Promise<unknown>): Promise<NetcallError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (error instanceof NetcallError) return error
  throw new Error(`expected a NetcallError, got ${String(error)}`)
}

describe('an outgoing call', () => {
  test('is repeated until it is accepted, then the caller enters the gateway', async () => {
    const { service, netcall, payloads, heard } = fixture()
    const map = await netcall.call({ type: 2, callee: 'bob', pushConfig: { custom: 'x' } })
    expect(map).toEqual({ alice: MY_UID, bob: PEER_UID })
    expect(service.bodies('signal', 'initNetcall')).toEqual([
      { type: 2, accounts: ['bob'], pushConfig: { forceKeepCalling: false, custom: 'x' }, webrtcEnable: true },
    ])
    await elapse(2_999)
    expect(service.bodies('signal', 'keepCalling')).toEqual([])
    await elapse(3_001)
    await until(() => service.bodies('signal', 'keepCalling').length === 2, 'the call is repeated every 3 s')
    expect(service.bodies('signal', 'keepCalling')[0]).toEqual({ type: 2, accounts: ['bob'], channelId: CID })

    service.notify('notifyCalleeAck', { account: 'bob', channelId: CID, type: 2, accepted: true })
    await until(() => payloads('callAccepted').length > 0, 'callAccepted')
    const repeated = service.bodies('signal', 'keepCalling').length
    const order: string[] = []
    netcall.on('syncDone', () => order.push('syncDone'))
    const self = await netcall.startRtc({ mode: 1 }).then((answer) => {
      order.push('startRtc')
      return answer
    })
    expect(self).toEqual({ uid: MY_UID, cid: CID, account: 'alice' })
    await until(() => payloads('syncDone').length > 0, 'syncDone')
    expect(order).toEqual(['startRtc', 'syncDone'])
    expect(heard.filter((event) => event !== 'callAccepted')).toEqual(['open', 'sessionStart', 'syncDone'])
    expect(payloads('syncDone')).toEqual([
      {
        code: 200,
        connectCount: 1,
        userlist: [
          { uid: MY_UID, account: 'alice', cid: CID, url: `rtmp://x/live/${CID}-${MY_UID}?n=1`, mode: 0 },
          { uid: PEER_UID, account: 'bob', cid: CID, url: `rtmp://x/live/${CID}-${PEER_UID}?n=1`, mode: 0 },
        ],
      },
    ])
    expect(service.bodies('gateway', 'login')).toEqual([
      {
        uid: MY_UID,
        cid: CID,
        accid: 'alice',
        token: String(CID),
        usertype: 2,
        scene: 0,
        mode: 1,
        recordAudio: 0,
        recordVideo: 0,
        rtmpRecord: 0,
        recordType: '0',
      },
    ])
    await elapse(6_000)
    await until(() => service.bodies('gateway', 'heartbeat').length === 2, 'the gateway link beats every 3 s')
    expect(service.bodies('signal', 'keepCalling')).toHaveLength(repeated)
    await netcall.hangup()
  })

  test('leaves the instance idle when declined', async () => {
    const { service, netcall, payloads } = fixture()
    await netcall.call({ type: 1, callee: 'bob' })
    service.notify('notifyCalleeAck', { account: 'bob', channelId: CID, type: 1, accepted: false })
    await until(() => payloads('callRejected').length > 0, 'callRejected')
    expect(payloads('callRejected')).toEqual([{ account: 'bob', cid: CID, type: 1 }])
    expect(await netcall.getStatus()).toEqual(IDLE)
    await netcall.call({ type: 1, callee: 'bob' })
  })

  test('rejects a second one meanwhile', async () => {
    const { netcall } = fixture()
    const first = netcall.call({ type: 2, callee: 'bob' })
    expect(await failure(netcall.call({ type: 2, callee: 'carol' }))).toMatchObject({
      reason: 'wrong-state',
      code: 409,
    })
    await first
    expect(await failure(netcall.call({ type: 2, callee: 'carol' }))).toMatchObject({
      reason: 'wrong-state',
      code: 409,
    })
  })

  test('to an offline callee rejects with 11001 and emits an error event', async () => {
    const { service, netcall, payloads } = fixture()
    service.script.initNetcall = () => ({ code: 11001, message: 'bob is offline' })
    expect(await failure(netcall.call({ type: 2, callee: 'bob' }))).toMatchObject({
      reason: 'callee-offline',
      code: 11001,
    })
    expect(payloads('error')).toEqual([{ code: 11001, message: expect.stringContaining('bob is offline') }])
    expect(await netcall.getStatus()).toEqual(IDLE)
  })

  test("hung up before the service's answer is hung up when it arrives", async () => {
    const { service, netcall } = fixture()
    const call = failure(netcall.call({ type: 2, callee: 'bob' }))
    // The request is sent some microtasks later; the answer takes at least a turn of the loop.
    for (let turn = 0; turn < 5; turn++) await Promise.resolve()
    await netcall.hangup()
    expect(await call).toMatchObject({ reason: 'wrong-state' })
    expect(service.bodies('signal', 'hangup')).toEqual([{ channelId: CID }])
    expect(service.bodies('signal', 'keepCalling')).toHaveLength(0)
  })

  test('hung up before the request is never sent', async () => {
    const { service, netcall } = fixture()
    const call = failure(netcall.call({ type: 2, callee: 'bob' }))
    await netcall.hangup()
    expect(await call).toMatchObject({ reason: 'wrong-state' })
    await netcall.call({ type: 1, callee: 'carol' })
    expect(service.bodies('signal', 'initNetcall')).toMatchObject([{ accounts: ['carol'] }])
  })

  test('stops repeating when cancelled, and the next call works', async () => {
    const { service, netcall } = fixture()
    await netcall.call({ type: 2, callee: 'bob' })
    await netcall.hangup()
    expect(service.methods('signal')).toEqual(['initNetcall', 'hangup'])
    await netcall.call({ type: 2, callee: 'bob' })
    expect(service.methods('signal')).toEqual(['initNetcall', 'hangup', 'initNetcall'])
  })

  test('ends with disconnect 417 when the service no longer knows it', async () => {
    const { service, netcall, payloads } = fixture()
    service.script.keepCalling = () => ({ code: 404, message: 'no such call' })
    await netcall.call({ type: 2, callee: 'bob' })
    await elapseUntil(() => payloads('disconnect').length > 0, 'disconnect')
    expect(payloads('disconnect')).toMatchObject([{ code: 417 }])
    expect(await netcall.getStatus()).toEqual(IDLE)
  })

  test('leaves no call behind after a failure of the service', async () => {
    const { service, netcall } = fixture()
    service.script.initNetcall = () => ({ body: { nonsense: true } })
    expect(await failure(netcall.call({ type: 2, callee: 'bob' }))).toMatchObject({ reason: 'service-error' })
    expect(await netcall.getStatus()).toEqual(IDLE)
  })
})

describe('an incoming call', () => {
  test('rings at each repetition until it is accepted', async () => {
    const { service, netcall, payloads } = fixture()
    service.callMe()
    service.callMe()
    await until(() => payloads('beCalling').length === 2, 'it rings twice')
    expect(payloads('beCalling')[0]).toEqual({ caller: 'bob', cid: CID, type: 2, custom: 'hello' })
    expect(await netcall.getStatus()).toMatchObject({ phase: 'ringing', cid: CID, uid: MY_UID })
    await netcall.response({ caller: 'bob', cid: CID, type: 2, accepted: true })
    expect(service.bodies('signal', 'calleeAck')).toEqual([{ account: 'bob', channelId: CID, type: 2, accepted: true }])
    service.callMe()
    await netcall.startRtc({ mode: 0, recordAudio: 1, recordVideo: 1, rtmpRecord: 1, recordType: 2, isHostSpeaker: 1 })
    expect(service.bodies('gateway', 'login')[0]).toMatchObject({
      recordAudio: 1,
      recordVideo: 1,
      rtmpRecord: 1,
      recordType: '2',
      isHostSpeaker: 1,
    })
    await netcall.hangup()
    service.callMe()
    await fixture().im.contacts()
    expect(payloads('beCalling')).toHaveLength(2)
    service.callMe(CID + 1)
    await until(() => payloads('beCalling').length === 3, 'another call rings')
  })

  test('can be rejected with BUSY during another call, also when it rang before', async () => {
    const fix = fixture()
    await answerCall(fix)
    const { service, netcall, payloads } = fix
    service.callMe(CID + 1)
    await until(() => payloads('beCalling').length === 2, 'the second rings')
    await netcall.control({ command: netcall.NETCALL_CONTROL_COMMAND_BUSY, cid: CID + 1 })
    await netcall.response({ caller: 'bob', cid: CID + 1, type: 2, accepted: false })
    expect(service.methods('signal').slice(-2)).toEqual(['netcallControl', 'calleeAck'])
    expect(await netcall.getStatus()).toMatchObject({ phase: 'session', cid: CID, connected: true })
    const accepted = netcall.response({ caller: 'bob', cid: CID + 1, type: 2, accepted: true })
    expect(await failure(accepted)).toMatchObject({ reason: 'wrong-state' })
  })

  test('rejects a response if it does not ring', async () => {
    const { netcall } = fixture()
    const response = netcall.response({ caller: 'bob', cid: 5, type: 2, accepted: true })
    expect(await failure(response)).toMatchObject({ reason: 'wrong-state', code: 404 })
  })

  test('ends when the caller hangs up while it rings, or while it is being answered', async () => {
    const { service, netcall, payloads } = fixture()
    service.callMe()
    await until(() => payloads('beCalling').length > 0, 'it rings')
    service.notify('notifyHangup', { channelId: CID, account: 'bob', timetag: 5 })
    await until(() => payloads('hangup').length > 0, 'hangup')
    expect(payloads('hangup')).toEqual([{ cid: CID, account: 'bob', timetag: 5 }])

    service.callMe(CID + 1)
    await until(() => payloads('beCalling').length > 1, 'it rings again')
    service.script.calleeAck = () => {
      service.notify('notifyHangup', { channelId: CID + 1, account: 'bob', timetag: 6 })
      return { body: {} }
    }
    const answer = { caller: 'bob', cid: CID + 1, type: 2, accepted: true } as const
    expect(await failure(netcall.response(answer))).toMatchObject({ reason: 'wrong-state' })
    expect(payloads('hangup')).toHaveLength(2)
    expect(await netcall.getStatus()).toEqual(IDLE)
  })

  test('ends when another device of the account answers', async () => {
    const { service, netcall, payloads } = fixture()
    service.callMe()
    await until(() => payloads('beCalling').length > 0, 'it rings')
    const sync = { timetag: 9, type: 2, accepted: true, fromClientType: 16 } as const
    service.notify('notifyCalleeAckSync', { channelId: CID, ...sync })
    await until(() => payloads('callerAckSync').length > 0, 'callerAckSync')
    expect(payloads('callerAckSync')).toEqual([{ cid: CID, ...sync }])
    expect(await netcall.getStatus()).toEqual(IDLE)
  })
})

describe('a connected call', () => {
  test('sends control commands and the mode, and emits members', async () => {
    const fix = fixture()
    await answerCall(fix)
    const { service, netcall, payloads } = fix
    await netcall.control({ command: 2 })
    expect(service.bodies('signal', 'netcallControl')).toEqual([{ channelId: CID, type: 2 }])
    await netcall.switchMode(1)
    expect(service.bodies('gateway', 'updatePushMode')).toEqual([{ uid: MY_UID, cid: CID, mode: 1 }])
    expect(await netcall.getStatus()).toEqual({
      account: 'alice',
      phase: 'session',
      cid: CID,
      uid: MY_UID,
      mode: 1,
      connected: true,
    })
    service.notify('netcallControl', { account: 'bob', type: 4, channelId: CID })
    service.notify('netcallControl', { account: 'bob', type: 4, channelId: 1 })
    service.push(20, service.user(PEER_UID))
    service.push(22, { uid: PEER_UID, accid: 'bob', cid: CID, mode: 1 })
    service.push(22, { uid: PEER_UID, accid: 'bob', cid: 1, mode: 2 })
    await until(() => payloads('clientUpdate').length > 0, 'clientUpdate')
    expect(payloads('clientUpdate')).toEqual([{ uid: PEER_UID, account: 'bob', cid: CID, mode: 1 }])
    expect(payloads('clientJoin')).toMatchObject([{ uid: PEER_UID, account: 'bob', cid: CID, mode: 0 }])
    await until(() => payloads('control').length > 0, 'control')
    expect(payloads('control')).toEqual([{ account: 'bob', cid: CID, command: 4 }])
  })

  test.each(['gateway first', 'IM first'])('the other side hangs up, told twice (%s): one hangup', async (order) => {
    const fix = fixture()
    await answerCall(fix)
    const { service, payloads, netcall, im, heard } = fix
    const byGateway = (): void => service.push(21, { uid: PEER_UID, accid: 'bob', cid: CID })
    const byIm = (): void => service.notify('notifyHangup', { channelId: CID, account: 'bob', timetag: 5 })
    const [first, second] = order === 'IM first' ? [byIm, byGateway] : [byGateway, byIm]
    first()
    await until(() => payloads('hangup').length > 0, 'hangup')
    second()
    await im.contacts()
    expect(payloads('hangup')).toMatchObject([{ cid: CID, account: 'bob' }])
    expect(payloads('disconnect')).toEqual([{ code: 0, desc: expect.any(String) }])
    expect(heard.slice(-3)).toEqual(['hangup', 'close', 'disconnect'])
    expect(payloads('clientLeave')).toEqual([])
    expect(await netcall.getStatus()).toEqual(IDLE)
    await until(() => service.linkCount('gateway') === 0, 'the gateway link is closed')
    await netcall.call({ type: 2, callee: 'bob' })
  })

  test('notifies both sockets of a hangup, and closes the gateway connection', async () => {
    const fix = fixture()
    await answerCall(fix)
    await fix.netcall.hangup()
    await fix.netcall.hangup()
    expect(fix.service.bodies('signal', 'hangup')).toEqual([{ channelId: CID }])
    expect(fix.service.bodies('gateway', 'logout')).toEqual([{ uid: MY_UID, cid: CID }])
    await until(() => fix.service.linkCount('gateway') === 0, 'the gateway link is closed')
    expect(fix.payloads('disconnect')).toHaveLength(1)
    expect(fix.payloads('hangup')).toHaveLength(0)
  })

  test('ends at sign-out', async () => {
    const fix = fixture()
    await answerCall(fix)
    fix.im.disconnect()
    await until(() => fix.service.linkCount('gateway') === 0, 'the gateway link is closed')
    expect(fix.service.bodies('gateway', 'logout')).toHaveLength(1)
    expect(await fix.netcall.getStatus()).toEqual(IDLE)
  })
})

describe('a room', () => {
  const join = { channelName: 'room', mode: 0, role: 0, recordAudio: 1 } as const

  test('is created, joined and left; members leave', async () => {
    const { service, netcall, payloads } = fixture()
    expect(await netcall.createChannel({ channelName: 'room' })).toEqual({ timetag: 1 })
    const joined = await netcall.joinChannel({ ...join, liveEnable: 1 })
    expect(joined).toEqual({
      uid: MY_UID,
      cid: CID,
      account: 'alice',
      accountUidMap: { alice: MY_UID, bob: PEER_UID },
      custom: 'c',
    })
    expect(service.bodies('signal', 'joinChannel')).toEqual([{ channelName: 'room', liveOption: { liveEnable: 1 } }])
    expect(service.bodies('gateway', 'login')).toMatchObject([
      { scene: 1, role: 0, liveEnable: 1, recordAudio: 1, recordVideo: 0, recordType: '0' },
    ])
    service.notify('notifyJoin', { channelId: CID, accountUidMap: { carol: 33 } })
    service.push(21, { uid: PEER_UID, accid: 'bob', cid: CID })
    await until(() => payloads('joinChannel').length + payloads('clientLeave').length === 2, 'both are told')
    expect(payloads('joinChannel')).toEqual([{ uid: 33, account: 'carol', cid: CID }])
    expect(payloads('clientLeave')).toEqual([{ uid: PEER_UID, account: 'bob', cid: CID }])
    await netcall.leaveChannel()
    expect(await netcall.getStatus()).toEqual(IDLE)
    expect(await failure(netcall.leaveChannel())).toMatchObject({ reason: 'wrong-state' })
  })

  test('requires a key for a cipher; a cipher refused by the service gives 418', async () => {
    const { service, netcall, payloads } = fixture()
    await netcall.setEncryptType(2)
    expect(await failure(netcall.joinChannel(join))).toMatchObject({ reason: 'invalid-argument', field: 'encryptKey' })
    expect(service.received.signal).toEqual([])
    await netcall.setEncryptKey('secret')
    service.script.login = () => ({ code: 418, message: 'no encryption here' })
    expect(await failure(netcall.joinChannel(join))).toMatchObject({ reason: 'refused', code: 418 })
    expect(service.bodies('gateway', 'login')).toMatchObject([{ encryptType: 2, encryptKey: 'secret' }])
    expect(payloads('disconnect')).toMatchObject([{ code: 418 }])
    await netcall.setEncryptType(0)
    delete service.script.login
    await netcall.joinChannel(join)
  })
})

describe('arguments', () => {
  test('include the constants of the instance', () => {
    expect(fixture().netcall).toMatchObject(NETCALL_CONSTANTS)
  })

  const bad: [string, string, object | number][] = [
    ['call', 'params', 3],
    ['call', 'type', { callee: 'bob' }],
    ['call', 'type', { callee: 'bob', type: 3 }],
    ['call', 'callee', { type: 1 }],
    ['call', 'callee', { type: 1, callee: [] }],
    ['call', 'callee', { type: 1, callee: ['bob', 4] }],
    ['call', 'pushConfig', { type: 1, callee: 'bob', pushConfig: 'x' }],
    ['call', 'pushConfig.custom', { type: 1, callee: 'bob', pushConfig: { custom: 4 } }],
    ['call', 'forceKeepCalling', { type: 1, callee: 'bob', forceKeepCalling: 1 }],
    ['response', 'caller', { accepted: true, type: 1, cid: 1 }],
    ['response', 'accepted', { caller: 'bob', type: 1, cid: 1 }],
    ['response', 'cid', { caller: 'bob', accepted: true, type: 1, cid: '1' }],
    ['startRtc', 'mode', {}],
    ['startRtc', 'mode', { mode: 4 }],
    ['startRtc', 'recordAudio', { mode: 0, recordAudio: true }],
    ['startRtc', 'recordVideo', { mode: 0, recordVideo: 2 }],
    ['startRtc', 'recordType', { mode: 0, recordType: '3' }],
    ['startRtc', 'recordType', { mode: 0, recordType: null }],
    ['control', 'command', { command: 13 }],
    ['control', 'cid', { command: 1, cid: '7' }],
    ['createChannel', 'channelName', { channelName: '' }],
    ['joinChannel', 'channelName', { mode: 0, role: 0 }],
    ['joinChannel', 'role', { channelName: 'a', mode: 0 }],
    ['joinChannel', 'liveEnable', { channelName: 'a', mode: 0, role: 1, liveEnable: 'yes' }],
    ['switchMode', 'mode', 9],
    ['setEncryptType', 'type', 1],
    ['setEncryptKey', 'key', 5],
  ]
  test.each(bad)('%s: invalid %s (%j)', async (method, field, params) => {
    const { netcall, service } = fixture()
    const call: unknown = Reflect.get(netcall, method)
    if (typeof call !== 'function') throw new Error(`no method ${method}`)
    const error = await failure(Promise.resolve(Reflect.apply(call, netcall, [params])))
    expect(error).toMatchObject({ reason: 'invalid-argument', field })
    expect(error.message).toContain(field)
    expect(service.methods('signal')).toEqual([])
  })

  test('are rejected without a call or session', async () => {
    const { netcall } = fixture()
    for (const attempt of [netcall.startRtc({ mode: 0 }), netcall.switchMode(0), netcall.control({ command: 1 })]) {
      expect(await failure(attempt)).toMatchObject({ reason: 'wrong-state' })
    }
    await netcall.hangup()
  })
})

describe('the emitter', () => {
  test('has once, off, emit and eventReset, and isolates a listener that throws', () => {
    const { netcall } = fixture()
    const calls: string[] = []
    const off = (): void => void calls.push('off')
    const thrown = new Error('a page failed')
    netcall.on('willreconnect', () => {
      throw thrown
    })
    netcall.on('willreconnect', () => void calls.push('on'))
    netcall.once('willreconnect', () => void calls.push('once'))
    netcall.on('willreconnect', off)
    netcall.off('willreconnect', off)
    netcall.emit('willreconnect', { count: 1 })
    expect(() => jest.advanceTimersByTime(1)).toThrow(thrown)
    netcall.emit('willreconnect', { count: 2 })
    expect(() => jest.advanceTimersByTime(1)).toThrow(thrown)
    netcall.eventReset()
    netcall.emit('willreconnect', { count: 3 })
    expect(calls).toEqual(['on', 'once', 'on'])
  })
})
