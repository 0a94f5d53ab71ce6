import { once } from 'node:events'
import { decodeAmf, encodeAmf, encodeAmfMetadata } from '../../../server/media/amf0'
import { DEFAULT_LIMITS } from '../../../server/media/limits'
import { USER_CONTROL, type RtmpMessage } from '../../../server/media/rtmp-chunks'
import type { Publication, StreamName } from '../../../server/media/types'
import {
  audioConfig,
  audioFrame,
  frame,
  isConfig,
  isKeyFrame,
  isVideoFrame,
  keyFrame,
  playHttp,
  playRtmp,
  playWs,
  publishRtmp,
  publishWs,
  syntheticStream,
  type TestTag,
  videoConfig,
} from '../../support/media-client'
import { advance, controlClock } from '../../support/clock'
import { until } from '../../support/until'
import { type Engine, startEngine } from './engine'

const STREAM: StreamName = { cid: 7, uid: 42 }

let engine: Engine
beforeEach(async () => {
  controlClock()
  engine = await startEngine()
})
afterEach(() => engine.close())

/** A ping request of the service. */
const isRequest = ({ type, payload }: RtmpMessage): boolean => type === USER_CONTROL && payload.readUInt16BE(0) === 6

const publishers = {
  rtmp: (name: StreamName) => publishRtmp(engine.push(name)),
  ws: (name: StreamName) => publishWs(engine.push(name, 'ws')),
}
const players = {
  rtmp: (name: StreamName) => playRtmp(engine.play(name)),
  http: (name: StreamName) => playHttp(engine.play(name, 'http')),
  ws: (name: StreamName) => playWs(engine.play(name, 'ws')),
}
/** A frame with filler of some size. */
const isPadded = (tag: TestTag) => isVideoFrame(tag) && tag.payload.length > 77
const isMedia = (tag: TestTag) => tag.type !== 18
const hex = (tags: TestTag[]) => tags.map(({ payload }) => payload.toString('hex'))
const timesOf = (type: number, tags: TestTag[]) => tags.filter((tag) => tag.type === type).map((tag) => tag.timestamp)

describe.each(['rtmp', 'ws'] as const)('a stream published over %s', (pushProtocol) => {
  test.each(['rtmp', 'http', 'ws'] as const)('is played over %s, byte for byte and in order', async (playProtocol) => {
    const player = await players[playProtocol](STREAM)
    const publisher = await publishers[pushProtocol](STREAM)
    const sent = [...syntheticStream({ duration: 1000, from: 5000, padding: 3000 })]
    for (const tag of sent) publisher.sendTag(tag)

    const received = (await player.tags.collect(sent.length, isMedia)).filter(isMedia)
    expect(hex(received)).toEqual(hex(sent))
    const clock = sent.map(({ timestamp }) => timestamp - 5000)
    expect(received.map(({ timestamp }) => timestamp)).toEqual(clock)
    publisher.close()
    player.close()
  })
})

test('relays frames of any size, larger than a chunk and larger than a socket buffer', async () => {
  const player = await players.rtmp(STREAM)
  const other = await players.http(STREAM)
  const publisher = await publishers.rtmp(STREAM)
  const sent = [audioConfig(), videoConfig(), keyFrame(0, 60_000 - 100), frame(40, 1, 130_000), frame(80, 2, 1_500_000)]
  for (const tag of sent) publisher.sendTag(tag)
  expect(hex(await player.tags.collect(5, isMedia))).toEqual(hex(sent))
  expect(hex(await other.tags.collect(5, isMedia))).toEqual(hex(sent))
})

