/** @jest-environment node */
import type { ImEvents } from '../../../miniprogram/netcall/im'
import { SIGNAL_CLOSE } from '../../../miniprogram/netcall/protocol'
import { TIMING } from '../../../miniprogram/netcall/local/timing'
import { elapse, elapseUntil } from '../../support/elapse'
import { until } from '../../support/until'
import { installWxSocket, openSockets } from '../../support/wx-socket'
import { answerCall, useFixture } from './fixture'
import { phone } from './phone'
import { CID, MY_UID, ScriptedService } from './scripted-service'

installWxSocket()

describe('the IM connection', () => {
  const fixture = useFixture()

  function watch(): { up: ImEvents['connect'][]; tries: number[]; down: ImEvents['disconnect'][] } {
    const seen = { up: [] as ImEvents['connect'][], tries: [] as number[], down: [] as ImEvents['disconnect'][] }
    const { im } = fixture()
    im.on('connect', (event) => seen.up.push(event))
    im.on('willreconnect', ({ count }) => seen.tries.push(count))
    im.on('disconnect', (event) => seen.down.push(event))
    return seen
  }

  test('reconnects after a loss, and calls continue to work', async () => {
    const { service, im, netcall } = fixture()
    const seen = watch()
    service.breakLinks('signal')
    await until(() => !im.connected, 'the break is noticed')
    await expect(im.contacts()).rejects.toMatchObject({ reason: 'not-connected' })
    await elapse(300)
    await until(() => seen.up.length > 0, 'the link is back')
    expect(seen).toEqual({ up: [{ reconnected: true }], tries: [1], down: [] })
    await netcall.call({ type: 2, callee: 'bob' })
  })

  test('retries with growing pauses up to 15 s while the service is away', async () => {
    const { service, im } = fixture()
    const seen = watch()
    service.greet = (_side, link) => {
      link.terminate()
      return true
    }
    service.breakLinks('signal')
    await until(() => seen.tries.length === 1, 'the break is noticed')
    for (const [index, delay] of [300, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000, 15_000].entries()) {
      await elapse(delay - 1)
      expect(service.dialled.signal).toBe(1 + index)
      await elapse(1)
      await until(() => seen.tries.length === 2 + index, `the end of try ${index + 1}`)
    }
    expect(seen.tries).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    service.greet = () => false
    await elapse(15_000)
    await until(() => im.connected, 'the link is back')
    expect(seen.up).toEqual([{ reconnected: true }])
  })

  test('ignores garbage frames', async () => {
    const { service, im, heard } = fixture()
    const frames = ['', 'no json', '[]', 'null', '{}', '{"sid":9,"cid":2,"code":200,"body":{"account":5}}', '{"seq":1}']
    for (const frame of frames) service.sendRaw('signal', frame)
    service.sendRaw('signal', Buffer.from([1, 2, 3]))
    expect(await im.contacts()).toEqual([{ account: 'bob', online: true }])
    expect(heard).toEqual([])
  })

  test.each([
    [SIGNAL_CLOSE.badRequest, 'bad-request'],
    [SIGNAL_CLOSE.kicked, 'kicked'],
  ])('ends for good at close code %i (%s), and the call with it', async (code, reason) => {
    const fix = fixture()
    await answerCall(fix)
    const seen = watch()
    fix.service.notify('kicked', { reason: 'signed in elsewhere' })
    fix.service.closeLinks('signal', code, 'closing')
    await until(() => seen.down.length > 0, 'disconnect')
    expect(seen).toEqual({ up: [], tries: [], down: [{ reason, message: 'signed in elsewhere' }] })
    await until(() => fix.service.linkCount('gateway') === 0, 'the gateway link is closed')
    expect(fix.payloads('disconnect')).toEqual([{ code: 405, desc: 'signed in elsewhere' }])
    expect(fix.service.dialled.signal).toBe(1)
  })

  test('rejects connect if the sign-in is refused or the service is unreachable', async () => {
    const { service, im } = fixture()
    im.disconnect()
    service.greet = (_side, link) => {
      link.close(SIGNAL_CLOSE.unauthorized, 'bad token')
      return true
    }
    await expect(im.connect()).rejects.toMatchObject({ reason: 'refused', code: 401, message: 'bad token' })
    const nowhere = phone('127.0.0.1:9')
    await expect(nowhere.im.connect()).rejects.toMatchObject({ reason: 'not-connected' })
    await until(() => openSockets() === 0, 'all sockets are closed')
    service.greet = () => false
    await im.connect()
    await expect(im.connect()).rejects.toMatchObject({ reason: 'wrong-state' })
  })

  test.each([
    ['service', '', 'alice', 't'],
    ['service', 'host/path', 'alice', 't'],
    ['account', 'host', '', 't'],
    ['token', 'host', 'alice', ''],
  ])('names an invalid %s', (field, host, account, token) => {
    const attempt = (): unknown => phone(host, account, token)
    expect(attempt).toThrow(expect.objectContaining({ reason: 'invalid-argument', field }))
  })
})

