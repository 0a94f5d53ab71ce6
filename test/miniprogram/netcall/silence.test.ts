/** @jest-environment node */
/** A service that falls silent: what asked for an answer is told, and a link that says nothing is dialled again. */
import { until } from '../../support/until'
import { installWxSocket } from '../../support/wx-socket'
import { answerCall, useFixture } from './fixture'
import { IMPATIENT, phone } from './phone'
import { CID } from './scripted-service'

installWxSocket()
const fixture = useFixture(IMPATIENT)

test('a silent service is given up and dialled again; a request without an answer times out', async () => {
  const { service, im } = fixture()
  const tries: number[] = []
  im.on('willreconnect', ({ count }) => tries.push(count))
  service.script.heartbeat = () => 'silence'
  service.script.listContacts = () => 'silence'
  await expect(im.contacts()).rejects.toMatchObject({ reason: expect.stringMatching(/timeout|not-connected/) })
  await until(() => tries.length > 0, 'the link is given up')
  await until(() => im.connected, 'the link is back')
  expect(service.linkCount('signal')).toBe(1)
})

test('a service that does not welcome a sign-in is given up: connect rejects', async () => {
  const { service, im } = fixture()
  im.disconnect()
  service.greet = () => true
  await expect(im.connect()).rejects.toMatchObject({
    reason: 'not-connected',
    message: expect.stringMatching(/welcome/),
  })
})

test('a service that never opens the socket is given up in time', async () => {
  const { createServer } = await import('node:net')
  const mute = createServer(() => {}).listen(0, '127.0.0.1')
  await until(() => mute.listening)
  const address = mute.address()
  const port = typeof address === 'object' ? address?.port : 0
  const { im } = phone(`127.0.0.1:${port}`, 'alice', {
    ...IMPATIENT,
    signalReconnect: { delay: () => 20, openTimeout: 50 },
  })
  await expect(im.connect()).rejects.toMatchObject({ message: expect.stringContaining('no answer in time') })
  mute.close()
})

test('a call that is not answered for leaves nothing behind', async () => {
  const { service, netcall } = fixture()
  service.script.initNetcall = () => 'silence'
  await expect(netcall.call({ type: 2, callee: 'bob' })).rejects.toMatchObject({ reason: 'timeout' })
  expect(await netcall.getStatus()).toMatchObject({ phase: 'idle', cid: null })
})

test('an answer that gets lost may be given again', async () => {
  const { service, netcall, payloads } = fixture()
  service.script.calleeAck = () => 'silence'
  service.callMe()
  await until(() => payloads('beCalling').length > 0, 'it rings')
  const answer = { caller: 'bob', cid: CID, type: 2, accepted: true } as const
  await expect(netcall.response(answer)).rejects.toMatchObject({ reason: 'timeout' })
  delete service.script.calleeAck
  await netcall.response(answer)
})

test('a silent gateway is given up and dialled again; an unanswered command is told', async () => {
  const fix = fixture()
  await answerCall(fix)
  fix.service.script.updatePushMode = () => 'silence'
  await expect(fix.netcall.switchMode(1)).rejects.toMatchObject({ reason: 'timeout' })
  expect(fix.payloads('sendCommandOverTime')).toEqual([{ cmd: 7 }])
  fix.service.script.heartbeat = () => 'silence'
  await until(() => fix.payloads('syncDone').length === 2, 'syncDone again')
})

test('an unanswered login is tried again', async () => {
  const { service, netcall, payloads } = fixture()
  service.script.login = () => {
    delete service.script.login
    return 'silence'
  }
  await netcall.joinChannel({ channelName: 'room', mode: 0, role: 0 })
  expect(payloads('sendCommandOverTime')).toEqual([{ cmd: 0 }])
  expect(service.bodies('gateway', 'login')).toHaveLength(2)
})
