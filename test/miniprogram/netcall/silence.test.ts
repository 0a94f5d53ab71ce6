/** @jest-environment node */
/** A silent service: requests time out, and a silent connection is dialled again. */
import { TIMING } from '../../../miniprogram/netcall/local/timing'
import { elapse } from '../../support/elapse'
import { until } from '../../support/until'
import { installWxSocket } from '../../support/wx-socket'
import { answerCall, useFixture } from './fixture'
import { phone } from './phone'
import { CID } from './scripted-service'

installWxSocket()
const fixture = useFixture()

/** Time before anything happens, and after. */
async function elapseTo(limit: number, before: () => void): Promise<void> {
  await elapse(limit - 1)
  before()
  await elapse(1)
}

test('a silent service is disconnected after 10 s and dialled again', async () => {
  const { service, im } = fixture()
  const tries: number[] = []
  im.on('willreconnect', ({ count }) => tries.push(count))
  service.script.heartbeat = () => 'silence'
  await elapseTo(TIMING.heartbeatTimeout, () => expect(tries).toEqual([]))
  expect(tries).toEqual([1])
  expect(im.connected).toBe(false)
  await elapse(300)
  await until(() => im.connected, 'the connection is back')
  expect(service.linkCount('signal')).toBe(1)
})

test('an unanswered request times out, and the connection stays', async () => {
  const { service, im } = fixture()
  service.script.listContacts = () => 'silence'
  let outcome: unknown = 'none yet'
  im.contacts().catch((error: unknown) => (outcome = error))
  await elapseTo(TIMING.commandTimeout, () => expect(outcome).toBe('none yet'))
  expect(outcome).toMatchObject({ reason: 'timeout' })
  expect(service.dialled.signal).toBe(1)
})

test('connect rejects if the service sends no welcome', async () => {
  const { service, im } = fixture()
  im.disconnect()
  service.greet = () => true
  let outcome: unknown = 'none yet'
  im.connect().catch((error: unknown) => (outcome = error))
  await until(() => service.dialled.signal === 2, 'it is dialled')
  await elapseTo(TIMING.commandTimeout, () => expect(outcome).toBe('none yet'))
  expect(outcome).toMatchObject({ reason: 'not-connected', message: expect.stringMatching(/welcome/) })
})

test('a service that never opens the socket times out', async () => {
  const { createServer } = await import('node:net')
  const mute = createServer(() => {}).listen(0, '127.0.0.1')
  await until(() => mute.listening)
  const address = mute.address()
  const port = typeof address === 'object' ? address?.port : 0
  const { im } = phone(`127.0.0.1:${port}`)
  let outcome: unknown = 'none yet'
  im.connect().catch((error: unknown) => (outcome = error))
  await elapseTo(TIMING.signalReconnect.openTimeout, () => expect(outcome).toBe('none yet'))
  expect(outcome).toMatchObject({ message: expect.stringContaining('no answer in time') })
  mute.close()
})

test('an unanswered call leaves nothing behind', async () => {
  const { service, netcall } = fixture()
  service.script.initNetcall = () => 'silence'
  const failed = expect(netcall.call({ type: 2, callee: 'bob' })).rejects.toMatchObject({ reason: 'timeout' })
  await elapse(TIMING.commandTimeout)
  await failed
  expect(await netcall.getStatus()).toMatchObject({ phase: 'idle', cid: null })
})

test('a lost answer may be sent again', async () => {
  const { service, netcall, payloads } = fixture()
  service.script.calleeAck = () => 'silence'
  service.callMe()
  await until(() => payloads('beCalling').length > 0, 'it rings')
  const answer = { caller: 'bob', cid: CID, type: 2, accepted: true } as const
  const failed = expect(netcall.response(answer)).rejects.toMatchObject({ reason: 'timeout' })
  await elapse(TIMING.commandTimeout)
  await failed
  delete service.script.calleeAck
  await netcall.response(answer)
})

test('an unanswered command is reported, and a silent gateway is disconnected after 10 s and dialled again', async () => {
  const fix = fixture()
  await answerCall(fix)
  fix.service.script.updatePushMode = () => 'silence'
  const failed = expect(fix.netcall.switchMode(1)).rejects.toMatchObject({ reason: 'timeout' })
  await elapse(TIMING.commandTimeout)
  await failed
  expect(fix.payloads('sendCommandOverTime')).toEqual([{ cmd: 7 }])
  expect(fix.payloads('willreconnect')).toEqual([])
  fix.service.script.heartbeat = () => 'silence'
  await elapse(TIMING.heartbeatTimeout + 300)
  expect(fix.payloads('willreconnect')).toEqual([{ count: 1 }])
  await until(() => fix.payloads('syncDone').length === 2, 'syncDone again')
})

test('an unanswered login is retried', async () => {
  const { service, netcall, payloads } = fixture()
  service.script.login = () => {
    delete service.script.login
    return 'silence'
  }
  const joined = netcall.joinChannel({ channelName: 'room', mode: 0, role: 0 })
  await until(() => service.bodies('gateway', 'login').length === 1, 'the first login')
  await elapse(TIMING.commandTimeout)
  // The next attempt follows at once, by its own timer.
  await elapse(1)
  await joined
  expect(payloads('sendCommandOverTime')).toEqual([{ cmd: 0 }])
  expect(service.bodies('gateway', 'login')).toHaveLength(2)
})

test('an unanswered logout is waited for at most a second', async () => {
  const fix = fixture()
  await answerCall(fix)
  fix.service.script.logout = () => 'silence'
  let gone = false
  void fix.netcall.hangup().then(() => (gone = true))
  await elapseTo(TIMING.logoutTimeout, () => expect(gone).toBe(false))
  await until(() => gone && fix.service.linkCount('gateway') === 0, 'the gateway connection is closed')
})
