import { once } from 'node:events'
import { connect } from 'node:net'
import { type AmfValue, encodeAmf } from '../../../server/media/amf0'
import { writeFlvTag } from '../../../server/media/flv'
import { DEFAULT_CONNECTION_LIMITS } from '../../../server/connections'
import { AMF0_COMMAND, encodeMessage } from '../../../server/media/rtmp-chunks'
import type { StreamName } from '../../../server/media/types'
import { advance, controlClock } from '../../support/clock'
import { parseRtmpUrl, playHttp, publishRtmp, publishWs, RtmpClient, syntheticStream } from '../../support/media-client'
import { Chance, SEED } from '../../support/random'
import { until } from '../../support/until'
import { startBystander } from './bystander'
import { type Engine, startEngine } from './engine'

const STREAM: StreamName = { cid: 7, uid: 42 }

let engine: Engine
let errors: object[]
beforeEach(async () => {
  controlClock()
  errors = []
  const logger = { info() {}, warn() {}, error: (about: object) => void errors.push(about) }
  engine = await startEngine({ logger })
})
afterEach(async () => {
  // Bad input is expected; a fault of the engine is not.
  expect(errors).toEqual([])
  await engine.close()
})

const open = () => RtmpClient.open(engine.media.rtmpPort)

/** The attacker is disconnected, without effect on others. */
async function rejects(attack: (client: RtmpClient) => void, admitted = true) {
  const bystander = await startBystander(engine)
  const client = admitted ? await publishRtmp(engine.push(STREAM)) : await open()
  attack(client)
  await client.tags.closed()
  await bystander.check()
  expect(engine.media.stats()).toHaveLength(1)
}

/** Begins a message. */
function header(chunkStream: number, length: number, type = 9) {
  const bytes = Buffer.alloc(12)
  bytes[0] = chunkStream
  bytes.writeUIntBE(length, 4, 3)
  bytes[7] = type
  return bytes
}

/** AMF objects nested in objects under empty keys. */
function deepAmf(depth: number): Buffer {
  return Buffer.alloc(3 * depth, Buffer.of(3, 0, 0))
}

describe('messages that crashed another server', () => {
  test('connect with an invalid tcUrl', async () => {
    for (const tcUrl of ['', '::::', 'rtmp://[', 5, null, { a: 1 }]) {
      const client = await open()
      await client.call('connect', { app: 'live', tcUrl })
      client.close()
    }
  })

  test('connect with null as object, without one, or without an app', async () => {
    for (const values of [[null], [], [{}], [{ app: 7 }], [{ app: null }], [['live']], ['live']]) {
      const client = await open()
      client.command('connect', 1, ...values)
      await client.tags.closed()
    }
  })

  test.each(['publish', 'play'])('%s with null for the name, without one, or before connect', async (action) => {
    for (const values of [[null, null], [null], [], [null, 5], [null, { a: 1 }], [null, ['7-42']]]) {
      const client = await RtmpClient.connect(engine.push(STREAM))
      client.command(action, 0, ...values)
      await client.tags.closed()
    }
    const early = await open()
    early.command(action, 0, null, '7-42')
    await early.tags.closed()
    expect(engine.media.stats()).toEqual([])
  })

  test('empty and one-byte audio, video and data messages: the stream continues', async () => {
    const player = await playHttp(engine.play(STREAM, 'http'))
    const publisher = await publishRtmp(engine.push(STREAM))
    const ws = await publishWs(engine.push({ cid: 7, uid: 43 }, 'ws'))
    for (const type of [8, 9, 18, 15, 20, 17, 22, 2, 3, 4, 5, 6, 16, 19, 0, 255]) publisher.send(type, Buffer.alloc(0))
    for (const type of [8, 9, 18]) publisher.send(type, Buffer.of(type === 9 ? 0x17 : 0xaf))
    for (const type of [8, 9, 18] as const) ws.sendTag({ type, timestamp: 0, payload: Buffer.alloc(0) })
    const sent = [...syntheticStream({ duration: 200 })]
    for (const tag of sent) publisher.sendTag(tag)
    for (const tag of sent) ws.sendTag(tag)
    await player.tags.collect(sent.length)
    await until(() => engine.tags.length === 2 * sent.length)
  })
})