describe('the gateway connection', () => {
  const fixture = useFixture()

  test('reconnects with new URLs, the current mode, and a connectCount', async () => {
    const fix = fixture()
    await answerCall(fix)
    await fix.netcall.switchMode(1)
    fix.service.breakLinks('gateway')
    await until(() => fix.payloads('willreconnect').length === 1, 'the break is noticed')
    await elapse(300)
    await until(() => fix.payloads('syncDone').length === 2, 'syncDone again')
    expect(fix.payloads('willreconnect')).toEqual([{ count: 1 }])
    expect(fix.payloads('syncDone')[1]).toMatchObject({
      connectCount: 2,
      userlist: [{ url: `rtmp://x/live/${CID}-${MY_UID}?n=2` }, {}],
    })
    expect(fix.service.bodies('gateway', 'login').map(({ mode }) => mode)).toEqual([0, 1])
    expect(fix.payloads('sessionStart')).toHaveLength(1)
    expect(fix.heard.filter((event) => event === 'close')).toHaveLength(1)
  })

  test('ends after all attempts with disconnect 403; the service notifies the others, and the next call works', async () => {
    const fix = fixture()
    await answerCall(fix)
    fix.service.greet = (side, link) => {
      if (side === 'gateway') link.terminate()
      return side === 'gateway'
    }
    fix.service.breakLinks('gateway')
    await until(() => fix.payloads('willreconnect').length === 1, 'the break is noticed')
    await elapse(300 + 7 * 5_000 - 1)
    expect(fix.payloads('disconnect')).toEqual([])
    await elapse(1)
    await until(() => fix.payloads('disconnect').length > 0, 'disconnect')
    expect(fix.payloads('willreconnect')).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((count) => ({ count })))
    expect(fix.payloads('disconnect')).toMatchObject([{ code: 403 }])
    await fix.netcall.call({ type: 1, callee: 'bob' })
    expect(fix.service.bodies('signal', 'hangup')).toEqual([])
  })

  test('ignores garbage frames', async () => {
    const fix = fixture()
    await answerCall(fix)
    const before = [...fix.heard]
    for (const frame of ['', 'x', '[]', '{"cmd":20}', '{"cmd":20,"body":{"uid":"a"}}', '{"cmd":99,"body":{}}']) {
      fix.service.sendRaw('gateway', frame)
    }
    await fix.netcall.switchMode(2)
    expect(fix.heard).toEqual(before)
  })

  test.each([
    [24, 'kicked', 405],
    [25, 'kicked', 406],
  ] as const)('push %i puts me out: %s, disconnect %i', async (cmd, event, code) => {
    const fix = fixture()
    await answerCall(fix)
    fix.service.push(cmd, { cid: CID, reason: 'because' })
    await until(() => fix.payloads('disconnect').length > 0, 'disconnect')
    expect(fix.payloads(event)).toEqual([{ cid: CID, reason: 'because' }])
    expect(fix.payloads('disconnect')).toEqual([{ code, desc: 'because' }])
    expect(fix.service.bodies('signal', 'hangup')).toEqual([])
    await fix.netcall.call({ type: 1, callee: 'bob' })
  })

  test('emits liveRoomClose, then disconnect 417 for a dissolved room', async () => {
    const { service, netcall, payloads } = fixture()
    await netcall.joinChannel({ channelName: 'room', mode: 0, role: 1 })
    service.push(23, { cid: CID, reason: 'over' })
    await until(() => payloads('disconnect').length > 0, 'disconnect')
    expect(payloads('liveRoomClose')).toEqual([{ cid: CID, reason: 'over' }])
    expect(payloads('disconnect')).toEqual([{ code: 417, desc: 'over' }])
    await netcall.joinChannel({ channelName: 'room', mode: 0, role: 1 })
  })

  test.each([
    [401, 406],
    [403, 406],
    [417, 417],
    [418, 418],
  ])('does not retry a login refused with %i: disconnect %i', async (code, disconnect) => {
    const { service, netcall, payloads } = fixture()
    service.script.login = () => ({ code, message: 'no' })
    const join = netcall.joinChannel({ channelName: 'room', mode: 0, role: 0 })
    await expect(join).rejects.toMatchObject({ reason: 'refused', code })
    expect(payloads('disconnect')).toMatchObject([{ code: disconnect }])
    expect(service.dialled.gateway).toBe(1)
  })

  test('leaves nothing behind when hung up while reconnecting', async () => {
    const fix = fixture()
    await answerCall(fix)
    fix.service.greet = (side) => side === 'gateway'
    fix.service.script.login = () => 'silence'
    fix.service.breakLinks('gateway')
    await elapseUntil(() => fix.service.bodies('gateway', 'login').length === 2, 'it logs in again')
    const left = fix.netcall.hangup()
    await elapse(TIMING.logoutTimeout)
    await left
    await until(() => fix.service.linkCount('gateway') === 0, 'the gateway link is closed')
    await elapse(60_000)
    expect(fix.service.dialled.gateway).toBe(2)
    expect(fix.payloads('disconnect')).toMatchObject([{ code: 0 }])
  })
})

test('reports a serverMap without a gateway as an error', async () => {
  const service = new ScriptedService()
  await service.start()
  const { im, netcall, payloads } = phone(service.host)
  await im.connect()
  for (const serverMap of ['{}', 'x', '{"wechatapparray":[]}', '{"wechatapparray":[4]}']) {
    service.script.joinChannel = () => ({
      body: { timetag: 1, channelId: CID, accountUidMap: { alice: 1 }, serverMap, clientConfig: {}, custom: '' },
    })
    const join = netcall.joinChannel({ channelName: 'room', mode: 0, role: 0 })
    await expect(join).rejects.toMatchObject({ reason: 'service-error', message: expect.stringContaining('serverMap') })
  }
  expect(payloads('disconnect')).toEqual([])
  im.disconnect()
  await service.stop()
})
