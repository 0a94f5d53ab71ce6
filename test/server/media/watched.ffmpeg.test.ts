/** Streams with faulty clocks, played by ffmpeg over RTMP and HTTP-FLV. The clock advances only when everything sent so far has arrived. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { advance, controlClock, useRealTime } from '../../support/clock'
import { describeWithFfmpeg, FFMPEG } from '../../support/ffmpeg'
import { publishRtmp } from '../../support/media-client'
import { until } from '../../support/until'
import { AUDIO_FRAME, friendly, restamped, without, type ModelFrame } from '../recording/clock/stream-model'
import { tagsOf } from '../recording/tags'
import { startEngine, type Engine } from './engine'
import { FORMS } from './forms'
import { isAudio, isVideo, measure, untilTogether } from './playing'

/** ffmpeg decodes, which is slow on a busy machine. */
jest.setTimeout(180_000)

const NAME = { cid: 7, uid: 42 }
/** Frames sent within this interval arrive together, ms. */
const STEP = 40
const LENGTH = 20
/** Number of frames per track that ffmpeg holds back until more arrive. */
const HELD = 10
/** When a clock misbehaves, s. */
const EVENT = 8

const talk = tagsOf('talk').flatMap((tag) => (tag.type === 18 ? [] : [tag]))
const configs = talk.filter(({ kind }) => kind.endsWith('config'))
const payloads = {
  audio: talk.filter(({ kind }) => kind === 'audio'),
  video: talk.filter(({ kind }) => kind === 'video' || kind === 'video-key'),
}

/** A stream, and when audio and video must be in step again, s. */
interface Stream {
  frames: ModelFrame[]
  together: number
}
type Which = (frame: ModelFrame) => boolean
const all: Which = () => true
const isAfter = ({ truth }: ModelFrame): boolean => truth >= EVENT * 1000

function stepping(by: number, which: Which = all): Stream {
  const frames = restamped(
    friendly(LENGTH),
    ({ sent }) => sent + by,
    (frame) => isAfter(frame) && which(frame),
  )
  return { frames, together: EVENT + 2 }
}
function outlier(by: number, which: Which): Stream {
  const frames = friendly(LENGTH)
  const wrong = frames.findIndex((frame) => which(frame) && isAfter(frame))
  return {
    frames: frames.map((frame, at) => (at === wrong ? { ...frame, sent: frame.sent + by } : frame)),
    together: 0,
  }
}
function muted(seconds: number): Stream {
  const to = EVENT + seconds
  const silent = without(friendly(to + 8), (frame) => isAudio(frame) && isAfter(frame) && frame.truth < to * 1000)
  const frames = restamped(
    silent,
    ({ sent }) => sent - seconds * 1000,
    (frame) => isAudio(frame) && isAfter(frame),
  )
  return { frames, together: to + 2 }
}
function late(seconds: number): Stream {
  const from = seconds * 1000
  const frames = without(friendly(seconds + 8), (frame) => isVideo(frame) && frame.truth < from)
  return { frames: restamped(frames, ({ sent }) => sent - from, isVideo), together: seconds + 2 }
}
function bursts(count: number): Stream {
  let number = 0
  const share = (): number => Math.floor(number++ / count) * count * AUDIO_FRAME
  return { frames: restamped(friendly(LENGTH), share, isAudio), together: 0 }
}

const STREAMS: [string, Stream][] = [
  ['a microphone muted for 5 s, whose clock stands still', muted(5)],
  ['a camera that continues after 3 s with its own zero', late(3)],
  ['a step back by 3 s', stepping(-3_000)],
  ['sound that steps forward by 20 s', stepping(20_000, isAudio)],
  ['one picture that is 3 s too high', outlier(3_000, isVideo)],
]
/** Run by `npm run test:long`. */
const MORE: [string, Stream][] = [
  ...[10, 20, 60].map((seconds): [string, Stream] => [`a microphone muted for ${seconds} s`, muted(seconds)]),
  ...[20, 60].map((seconds): [string, Stream] => [`a camera that continues after ${seconds} s`, late(seconds)]),
  ...[-900, -30_000, 3_000, 20_000].map((by): [string, Stream] => [`a step by ${by} ms`, stepping(by)]),
  ...[-900, -30_000, 3_000, 20_000].map((by): [string, Stream] => [
    `a picture that steps by ${by} ms`,
    stepping(by, isVideo),
  ]),
  ...[-900, -3_000, 3_000].map((by): [string, Stream] => [`sound that steps by ${by} ms`, stepping(by, isAudio)]),
  ...[-2_000, 800].map((by): [string, Stream] => [`one picture that is wrong by ${by} ms`, outlier(by, isVideo)]),
  ...[-2_000, 3_000, 800].map((by): [string, Stream] => [
    `one frame of sound that is wrong by ${by} ms`,
    outlier(by, isAudio),
  ]),
  ...[2, 3, 8].map((count): [string, Stream] => [`sound in bursts of ${count}`, bursts(count)]),
  [
    'timestamps that wrap',
    { frames: restamped(friendly(LENGTH), ({ sent }) => sent + 2 ** 32 - EVENT * 1000), together: 0 },
  ],
]

let engine: Engine
beforeEach(async () => {
  controlClock()
  engine = await startEngine()
})
afterEach(async () => {
  await engine.close()
  useRealTime()
})

