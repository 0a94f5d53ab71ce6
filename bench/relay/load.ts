/** The load generator process: publishers over RTMP, players over RTMP or HTTP-FLV, and the delay of every tag between them. */
import { encodeMessage, SET_CHUNK_SIZE } from '../../server/media/rtmp-chunks'
import {
  isKeyFrame,
  playHttp,
  playRtmp,
  publishRtmp,
  type RtmpClient,
  type TestTag,
} from '../../test/support/media-client'
import { percentile } from '../statistics'
import { ClipStream } from './clip'
import type { LoadNews, LoadOrder, Media, Relayed } from './load-orders'
import type { Source } from './source'
import { Traffic, type Tally } from './traffic'
import { CALL_WEIGHT, WeighedStream } from './weighed-stream'

/** As OBS and ffmpeg; RTMP begins with 128. */
const CHUNK_SIZE = 4096
/** Time for tags in flight at the end. */
const LAST_ONES = 1_000
/** Joins begin anywhere between two key frames, a second apart: the golden ratio spreads them evenly. */
const GOP = 1000
const GOLDEN = 0.618
const FRAME = 1000 / 15

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const tell = (news: LoadNews): void => void process.send?.(news)

class Publisher {
  private timer: NodeJS.Timeout | undefined

  private constructor(
    private readonly client: RtmpClient,
    private readonly source: Source,
  ) {}

  static async open(url: string, source: Source): Promise<Publisher> {
    const client = await publishRtmp(url)
    const size = Buffer.alloc(4)
    size.writeUInt32BE(CHUNK_SIZE)
    client.send(SET_CHUNK_SIZE, size, 0, 0)
    const publisher = new Publisher(client, source)
    source.configurations.forEach((tag) => publisher.send(tag))
    return publisher
  }

  /** Sends in real time after `delay` ms; `sent` is called with each tag and its lateness. */
  start(delay: number, sent: (tag: TestTag, now: number, late: number) => void = () => {}): void {
    const { source } = this
    const begin = performance.now() + delay
    const step = (): void => {
      for (let now = performance.now(); begin + source.due <= now; now = performance.now()) {
        const late = now - begin - source.due
        const tag = source.next()
        sent(tag, now, late)
        this.send(tag)
      }
      this.timer = setTimeout(step, Math.max(0, begin + source.due - performance.now()))
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

const open = async (play: string) => await (play.startsWith('rtmp:') ? playRtmp(play) : playHttp(play))

const sourceOf = (media: Media): Source =>
  media.kind === 'clip' ? new ClipStream(media.clip) : new WeighedStream(media.weight)

async function relay({ streams, media, warmUp, duration }: Extract<LoadOrder, { kind: 'relay' }>): Promise<Relayed> {
  const publishers: { publisher: Publisher; traffic: Traffic }[] = []
  const players: { close(): void }[] = []
  const traffics: { traffic: Traffic; own: boolean }[] = []
  const lateness: number[] = []
  let counted = false
  for (const { push, plays } of streams) {
    const traffic = new Traffic(plays.length, push !== null)
    traffics.push({ traffic, own: push !== null })
    if (push !== null) publishers.push({ publisher: await Publisher.open(push, sourceOf(media)), traffic })
    for (const play of plays) {
      const player = await open(play)
      player.onMedia = (tag: TestTag) => traffic.came(tag, performance.now(), counted)
      players.push(player)
    }
  }
  // Spread over a frame's duration, like independent phones.
  publishers.forEach(({ publisher, traffic }, index) =>
    publisher.start((index / publishers.length) * FRAME, (tag, now, late) => {
      traffic.sent(tag, now, counted)
      if (counted) lateness.push(late)
    }),
  )
  await pause(warmUp)
  counted = true
  tell({ kind: 'measuring' })
  await pause(duration)
  counted = false
  await pause(LAST_ONES)
  for (const client of [...players, ...publishers.map(({ publisher }) => publisher)]) client.close()
  for (const { traffic } of traffics) traffic.end()
  const tallyOf = (own: boolean): Tally => sum(traffics.filter((one) => one.own === own).map(({ traffic }) => traffic))
  const delays = traffics.flatMap(({ traffic }) => traffic.delays)
  return { own: tallyOf(true), others: tallyOf(false), delays, late: percentile(lateness, 99) }
}

function sum(traffics: readonly Traffic[]): Tally {
  const of = (key: keyof Tally): number => traffics.reduce((total, { tally }) => total + tally[key], 0)
  return { published: of('published'), relayed: of('relayed'), missing: of('missing') }
}

async function join(push: string, play: string, joins: number): Promise<number[]> {
  const publisher = await Publisher.open(push, new WeighedStream(CALL_WEIGHT))
  publisher.start(0)
  const begin = performance.now()
  await pause(1500)
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
  return times
}

async function perform(order: LoadOrder): Promise<LoadNews> {
  return order.kind === 'relay'
    ? { kind: 'relayed', relayed: await relay(order) }
    : { kind: 'joined', times: await join(order.push, order.play, order.joins) }
}

process.on('message', (order: LoadOrder) => {
  perform(order)
    .catch((error: unknown): LoadNews => ({
      kind: 'failed',
      reason: error instanceof Error ? error.message : String(error),
    }))
    .then(tell, () => undefined)
})
