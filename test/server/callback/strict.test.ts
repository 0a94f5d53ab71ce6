/** The service's callbacks, read by the strictest reader. */
import { ring, publish, respond, session } from '../service/call'
import { startService, type TestService } from '../../support/service'
import { until } from '../../support/until'
import { APP, ScriptedReceiver } from './scripted-receiver'
import { readStrictly, type StrictEvent } from './strict-reader'

let receiver: ScriptedReceiver
let running: TestService
beforeEach(async () => {
  receiver = await new ScriptedReceiver().up()
  running = await startService({
    callbackUrl: receiver.url,
    callbackEvents: ['5', '6', '20', 'not-connected', 'unreachable'],
    ...APP,
  })
})
afterEach(async () => {
  await running.close()
  await receiver.down()
})

/** All events, once those of these types have arrived. */
async function events(...types: string[]): Promise<StrictEvent[]> {
  const all = (): StrictEvent[] => receiver.distinct.map(({ body }) => readStrictly(body))
  await until(() => all().length >= types.length, `events ${types.join()}`)
  expect(receiver.got.every(({ valid }) => valid)).toBe(true)
  expect(all().map(({ eventType }) => String(eventType))).toEqual(types)
  return all()
}

test('a recorded call: start, durations, files', async () => {
  const call = await ring(running)
  await respond(call)
  const alice = await session(call.ways, 'alice', { recordAudio: 1, recordVideo: 1, recordType: '2' })
  await session(call.ways, 'bob', { recordAudio: 1, recordType: '2' })
  await publish(running, alice.pushUrl)
  await call.alice.request('hangup', { channelId: call.cid })
  const [, duration, files] = await events('20', '5', '6')
  if (duration?.eventType !== '5' || files?.eventType !== '6') throw new Error('other events')
  expect(duration).toMatchObject({ channelId: String(call.cid), type: 'VEDIO', status: 'SUCCESS' })
  expect(duration.members).toMatchObject([{ accid: 'alice', caller: true }, { accid: 'bob' }])
  expect(duration.members[1]).not.toHaveProperty('caller')
  expect(Number(duration.duration)).toBe(duration.members.reduce((sum, member) => sum + member.duration, 0))
  expect(files.fileinfo.map(({ user, type, mix, caller }) => ({ user, type, mix, caller }))).toEqual([
    { user: 'alice', type: 'aac', mix: false, caller: true },
    { user: 'alice', type: 'mp4', mix: false, caller: true },
  ])
})

test('only one side entered: SINGLE_PARTICIPATE with a duration of 0, and not connected', async () => {
  const call = await ring(running)
  await respond(call)
  await session(call.ways, 'alice')
  await call.alice.request('hangup', { channelId: call.cid })
  const [, duration, lost] = await events('20', '5', 'not-connected')
  expect(duration).toMatchObject({
    status: 'SINGLE_PARTICIPATE',
    duration: '0',
    members: [{ accid: 'alice', caller: true, duration: 0, userType: 1 }],
  })
  expect(lost).toMatchObject({ fromAccount: 'alice', toAccountList: ['bob'], reason: 'hangup' })
})

test('a declined call: caller, callee, and the reason', async () => {
  const call = await ring(running, 1)
  await respond(call, false)
  const [, refused] = await events('20', 'not-connected')
  expect(refused).toMatchObject({ fromAccount: 'alice', toAccountList: ['bob'], reason: 'rejected', type: 'AUDIO' })
})

test('a call to a busy callee', async () => {
  const call = await ring(running)
  await call.bob.request('netcallControl', { channelId: call.cid, type: 9 })
  await respond(call, false)
  const [, missed] = await events('20', 'not-connected')
  expect(missed).toMatchObject({ fromAccount: 'alice', toAccountList: ['bob'], reason: 'busy' })
})

test('a call that the caller cancels while it rings', async () => {
  const call = await ring(running)
  await call.alice.request('hangup', { channelId: call.cid })
  const [, cancelled] = await events('20', 'not-connected')
  expect(cancelled).toMatchObject({ fromAccount: 'alice', toAccountList: ['bob'], reason: 'cancelled' })
})

test('a call to an account that is offline', async () => {
  const call = await ring(running)
  await call.alice.request('hangup', { channelId: call.cid })
  await call.alice.request('listContacts', {})
  await call.bob.close()
  await call.alice.next('presence', ({ online }) => online === false)
  const request = { type: 2 as const, accounts: ['bob'], pushConfig: {}, webrtcEnable: true }
  await expect(call.alice.request('initNetcall', request)).rejects.toThrow('offline')
  const [, , unreachable, offline] = await events('20', 'not-connected', 'unreachable', 'not-connected')
  expect(unreachable).toMatchObject({ fromAccount: 'alice', toAccountList: ['bob'], forceKeepCalling: false })
  expect(offline).toMatchObject({ fromAccount: 'alice', toAccountList: ['bob'], reason: 'offline' })

  const pushConfig = { forceKeepCalling: true, custom: 'order 7' }
  const { channelId } = await call.alice.request('initNetcall', { ...request, pushConfig })
  const [, , , , waiting] = await events('20', 'not-connected', 'unreachable', 'not-connected', 'unreachable', '20')
  expect(waiting).toMatchObject({ channelId: String(channelId), type: 'VEDIO', forceKeepCalling: true, ext: 'order 7' })
})