/** Sends the frames at their arrival times, with real H.264 and AAC in them. */
async function publish(frames: readonly ModelFrame[]): Promise<void> {
  const client = await publishRtmp(engine.push(NAME))
  for (const tag of configs) client.sendTag({ ...tag, timestamp: (frames[0]?.sent ?? 0) >>> 0 })
  const next = { audio: 0, video: 0 }
  let now = 0
  for (const { track, sent, arrived } of frames) {
    if (arrived >= now + STEP) {
      // Answered once everything before was read.
      await client.call('releaseStream', null)
      await advance(arrived - now)
      now = arrived
    }
    const own = payloads[track]
    const tag = own[next[track]++ % own.length]
    if (tag) client.sendTag({ ...tag, timestamp: Math.round(sent) >>> 0 })
  }
  await client.call('releaseStream', null)
  client.close()
}

/** Sends tags at their timestamps. */
async function publishTags(tags: (typeof FORMS)[number][1]['tags']): Promise<void> {
  const client = await publishRtmp(engine.push(NAME))
  let now = 0
  for (const tag of tags) {
    if (tag.timestamp >= now + STEP) {
      await client.call('releaseStream', null)
      await advance(tag.timestamp - now)
      now = tag.timestamp
    }
    client.sendTag(tag)
  }
  await client.call('releaseStream', null)
  client.close()
}

/** An ffmpeg that plays the stream: it decodes it, and prints the time of each frame. */
async function watch(protocol: 'rtmp' | 'http') {
  // RTMP metadata is a data stream in older versions of ffmpeg, and its muxers wait 10 s for the next packet of each stream.
  const tracks = ['-map', '0:a', '-map', '0:v']
  const times = [...tracks, '-c', 'copy', '-flush_packets', '1', '-f', 'framecrc', 'pipe:1']
  // Frames of a burst share their timestamp, which the null output does not accept.
  // By default older versions fail when 128 packets of a track wait for the first one of another.
  const decoded = [...tracks, '-af', 'aresample=async=1', '-max_muxing_queue_size', '4096', '-f', 'null', '-']
  const outputs = [...times, ...decoded]
  const input = ['-copyts', '-i', engine.play(NAME, protocol)]
  const child = spawn(
    FFMPEG ?? '',
    ['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'error', ...input, ...outputs],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const ended = once(child, 'close')
  let [told, complaints] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (told += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text))
  await until(
    () => engine.events.some((event) => event.startsWith('play') && event.includes(protocol)),
    `ffmpeg over ${protocol}`,
  )
  return {
    protocol,
    /** It ended with an error. */
    ended: () => child.exitCode !== null,
    /** Times of the frames of both tracks, ms. */
    times: () => {
      const kinds = new Map([...told.matchAll(/^#media_type (\d): (audio|video)$/gm)].map(([, at, kind]) => [at, kind]))
      const times: Record<string, number[]> = { audio: [], video: [] }
      for (const [, at, time] of told.matchAll(/^(\d), +(-?\d+),.*\n/gm)) times[kinds.get(at) ?? '']?.push(Number(time))
      return { audio: times['audio'] ?? [], video: times['video'] ?? [] }
    },
    async end(): Promise<string> {
      child.kill('SIGKILL')
      await ended
      return complaints
    },
  }
}
type Watcher = Awaited<ReturnType<typeof watch>>

/** Problems of the stream as a player received it; empty if there are none. */
async function problemsOf(player: Watcher, { frames, together }: Stream): Promise<string[]> {
  const sent = { audio: frames.filter(isAudio), video: frames.filter(isVideo) }
  await until(() => {
    const { audio, video } = player.times()
    return player.ended() || (audio.length >= sent.audio.length - HELD && video.length >= sent.video.length - HELD)
  }, `all frames over ${player.protocol}`)
  const times = player.times()
  const complaints = await player.end()
  const played = (['audio', 'video'] as const).flatMap((track) =>
    times[track].flatMap((time, at) => {
      const frame = sent[track][at]
      return frame ? [{ ...frame, time }] : []
    }),
  )
  const { apart, still, leap } = measure(played)
  return [
    ...(complaints === '' ? [] : [complaints]),
    ...(still < 2_000 ? [] : [`stands still for ${still} ms`]),
    ...(leap < 2_000 ? [] : [`leaps by ${leap} ms`]),
    ...(untilTogether(apart, together) <= 0 ? [] : [`sound and picture apart: ${apart.map(Math.round).join()} ms`]),
  ].map((problem) => `${player.protocol}: ${problem}`)
}

const chosen = process.env['PLANS'] === 'all' ? [...STREAMS, ...MORE] : STREAMS
describeWithFfmpeg('ffmpeg plays on, and sound and picture are together again within 2 s, after', () => {
  test.each(chosen)('%s', async (_, stream) => {
    const players = [await watch('rtmp'), await watch('http')]
    await publish(stream.frames)
    expect(await Promise.all(players.map(async (player) => await problemsOf(player, stream)))).toEqual([[], []])
  })
})

/** ffmpeg parses slices with a stream's first parameter sets and logs this after a change of size, also for a plain FLV file. It decodes them. */
const PARSER = /memory management control operation|reference count|Last message repeated/
const errorsIn = (complaints: string): string[] => complaints.split('\n').filter((line) => line && !PARSER.test(line))

describeWithFfmpeg('ffmpeg receives every frame, and decodes without errors,', () => {
  test.each(FORMS)('%s', async (_, { tags }) => {
    const sent = {
      audio: tags.filter(({ kind }) => kind === 'audio').length,
      video: tags.filter(({ kind }) => kind === 'video' || kind === 'video-key').length,
    }
    const players = [await watch('rtmp'), await watch('http')]
    await publishTags(tags)
    for (const player of players) {
      await until(() => {
        const { audio, video } = player.times()
        return player.ended() || (audio.length >= sent.audio - HELD && video.length >= sent.video - HELD)
      }, `all frames over ${player.protocol}`)
      expect(errorsIn(await player.end())).toEqual([])
    }
  })
})
