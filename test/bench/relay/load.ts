/** The load generator, a process of its own: publishers and players over RTMP, and the delay of every tag between them. */
import { encodeMessage, SET_CHUNK_SIZE } from '../../../server/media/rtmp-chunks'
import { isKeyFrame, playHttp, playRtmp, publishRtmp, type RtmpClient, type TestTag } from '../../support/media-client'
import type { StreamUrls } from './engine'
import type { LoadNews, LoadOrder } from './load-orders'
import { configurations, stampOf, WeighedStream } from './weighed-stream'

/** As OBS and ffmpeg send; RTMP begins with 128. */
const CHUNK_SIZE = 4096
/** Tags still on the way when the time is up get this long to come. */
const LAST_ONES = 500
/** Joins begin anywhere between two key frames, which are a second apart: by the golden ratio they spread evenly. */
const GOP = 1000
const GOLDEN = 0.618

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const tell = (news: LoadNews): void => void process.send?.(news)

class Publisher {
  private readonly stream = new WeighedStream()
  private timer: NodeJS.Timeout | undefined
  /** Tags sent at this time and later are counted. */
  countFrom = Number.POSITIVE_INFINITY
  counted = 0

  private constructor(private readonly client: RtmpClient) {}

  static async open(url: string): Promise<Publisher> {
    const client = await publishRtmp(url)
    const size = Buffer.alloc(4)
    size.writeUInt32BE(CHUNK_SIZE)
    client.send(SET_CHUNK_SIZE, size, 0, 0)
    const publisher = new Publisher(client)
    configurations().forEach((tag) => publisher.send(tag))
    return publisher
  }

  /** Sends in real time, beginning after `delay` ms. */
  start(delay: number): void {
    const begin = performance.now() + delay
    const step = (): void => {
      for (let now = performance.now(); begin + this.stream.due <= now; now = performance.now()) {
        this.send(this.stream.next(now))
        if (now >= this.countFrom) this.counted++
      }
      this.timer = setTimeout(step, Math.max(0, begin + this.stream.due - performance.now()))
    }
    this.timer = setTimeout(step, delay)
  }

  close(): void {
    clearTimeout(this.timer)
    this.client.close()
  }

  private send({ type, timestamp, payload }: TestTag): void {
    this.client.socket.write(encodeMessage({ type, timestamp, streamId: 1, payload }, CHUNK_SIZE))
  }
}

async function relay(streams: readonly StreamUrls[], warmUp: number, duration: number): Promise<void> {
  const publishers: Publisher[] = []
  const players: RtmpClient[] = []
  const delays: number[] = []
  let [from, to] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (const { push, play } of streams) {
    publishers.push(await Publisher.open(push))
    const player = await playRtmp(play)
    player.onMedia = (message) => {
      const sentAt = stampOf(message)
      if (sentAt !== null && sentAt >= from && sentAt < to) delays.push(performance.now() - sentAt)
    }
    players.push(player)
  }
  // Spread over a frame's time, as independent phones are.
  publishers.forEach((publisher, index) => publisher.start((index / publishers.length) * (1000 / 15)))
  await pause(warmUp)
  from = performance.now()
  for (const publisher of publishers) publisher.countFrom = from
  tell({ kind: 'measuring' })
  await pause(duration)
  to = performance.now()
  const sent = publishers.reduce((sum, { counted }) => sum + counted, 0)
  await pause(LAST_ONES)
  for (const client of [...players, ...publishers]) client.close()
  tell({ kind: 'relayed', delays, missing: sent - delays.length })
}

async function join(push: string, play: string, joins: number): Promise<void> {
  const publisher = await Publisher.open(push)
  publisher.start(0)
  const begin = performance.now()
  await pause(1500)
  const open = play.startsWith('rtmp:') ? playRtmp : playHttp
  const times: number[] = []
  while (times.length < joins) {
    const place = GOP * ((times.length * GOLDEN) % 1)
    await pause((GOP + place - ((performance.now() - begin) % GOP)) % GOP)
    const begun = performance.now()
    const player = await open(play)
    await player.tags.find(isKeyFrame)
    times.push(performance.now() - begun)
    player.close()
  }
  publisher.close()
  tell({ kind: 'joined', times })
}

process.on('message', (order: LoadOrder) => {
  const work =
    order.kind === 'relay'
      ? relay(order.streams, order.warmUp, order.duration)
      : join(order.push, order.play, order.joins)
  work.catch((error: unknown) =>
    tell({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) }),
  )
})