test.each(['rtmp', 'http', 'ws'] as const)(
  'a viewer who joins over %s starts at the last key frame at once',
  async (p) => {
    const publisher = await publishers.rtmp(STREAM)
    const sent = [...syntheticStream({ duration: 2500, from: 100 })]
    for (const tag of sent) publisher.sendTag(tag)
    await until(() => engine.tags.length === sent.length, 'all tags in the engine')

    // Nothing more is published: what follows is from the cache.
    const player = await players[p](STREAM)
    const lastGop = sent.slice(sent.findLastIndex(isKeyFrame))
    const received = await player.tags.collect(2 + lastGop.length, isMedia)
    expect(received.slice(0, 2).map(({ type }) => type)).toEqual([8, 9])
    expect(received.slice(0, 2).every(isConfig)).toBe(true)
    expect(hex(received.slice(2))).toEqual(hex(lastGop))
    // No jump from the configurations to the frames: some players take the first tag for the start.
    expect(received[1]?.timestamp).toBe(received[2]?.timestamp)
  },
)

test('tells proxies over HTTP not to buffer', async () => {
  const stopped = new AbortController()
  const { headers } = await fetch(engine.play(STREAM, 'http'), { signal: stopped.signal })
  expect([headers.get('x-accel-buffering'), headers.get('cache-control')]).toEqual(['no', 'no-store'])
  stopped.abort()
})

test('sends audio but no video before the next key frame if there is none in the cache', async () => {
  const small = await startEngine({ limits: { gopTags: 3 } })
  const publisher = await publishRtmp(small.push(STREAM))
  const before = [audioConfig(), videoConfig(), keyFrame(0), frame(60, 1), frame(120, 2), frame(180, 3)]
  for (const tag of before) publisher.sendTag(tag)
  await until(() => small.tags.length === before.length)
  const player = await playHttp(small.play(STREAM, 'http'))
  await until(() => small.media.stats()[0]?.viewers === 1)
  for (const tag of [frame(240, 4), audioFrame(250), frame(300, 5), keyFrame(360), frame(420, 1)])
    publisher.sendTag(tag)
  const received = await player.tags.collect(5, isMedia)
  expect(received.map(({ timestamp }) => timestamp).slice(2)).toEqual([250, 360, 420])
  await small.close()
})

test('sends no old video to a viewer that joins while the publisher has lost its network', async () => {
  const publisher = await publishers.rtmp(STREAM)
  const before = [audioConfig(), videoConfig(), keyFrame(0), frame(60, 1)]
  for (const tag of before) publisher.sendTag(tag)
  await until(() => engine.tags.length === before.length)
  await advance(DEFAULT_LIMITS.gopAge)
  const early = await players.http(STREAM)
  expect(hex((await early.tags.collect(4, isMedia)).slice(2))).toEqual(hex([keyFrame(0), frame(60, 1)]))
  await advance(1)
  const player = await players.http(STREAM)
  await until(() => engine.media.stats()[0]?.viewers === 2)
  for (const tag of [frame(5_000, 2), audioFrame(5_010), keyFrame(5_060), frame(5_120, 1)]) publisher.sendTag(tag)
  const received = await player.tags.collect(5, isMedia)
  expect(hex(received.slice(2))).toEqual(hex([audioFrame(5_010), keyFrame(5_060), frame(5_120, 1)]))
})

test("sends the publisher's metadata, but not its claims about tracks", async () => {
  const player = await players.http(STREAM)
  const publisher = await publishers.rtmp(STREAM)
  const metadata = { width: 64, encoder: 'test', hasAudio: true, hasVideo: true, nested: { a: 1 } }
  publisher.send(18, encodeAmf('@setDataFrame', 'onMetaData', metadata))
  for (const tag of [audioConfig(), videoConfig(), keyFrame(0)]) publisher.sendTag(tag)
  const [first] = await player.tags.collect(4)
  expect(decodeAmf(first?.payload ?? Buffer.alloc(0))).toEqual(['onMetaData', { width: 64, encoder: 'test' }])
})

