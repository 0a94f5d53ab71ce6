import { connect } from 'node:net'
import { type AmfValue, encodeAmf } from '../../../server/media/amf0'
import { AMF0_COMMAND, encodeMessage } from '../../../server/media/rtmp-chunks'
import type { StreamName } from '../../../server/media/types'
import { parseRtmpUrl, publishRtmp, publishWs, RtmpClient, syntheticStream } from '../../support/media-client'
import { until } from '../../support/until'
import { startBystander } from './bystander'
import { type Engine, startEngine } from './engine'

const STREAM: StreamName = { cid: 7, uid: 42 }

let engine: Engine
let errors: object[]
beforeEach(async () => {
  errors = []
  const logger = { info() {}, warn() {}, error: (about: object) => void errors.push(about) }
  engine = await startEngine({ logger })
})
afterEach(async () => {
  // Bad input is expected; a fault of ours is not.
  expect(errors).toEqual([])
  await engine.close()
})

/** A command as a publisher sends it. */
function command(...values: AmfValue[]): Buffer {
  const payload = encodeAmf(...values)
  return encodeMessage({ type: AMF0_COMMAND, timestamp: 0, streamId: 0, payload }, 128)
}

/** A small seeded generator: a failure can be run again. */
function* random(seed: number): Generator<number, never> {
  for (let state = seed >>> 0; ;) {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    yield ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** All bytes that an honest RTMP publisher sends after the handshake. */
function honestSession(engine: Engine, name: StreamName): Buffer {
  const { stream } = parseRtmpUrl(engine.push(name))
  const tags = [...syntheticStream({ duration: 300 })]
  return Buffer.concat([
    command('connect', 1, { app: 'live', tcUrl: 'rtmp://x/live', nested: { list: [1, 'a', null] } }),
    command('createStream', 2, null),
    command('publish', 3, null, stream, 'live'),
    ...tags.map((tag) => encodeMessage({ ...tag, streamId: 1 }, 128)),
  ])
}

describe('fuzz', () => {
  const SESSIONS = 150
  test.each([1, 2, 3])('%s: mutated sessions leave the server and another stream unharmed', async (seed) => {
    const bystander = await startBystander(engine)
    const next = random(seed)
    const upTo = (limit: number) => Math.floor(next.next().value * limit)
    for (let session = 0; session < SESSIONS; session++) {
      const bytes = honestSession(engine, { cid: 9, uid: 1 + (session % 5) })
      for (let change = 1 + upTo(8); change > 0; change--) bytes[upTo(bytes.length)] = upTo(256)
      const client = await RtmpClient.open(engine.media.rtmpPort)
      client.socket.on('error', () => {})
      const cut = upTo(4) === 0 ? upTo(bytes.length) : bytes.length
      const middle = upTo(cut)
      client.socket.write(bytes.subarray(0, middle))
      client.socket.end(bytes.subarray(middle, cut))
      if (session % 30 === 0) await bystander.check()
    }
    await bystander.check()
    await until(() => engine.media.stats().length === 1, 'all fuzzed streams to end')
  })

  test('random bytes at every door', async () => {
    const bystander = await startBystander(engine)
    const next = random(7)
    const noise = (length: number) => Buffer.from(Array.from({ length }, () => Math.floor(next.next().value * 256)))
    for (let round = 0; round < 60; round++) {
      const raw = connect(engine.media.rtmpPort, '127.0.0.1').resume()
      raw.on('error', () => {})
      raw.end(round % 2 ? noise(5000) : Buffer.concat([Buffer.of(3), noise(5000)]))
      const client = await RtmpClient.open(engine.media.rtmpPort)
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
  })
})
