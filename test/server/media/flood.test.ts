/** A connection that sends many messages does not affect others, and nothing of an honest publisher is lost. */
import { writeFlvTag } from '../../../server/media/flv'
import { AGGREGATE, USER_CONTROL } from '../../../server/media/rtmp-chunks'
import { advance, controlClock } from '../../support/clock'
import {
  audioConfig,
  audioFrame,
  keyFrame,
  publishRtmp,
  publishWs,
  RtmpClient,
  videoConfig,
} from '../../support/media-client'
import { until } from '../../support/until'
import { startBystander } from './bystander'
import { type Engine, startEngine } from './engine'

const STREAM = { cid: 7, uid: 42 }
const LIMITS = { messageRate: 1_000, messageBurst: 500, messagesBeforeAdmission: 20, bytesBeforeAdmission: 8_192 }
const MANY = 4_000
const PING = Buffer.from('000600000001', 'hex')

let engine: Engine
beforeEach(async () => {
  controlClock()
  engine = await startEngine({ limits: LIMITS })
})
afterEach(() => engine.close())

/** Received frames of the flooding publisher. */
const received = (): number =>
  engine.tags.filter(({ publication, tag }) => publication.name.cid === STREAM.cid && tag.payload[1] === 1).length

test.each(['rtmp', 'ws'] as const)(
  'a publisher over %s that sends thousands of frames at once is read at its rate',
  async (protocol) => {
    const bystander = await startBystander(engine)
    const url = engine.push(STREAM, protocol)
    const publisher = protocol === 'rtmp' ? await publishRtmp(url) : await publishWs(url)
    publisher.sendTag(audioConfig())
    for (let at = 0; at < MANY; at++) publisher.sendTag(audioFrame(at * 21))
    await until(() => received() > LIMITS.messageBurst / 2, 'the first frames')
    await bystander.check()
    expect(received()).toBeLessThanOrEqual(LIMITS.messageBurst)
    await until(async () => {
      await advance(100)
      return received() === MANY
    }, 'all frames')
    await bystander.check()
    expect(engine.limits).toContain('publisher-rate')
    publisher.close()
  },
)

test.each(['rtmp', 'ws'] as const)(
  'a publisher over %s above the bit rate is read at that rate, and loses nothing',
  async (protocol) => {
    await engine.close()
    // 10 KB a second, 100 KB burst.
    engine = await startEngine({ limits: { bitRate: 80_000 } })
    const url = engine.push(STREAM, protocol)
    const publisher = protocol === 'rtmp' ? await publishRtmp(url) : await publishWs(url)
    publisher.sendTag(videoConfig())
    for (let at = 0; at < 30; at++) publisher.sendTag(keyFrame(at * 40, 10_000))
    await until(() => engine.limits.includes('publisher-rate'), 'the limit')
    expect(received()).toBeLessThanOrEqual(11)
    await until(async () => {
      await advance(1_000)
      return received() === 30
    }, 'all frames')
    publisher.close()
  },
)

test('frames of an aggregate count one by one', async () => {
  const publisher = await publishRtmp(engine.push(STREAM))
  publisher.sendTag(audioConfig())
  const frames = Array.from({ length: MANY }, (_, at) => audioFrame(at * 21))
  const payload = Buffer.concat(frames.map(({ type, timestamp, payload: body }) => writeFlvTag(type, timestamp, body)))
  publisher.send(AGGREGATE, payload)
  await until(() => received() > LIMITS.messageBurst / 2, 'the first frames')
  expect(received()).toBeLessThanOrEqual(LIMITS.messageBurst)
  await until(async () => {
    await advance(100)
    return received() === MANY
  }, 'all frames')
  publisher.close()
})

test('pings of a publisher are answered within its budget', async () => {
  const bystander = await startBystander(engine)
  const client = await publishRtmp(engine.push(STREAM))
  const answers = (): number => client.messages.items.filter(({ type }) => type === USER_CONTROL).length
  for (let at = 0; at < MANY; at++) client.send(USER_CONTROL, PING)
  await until(() => answers() > LIMITS.messageBurst / 2, 'the first answers')
  await bystander.check()
  expect(answers()).toBeLessThanOrEqual(LIMITS.messageBurst)
  client.close()
})

test.each<[string, (client: RtmpClient) => void]>([
  ['pings', (client) => client.send(USER_CONTROL, PING)],
  ['empty commands', (client) => client.send(20, Buffer.alloc(0))],
  ['frames', (client) => client.sendTag(audioFrame(0))],
  ['commands that are answered', (client) => client.command('createStream', 2, null)],
])('a connection is closed after too many %s before it publishes or plays', async (_, send) => {
  const bystander = await startBystander(engine)
  const client = await RtmpClient.open(engine.media.rtmpPort)
  client.socket.on('error', () => {})
  for (let at = 0; at <= LIMITS.messagesBeforeAdmission; at++) send(client)
  await client.tags.closed()
  expect(engine.limits).toEqual(['before-admission'])
  await bystander.check()
})

test('a connection is closed after too many bytes before it publishes or plays', async () => {
  const client = await RtmpClient.open(engine.media.rtmpPort)
  client.socket.on('error', () => {})
  for (let at = 0; at < 3; at++) client.send(USER_CONTROL, Buffer.alloc(4_000))
  await client.tags.closed()
})