test('ignores metadata with unusually long keys and texts, and continues', async () => {
  const player = await players.http(STREAM)
  const publisher = await publishers.rtmp(STREAM)
  // Broken UTF-8: each byte becomes three when it is written again.
  const [key, value] = [Buffer.alloc(23_000, 0xff), Buffer.from([0, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0])]
  const length = Buffer.from([key.length >> 8, key.length & 0xff])
  const head = encodeAmf('onMetaData')
  const end = Buffer.from([0, 0, 9])
  publisher.send(18, Buffer.concat([head, Buffer.from([8, 0, 0, 0, 1]), length, key, value, end]))
  publisher.send(18, encodeAmf('@setDataFrame', 'onMetaData', { width: 64, encoder: 'x'.repeat(5_000) }))
  for (const tag of [audioConfig(), videoConfig(), keyFrame(0)]) publisher.sendTag(tag)
  const tags = await player.tags.collect(4)
  const told = tags.filter(({ type }) => type === 18).map(({ payload }) => decodeAmf(payload))
  expect(told.at(-1)).toEqual(['onMetaData', { width: 64 }])
  expect(publisher.tags.closedBecause).toBeNull()
})

/** The track bits of the header that a viewer of such a stream gets. */
async function flags(tags: TestTag[], metadata?: object) {
  const player = await players.http(STREAM)
  const publisher = await publishers.ws(STREAM)
  if (metadata) {
    publisher.sendTag({ type: 18, timestamp: 0, payload: encodeAmfMetadata('onMetaData', { ...metadata }) })
  }
  for (const tag of tags) publisher.sendTag(tag)
  await until(() => player.header !== null, 'the header')
  return player.header?.[4]
}

describe('the FLV header', () => {
  test('announces both tracks once both were seen', async () => {
    expect(await flags([audioConfig(), videoConfig(), keyFrame(0)])).toBe(5)
  })
  test('announces audio only if the metadata excludes video', async () => {
    expect(await flags([audioConfig(), audioFrame(0)], { audiocodecid: 10 })).toBe(4)
  })
  test('announces video only if the metadata excludes audio', async () => {
    expect(await flags([videoConfig(), keyFrame(0)], { hasAudio: false, hasVideo: true })).toBe(1)
  })
  test('waits for the second track for a limited time', async () => {
    const player = await players.http(STREAM)
    const publisher = await publishers.rtmp(STREAM)
    publisher.sendTag(audioConfig())
    publisher.sendTag(audioFrame(0))
    await until(() => engine.tags.length === 2)
    await advance(999)
    publisher.sendTag(audioFrame(999))
    await until(() => engine.tags.length === 3)
    expect(engine.media.stats()).toMatchObject([{ bytesOut: 0 }])
    await advance(1)
    publisher.sendTag(audioFrame(1_000))
    await until(() => player.header !== null, 'the header')
    expect(player.header?.[4]).toBe(4)
  })
  test('does not stay wrong: a viewer is disconnected when an unannounced track appears', async () => {
    const player = await players.http(STREAM)
    const rtmp = await players.rtmp(STREAM)
    const publisher = await publishers.rtmp(STREAM)
    publisher.send(18, encodeAmf('onMetaData', { audiocodecid: 10 }))
    for (const tag of [audioConfig(), audioFrame(0)]) publisher.sendTag(tag)
    await player.tags.find((tag) => tag.type === 8)
    for (const tag of [videoConfig(), keyFrame(40)]) publisher.sendTag(tag)
    await player.tags.closed()
    expect(engine.events).toContain('stop 7-42 http-flv: the tracks changed')
    await rtmp.tags.find(isKeyFrame)
    const again = await players.http(STREAM)
    await again.tags.find(isKeyFrame)
    expect(again.header?.[4]).toBe(5)
  })
})

const unpublished = () => engine.events.filter((event) => event.startsWith('unpublish'))