describe('a connection that breaks a limit is closed without effect on others:', () => {
  test('a message above the maximum size', () => rejects((client) => client.socket.write(header(6, 3_000_000))))
  test('a large message before admission', () => rejects((client) => client.socket.write(header(6, 70_000)), false))
  test('too many chunk streams', () =>
    rejects((client) => {
      for (let id = 3; id < 60; id++) client.socket.write(Buffer.concat([header(id, 1), Buffer.alloc(1)]))
    }))
  test('too many bytes in incomplete messages', () =>
    rejects((client) => {
      for (let id = 10; id < 20; id++) client.socket.write(Buffer.concat([header(id, 2_000_000), Buffer.alloc(128)]))
    }))
  test('a message interrupted by another one on its chunk stream', () =>
    rejects((client) => client.socket.write(Buffer.concat([header(6, 200), Buffer.alloc(128), header(6, 200)]))))
  test('a chunk stream that begins without a full header', () =>
    rejects((client) => client.socket.write(Buffer.of(0xc7, 0, 0, 0))))
  test('a chunk size of 0', () => rejects((client) => client.send(1, Buffer.alloc(4))))
  test('values nested too deeply', () =>
    rejects((client) => client.send(20, Buffer.concat([encodeAmf('connect', 1), deepAmf(5000)])), false))
  test('an array with a huge declared size', () =>
    rejects(
      (client) => client.send(20, Buffer.concat([encodeAmf('connect', 1), Buffer.from('0affffffff', 'hex')])),
      false,
    ))
  test('a nested aggregate', () => rejects((client) => client.send(22, Buffer.from('1600000000000000000000', 'hex'))))
  test('a truncated aggregate', () =>
    rejects((client) => client.send(22, Buffer.from('0900000900000000000000', 'hex'))))
  test('a codec that members cannot play', () =>
    rejects((client) => client.send(9, Buffer.from('220000000000', 'hex'))))
  test('another version of the handshake', async () => {
    const socket = connect(engine.media.rtmpPort, '127.0.0.1').resume()
    socket.write(Buffer.of(6))
    await once(socket, 'close')
  })

  test('a client that connects and then waits', async () => {
    const silent = connect(engine.media.rtmpPort, '127.0.0.1').resume()
    await once(silent, 'connect')
    const client = await open()
    const publisher = await publishRtmp(engine.push(STREAM))
    await advance(DEFAULT_CONNECTION_LIMITS.pendingTime - 1)
    await client.call('connect', { app: 'live' })
    expect(silent.destroyed).toBe(false)
    const ends = Promise.all([client.tags.closed(), once(silent, 'close')])
    await advance(1)
    await ends
    await publisher.call('createStream', null)
  })

  test('a client that sends requests but never reads', async () => {
    const limits = { viewerPending: 500_000, gopBytes: 500_000 }
    const strict = await startEngine({ limits })
    const client = await RtmpClient.open(strict.media.rtmpPort)
    client.socket.pause()
    client.socket.on('error', () => {})
    const ping = encodeMessage({ type: 4, timestamp: 0, streamId: 0, payload: Buffer.from('000600000001', 'hex') })
    const pings = Buffer.concat(Array.from({ length: 4000 }, () => ping))
    const before = process.memoryUsage().rss
    while (client.tags.closedBecause === null) {
      if (client.socket.writableLength < 4e6) client.socket.write(pings)
      await advance(100)
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(300e6)
    await strict.close()
  })
})

describe('a publisher over WebSocket', () => {
  const cases: Record<string, Buffer | string> = {
    text: 'hello',
    'no FLV': Buffer.alloc(64, 0x41),
    'an unknown tag type': Buffer.alloc(32, 0x03),
    'a tag that is too large': Buffer.from('09ffffff00000000000000', 'hex'),
  }
  test.each(Object.entries(cases))('that sends %s is disconnected with the reason', async (kind, bytes) => {
    const bystander = await startBystander(engine)
    const publisher = await publishWs(engine.push(STREAM, 'ws'))
    publisher.sendRaw(bytes)
    expect(await publisher.inbox.closed()).toMatch(kind === 'text' ? /binary/ : /^FLV: /)
    await bystander.check()
  })

  test('may split its bytes anywhere', async () => {
    const publisher = await publishWs(engine.push(STREAM, 'ws'))
    const sent = [...syntheticStream({ duration: 300 })]
    const bytes = Buffer.concat(sent.map(({ type, timestamp, payload }) => writeFlvTag(type, timestamp, payload)))
    for (let at = 0; at < bytes.length; at += 7) publisher.sendRaw(bytes.subarray(at, at + 7))
    await until(() => engine.tags.length === sent.length)
    const payloads = engine.tags.map(({ tag }) => tag.payload.toString('hex'))
    expect(payloads).toEqual(sent.map(({ payload }) => payload.toString('hex')))
  })
})

/** `ROUNDS=20`: many more random sessions. */
const ROUNDS = Number(process.env['ROUNDS'] ?? 1)
/** Timeout of a test per round, ms. */
const LIMIT = 20_000 * ROUNDS

/** A command as a publisher sends it. */
const command = (...values: AmfValue[]) =>
  encodeMessage({ type: AMF0_COMMAND, timestamp: 0, streamId: 0, payload: encodeAmf(...values) }, 128)

/** All bytes that an honest RTMP publisher sends after the handshake. */
function honestSession(name: StreamName): Buffer {
  const { stream } = parseRtmpUrl(engine.push(name))
  return Buffer.concat([
    command('connect', 1, { app: 'live', tcUrl: 'rtmp://x/live', nested: { list: [1, 'a', null] } }),
    command('createStream', 2, null),
    command('publish', 3, null, stream, 'live'),
    ...[...syntheticStream({ duration: 300 })].map((tag) => encodeMessage({ ...tag, streamId: 1 }, 128)),
  ])
}

describe(`random input (seed ${SEED})`, () => {
  const chance = new Chance(SEED)
  const noise = (length: number) => Buffer.from(Array.from({ length }, () => chance.below(256)))

  test(
    'mutated sessions leave the server and another stream unharmed',
    async () => {
      const bystander = await startBystander(engine)
      const honest = [1, 2, 3, 4, 5].map((uid) => honestSession({ cid: 9, uid }))
      for (let session = 0; session < 75 * ROUNDS; session++) {
        const bytes = Buffer.from(honest[session % honest.length] ?? '')
        for (let change = 1 + chance.below(8); change > 0; change--)
          bytes[chance.below(bytes.length)] = chance.below(256)
        const client = await open()
        client.socket.on('error', () => {})
        const cut = chance.below(4) === 0 ? chance.below(bytes.length) : bytes.length
        const middle = chance.below(cut)
        client.socket.write(bytes.subarray(0, middle))
        client.socket.end(bytes.subarray(middle, cut))
        if (session % 30 === 0) await bystander.check()
      }
      await bystander.check()
      await until(() => engine.media.stats().length === 1, 'all fuzzed streams to end')
    },
    LIMIT,
  )

  test(
    'random bytes at every entrance leave another stream unharmed',
    async () => {
      const bystander = await startBystander(engine)
      for (let round = 0; round < 10 * ROUNDS; round++) {
        const raw = connect(engine.media.rtmpPort, '127.0.0.1').resume()
        raw.on('error', () => {})
        raw.end(round % 2 ? noise(5000) : Buffer.concat([Buffer.of(3), noise(5000)]))
        const client = await open()
        client.socket.on('error', () => {})
        client.socket.end(noise(500))
        const admitted = await publishRtmp(engine.push(STREAM))
        admitted.socket.on('error', () => {})
        admitted.socket.end(noise(500))
        const ws = await publishWs(engine.push({ cid: 9, uid: 9 }, 'ws'))
        ws.sendRaw(Buffer.concat([Buffer.of(9, 0, 0, 60), noise(200)]))
        ws.close()
        const http = connect(Number(engine.authority.split(':')[1]), '127.0.0.1').resume()
        http.on('error', () => {})
        http.end(`GET /live/7-42.flv?${noise(30).toString('base64')} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n`)
      }
      await bystander.check()
      await until(() => engine.media.stats().length === 1, 'all fuzzed streams to end')
    },
    LIMIT,
  )
})