describe('the publisher of a stream', () => {
  test.each(['rtmp', 'ws'] as const)(
    'is replaced by a newer one over %s; the viewers stay and see no step back',
    async (p) => {
      const player = await players.http(STREAM)
      const first = await publishers.rtmp(STREAM)
      for (const tag of syntheticStream({ duration: 500, from: 90_000 })) first.sendTag(tag)
      await player.tags.collect(10, isMedia)
      const second = await publishers[p](STREAM)
      if ('commands' in first) expect((await first.status(/BadName/)).description).toBe('replaced by a newer publisher')

      const sent = [...syntheticStream({ duration: 500, from: 10, padding: 77 })]
      for (const tag of sent) second.sendTag(tag)
      await player.tags.collect(sent.filter(isVideoFrame).length, isPadded)
      expect(player.tags.closedBecause).toBeNull()
      for (const type of [8, 9]) {
        const times = timesOf(type, player.tags.items)
        expect(times).toEqual(times.toSorted((a, b) => a - b))
      }
      expect(engine.events).toEqual([
        'play 7-42 http-flv',
        'publish 7-42 rtmp',
        'unpublish 7-42: replaced by a newer publisher',
        `publish 7-42 ${p === 'ws' ? 'ws-flv' : 'rtmp'}`,
      ])
      const publications = new Set(engine.tags.map(({ publication }) => publication))
      expect(publications.size).toBe(2)
    },
  )

  test('sends a key frame first to viewers of the previous publication', async () => {
    const player = await players.rtmp(STREAM)
    const first = await publishers.rtmp(STREAM)
    for (const tag of [videoConfig(), keyFrame(0)]) first.sendTag(tag)
    await player.tags.collect(2)
    const second = await publishers.rtmp(STREAM)
    for (const tag of [videoConfig(), frame(40, 3), frame(80, 4), keyFrame(120)]) second.sendTag(tag)
    const received = await player.tags.collect(4)
    expect(received.map(isKeyFrame)).toEqual([false, true, false, true])
  })

  test('is identified by name and start in the events', async () => {
    const before = Date.now()
    const publisher = await publishers.ws(STREAM)
    for (const tag of [audioConfig(), videoConfig(), keyFrame(3000), audioFrame(2990)]) publisher.sendTag(tag)
    await until(() => engine.tags.length === 4)
    expect(engine.tags.map(({ tag }) => tag.kind)).toEqual(['audio-config', 'video-config', 'video-key', 'audio'])
    const publication: Publication | undefined = engine.tags[0]?.publication
    expect(publication).toMatchObject({ name: STREAM, protocol: 'ws-flv' })
    expect(publication?.startedAt).toBeGreaterThanOrEqual(before)
    publisher.close()
    await until(() => engine.events.includes('unpublish 7-42: the connection closed'))
    expect(engine.media.stats()).toEqual([])
  })

  test('is disconnected when it is silent, over RTMP and over WebSocket', async () => {
    const silent = { rtmp: await publishers.rtmp(STREAM), ws: await publishers.ws({ cid: 7, uid: 43 }) }
    const alive = { rtmp: await publishers.rtmp({ cid: 7, uid: 44 }), ws: await publishers.ws({ cid: 7, uid: 45 }) }
    const send = async (tag: TestTag) => {
      const before = engine.tags.length
      for (const publisher of Object.values(alive)) publisher.sendTag(tag)
      await until(() => engine.tags.length === before + 2, 'what was sent')
    }
    // They do not answer.
    for (const { ws } of [silent.ws, alive.ws]) ws.pause()
    const { publisherIdleTime } = DEFAULT_LIMITS
    await send(audioConfig())
    await advance(publisherIdleTime - 1)
    expect(unpublished()).toEqual([])
    await send(audioFrame(0))
    await advance(1)
    const [of42, of43] = ['unpublish 7-42: the publisher sends no data', 'unpublish 7-43: the publisher sends no data']
    expect(unpublished().toSorted()).toEqual([of42, of43])
    expect((await silent.rtmp.status(/BadName/)).description).toBe('the publisher sends no data')
    expect(await silent.rtmp.tags.closed()).toBeTruthy()
    silent.ws.ws.resume()
    expect(await silent.ws.inbox.closed()).toBe('the publisher sends no data')

    // Publishers that sent something have their time from then on.
    await advance(publisherIdleTime - 2)
    expect(unpublished()).toHaveLength(2)
    await advance(1)
    expect(unpublished()).toHaveLength(4)
  })

  test('that sends no frames stays while it answers, over RTMP and over WebSocket', async () => {
    const { publisherIdleTime } = DEFAULT_LIMITS
    const rtmp = await publishers.rtmp(STREAM)
    const silent = await publishers.ws({ cid: 7, uid: 43 })
    const { ws } = silent
    for (const publisher of [rtmp, silent]) publisher.sendTag(audioConfig())
    await until(() => engine.tags.length === 2, 'what was sent')
    for (let count = 1; count <= 4; count++) {
      const asked = once(ws, 'ping')
      await advance(publisherIdleTime / 2)
      await asked
      const request = (await rtmp.messages.collect(count, isRequest)).at(-1)
      rtmp.send(USER_CONTROL, Buffer.concat([Buffer.of(0, 7), request?.payload.subarray(2) ?? Buffer.alloc(4)]), 0, 0)
      // The answers of the service to these show that it has read the answers to its own.
      await rtmp.call('getStreamLength', null)
      const answered = once(ws, 'pong')
      ws.ping()
      await answered
    }
    expect(unpublished()).toEqual([])
  })
})

test('sends repeated configurations once, changed ones always', async () => {
  const player = await players.rtmp(STREAM)
  const publisher = await publishers.rtmp(STREAM)
  const turned = videoConfig()
  // Another level, in the configuration's picture parameters.
  turned.payload[5 + 8 + 3] = 0x1e
  for (const tag of [videoConfig(), keyFrame(0), videoConfig(), keyFrame(40), turned, keyFrame(80)])
    publisher.sendTag(tag)
  const received = await player.tags.collect(5)
  expect(received.map((tag) => (isKeyFrame(tag) ? 'key' : 'config'))).toEqual(['config', 'key', 'key', 'config', 'key'])
})

describe('dropping', () => {
  test('a stream disconnects its publisher and viewers only', async () => {
    const other: StreamName = { cid: 7, uid: 43 }
    const [publisher, viewer, http, ws] = await Promise.all([
      publishers.rtmp(STREAM),
      players.rtmp(STREAM),
      players.http(STREAM),
      players.ws(STREAM),
    ])
    const kept = await players.ws(other)
    engine.media.dropStream(STREAM, 'the call has ended')
    await Promise.all([publisher.tags.closed(), viewer.tags.closed(), http.tags.closed()])
    expect(await ws.tags.closed()).toBe('the call has ended')
    expect(engine.events).toContain('unpublish 7-42: the call has ended')
    expect(engine.media.stats()).toEqual([expect.objectContaining({ name: other, viewers: 1 })])
    expect(kept.tags.closedBecause).toBeNull()
  })

  test('a call disconnects all its streams', async () => {
    const names = [1, 2, 3].map((uid) => ({ cid: 7, uid }))
    const out = await Promise.all(names.map((name) => publishers.ws(name)))
    const kept = await publishers.ws({ cid: 8, uid: 1 })
    engine.media.dropCall(7, 'the call has ended')
    for (const publisher of out) expect(await publisher.inbox.closed()).toBe('the call has ended')
    expect(kept.inbox.closedBecause).toBeNull()
    expect(engine.media.stats()).toHaveLength(1)
  })
})

test('counts input and output', async () => {
  const player = await players.http(STREAM)
  const publisher = await publishers.ws(STREAM)
  const sent = [audioConfig(), videoConfig(), keyFrame(0, 1000)]
  for (const tag of sent) publisher.sendTag(tag)
  await player.tags.collect(3)
  const [stats] = engine.media.stats()
  expect(stats).toMatchObject({ name: STREAM, protocol: 'ws-flv', viewers: 1, droppedTags: 0 })
  expect(stats?.bytesIn).toBe(sent.reduce((sum, { payload }) => sum + payload.length, 0))
  expect(stats?.bytesOut).toBe(13 + sent.reduce((sum, { payload }) => sum + payload.length + 15, 0))
})

test('isolates a listener that throws', async () => {
  engine.media.on('tag', () => {
    throw new Error('a recorder without a disk')
  })
  const player = await players.rtmp(STREAM)
  const publisher = await publishers.rtmp(STREAM)
  for (const tag of [videoConfig(), keyFrame(0), keyFrame(40)]) publisher.sendTag(tag)
  await player.tags.collect(3)
})
