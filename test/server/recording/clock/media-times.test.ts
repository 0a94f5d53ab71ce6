/** Publishers' clocks against the times at which frames were really captured. */
import { mediaTimes } from '../../../../server/recording/clock/media-times'
import { planSound } from '../../../../server/recording/clock/sound-plan'
import { Chance } from '../../../support/random'
import { AUDIO_FRAME, friendly, restamped, tracksOf, without, type ModelFrame } from './stream-model'

const worst = (values: number[]): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)

/** Maximum distance of frames from their true times, and of audio from video, ms. */
function errorsOf(frames: readonly ModelFrame[]) {
  const { audio, video } = tracksOf(frames)
  const times = mediaTimes(audio.times, video.times, AUDIO_FRAME)
  // A stream faster than real time ends with its last arrival; here it began with its first.
  const first = Math.min(times.audio[0] ?? Infinity, times.video[0] ?? Infinity)
  if (first < 0) for (const track of [times.audio, times.video]) track.forEach((time, at) => (track[at] = time - first))
  const off = (track: 'audio' | 'video') =>
    tracksOf(frames)[track].frames.map(({ truth }, at) => (times[track][at] ?? NaN) - truth)
  const [sound, picture] = [off('audio'), off('video')]
  // Each picture against the audio captured at the same time.
  let next = 0
  const apart = video.frames.map(({ truth }, at) => {
    while (next < audio.frames.length - 1 && (audio.frames[next + 1]?.truth ?? 0) <= truth) next++
    const near = Math.abs((audio.frames[next]?.truth ?? -1e9) - truth) < 50
    return near ? (sound[next] ?? 0) - (picture[at] ?? 0) : 0
  })
  return { sound: worst(sound), picture: worst(picture), apart: worst(apart), times }
}
type Errors = Pick<ReturnType<typeof errorsOf>, 'sound' | 'picture' | 'apart'>

/** Expects each error to be below its limit, ms; a failure shows all errors. */
function expectErrors(errors: Errors, limits: Errors): void {
  const { sound, picture, apart } = errors
  const isWithin = sound < limits.sound && picture < limits.picture && apart < limits.apart
  expect({ isWithin, sound, picture, apart }).toEqual({ isWithin: true, sound, picture, apart })
}
const isAudio = ({ track }: ModelFrame): boolean => track === 'audio'
const isVideo = ({ track }: ModelFrame): boolean => track === 'video'
/** Long enough for a drift of 500 ppm to exceed all limits, s. `DRIFTING=7200` takes two hours of frames. */
const DRIFTING = Number(process.env['DRIFTING'] ?? 900)
const PACES = [1, 15]

describe.each(PACES)('a stream sent at %i times real time', (pace) => {
  const stream = (seconds: number, options = {}) => friendly(seconds, { pace, ...options })

  test('is placed by its timestamps', () => {
    const { sound, picture, apart } = errorsOf(stream(60))
    expect({ sound: sound < 50, picture: picture < 50, apart: apart < 2 }).toEqual({
      sound: true,
      picture: true,
      apart: true,
    })
  })

  test.each([3000, -2000, 800, 20_000])('one frame wrong by %i ms is placed between its neighbours', (by) => {
    for (const which of [isAudio, isVideo]) {
      const frames = stream(30)
      const wrong = frames.findIndex((frame) => which(frame) && frame.truth > 12_000)
      const { sound, picture, apart } = errorsOf(
        restamped(
          frames,
          ({ sent }) => sent + by,
          (frame) => frame === frames[wrong],
        ),
      )
      expectErrors({ sound, picture, apart }, { sound: 60, picture: 60, apart: 60 })
    }
  })

  test.each([0.4, 1, 5, 20, 60])('a microphone muted for %d s, whose clock stands still meanwhile', (seconds) => {
    const [from, to] = [15_000, 15_000 + seconds * 1000]
    const frames = restamped(
      without(stream(100), (frame) => isAudio(frame) && frame.truth >= from && frame.truth < to),
      ({ sent }) => sent - seconds * 1000,
      (frame) => isAudio(frame) && frame.truth >= to,
    )
    const { picture, apart } = errorsOf(frames)
    expect([picture < 50, apart < 150, apart]).toEqual([true, true, apart])
  })

  test.each([3, 20, 60])('a camera that starts after %d s with its own zero', (seconds) => {
    const start = seconds * 1000
    const frames = restamped(
      without(stream(seconds + 30), (frame) => isVideo(frame) && frame.truth < start),
      ({ sent }) => sent - start,
      isVideo,
    )
    const { sound, apart } = errorsOf(frames)
    expect([sound < 50, apart < 150, apart]).toEqual([true, true, apart])
  })

  test.each([-30_000, -3_000, -900, 3_000, 20_000])('both clocks step by %i ms for good', (by) => {
    const { sound, picture, apart } = errorsOf(
      restamped(
        stream(60),
        ({ sent }) => sent + by + 40_000,
        ({ truth }) => truth >= 30_000,
      ).map((f) => (f.truth < 30_000 ? { ...f, sent: f.sent + 40_000 } : f)),
    )
    expectErrors({ sound, picture, apart }, { sound: 100, picture: 100, apart: 100 })
  })

  test('timestamps wrap at 2^32', () => {
    const { sound, picture, apart } = errorsOf(restamped(stream(60), ({ sent }) => sent + 2 ** 32 - 20_000))
    expectErrors({ sound, picture, apart }, { sound: 50, picture: 50, apart: 2 })
  })

  test.each([500, -500])('an audio clock drifts by %i ppm', (ppm) => {
    const { picture, apart } = errorsOf(restamped(stream(DRIFTING), ({ sent }) => sent * (1 + ppm / 1e6), isAudio))
    // A stream faster than real time does not show which of the clocks is wrong.
    expect([pace > 1 || picture < 100, apart < 100, picture, apart]).toEqual([true, true, picture, apart])
  })
})

test("drift of the publisher's clock against the service's is followed", () => {
  for (const ppm of [500, -500]) {
    const { sound, picture, apart } = errorsOf(restamped(friendly(DRIFTING), ({ sent }) => sent * (1 + ppm / 1e6)))
    expectErrors({ sound, picture, apart }, { sound: 100, picture: 100, apart: 60 })
  }
})

test('a network stall of 5 s moves no frames', () => {
  const frames = friendly(60).map((frame) =>
    frame.truth >= 20_000 && frame.truth < 25_000 ? { ...frame, arrived: 25_030 } : frame,
  )
  const { sound, picture, apart } = errorsOf(frames)
  expectErrors({ sound, picture, apart }, { sound: 60, picture: 60, apart: 2 })
})

test('frames of one burst at the end are not placed after it', () => {
  const { audio, video } = tracksOf(friendly(3).map((frame) => ({ ...frame, arrived: Math.max(frame.arrived, 3_200) })))
  const times = mediaTimes(audio.times, video.times, AUDIO_FRAME)
  for (const track of [times.audio, times.video]) {
    expect(track.at(-1)).toBeLessThanOrEqual(3_200)
    expect(track[0]).toBeGreaterThan(100)
  }
})

describe('a publisher claims hours within seconds', () => {
  test.each(['audio', 'video'] as const)('each frame of %s 999 ms further', (track) => {
    let count = 0
    const frames = friendly(20, { audio: track === 'audio', video: track === 'video' }).map((frame, at) => ({
      ...frame,
      sent: 999 * count++,
      arrived: at * 2,
    }))
    const { times } = errorsOf(frames)
    const last = times[track].at(-1) ?? NaN
    expect(last).toBeLessThan((frames.at(-1)?.arrived ?? 0) + 5_100)
  })

  // In real time; each step joins a range of frames or begins another one. With 25,000 frames, work that grows with their square never ends.
  test.each<[string, (at: number, chance: Chance) => number]>([
    ['300 ms further', () => 300],
    ['390 ms further after one step', (at) => (at === 1 ? 250 : 390)],
    ['500 ms further', () => 500],
    ['390 ms further, and back after 20', (at) => (at % 20 === 19 ? -390 * 19 : 390)],
    ['330 or 500 ms further', (at) => (at % 2 === 0 ? 330 : 500)],
    ['320 to 600 ms further', (_, chance) => chance.between(320, 600)],
    ['anywhere within half a second', (_, chance) => chance.between(-550, 650)],
  ])('each frame %s', (_, step) => {
    const chance = new Chance(1)
    let sent = 0
    const frames = friendly(535, { video: false }).map((frame, at) => ({ ...frame, sent: (sent += step(at, chance)) }))
    const { times } = errorsOf(frames)
    const [first, last] = [times.audio[0] ?? NaN, times.audio.at(-1) ?? NaN]
    expect(last - first).toBeLessThan((frames.at(-1)?.arrived ?? 0) + 5_000)
  })
})

describe('a busy phone', () => {
  /** Stalls of up to a second, after each of which up to 280 ms of audio are lost, as in a browser under load. */
  test.each([1, 2, 3, 4, 5])('loses audio, and only that becomes silence (%i)', (seed) => {
    const chance = new Chance(seed)
    const all = friendly(60, { seed })
    const kept: ModelFrame[] = []
    let [until, lost] = [0, { from: 0, to: 0 }]
    for (const frame of all) {
      if (frame.truth > until + 200 && chance.below(60) === 0) {
        until = frame.truth + chance.between(200, 1000)
        lost = { from: until, to: until + chance.between(0, 280) }
      }
      const isLost = isAudio(frame) && frame.truth >= lost.from && frame.truth < lost.to
      if (!isLost) kept.push({ ...frame, arrived: Math.max(frame.arrived, until) })
    }
    kept.forEach((frame, at) => (frame.arrived = Math.max(frame.arrived, kept[at - 1]?.arrived ?? 0)))
    const { sound, picture, apart, times } = errorsOf(kept)
    expectErrors({ sound, picture, apart }, { sound: 60, picture: 60, apart: 60 })
    const lengths = new Float64Array(times.audio.length).fill(AUDIO_FRAME)
    const { silence, starts, timeAt } = planSound(times.audio, lengths)
    const missing = all.filter(isAudio).length - kept.filter(isAudio).length
    expect(Math.abs(silence.reduce((sum, frames) => sum + frames, 0) - missing)).toBeLessThan(4)
    const truths = kept.filter(isAudio).map(({ truth }) => truth)
    // Less than a pause: the video follows within seconds.
    expect(worst(truths.map((truth, at) => timeAt(starts[at] ?? 0) - truth))).toBeLessThan(150)
  })
})

/** Frames of one track, or of both, stamped at a multiple of real time in a part of the stream. */
const rated = (rate: number, seconds: number, which: (frame: ModelFrame) => boolean, from = 0, to = Infinity) =>
  restamped(friendly(seconds), ({ sent }) => sent + (rate - 1) * (Math.min(Math.max(sent, from), to) - from), which)
const BOTH = (): boolean => true
const within = (limit: number, errors: ReturnType<typeof errorsOf>): void =>
  expectErrors(errors, { sound: limit, picture: limit, apart: limit })

describe('a clock at a wrong rate in a live stream', () => {
  // 44.1 kHz stamped as 48 kHz, and the reverse; a time base that is wrong.
  test.each([0.91875, 1.0884, 1.004, 0.5, 2, 14, 25])('× %d from beginning to end', (rate) => {
    for (const seconds of [10, 120])
      for (const which of [isAudio, isVideo, BOTH]) within(100, errorsOf(rated(rate, seconds, which)))
  })

  test.each([
    [0.7, 150],
    [1.3, 150],
    [3, 150],
    [14, 150],
    [25, 300],
  ])('× %d for a minute in between', (rate, limit) => {
    for (const which of [isAudio, isVideo, BOTH]) within(limit, errorsOf(rated(rate, 150, which, 40_000, 100_000)))
  })

  test('a microphone muted regularly, whose clock stands still meanwhile, is not taken for one', () => {
    const frames = restamped(
      without(friendly(160), (frame) => isAudio(frame) && frame.truth % 10_000 >= 5_000),
      ({ sent }) => sent - 5_000 * Math.floor(sent / 10_000),
      isAudio,
    )
    const { picture, apart } = errorsOf(frames)
    expect([picture < 50, apart < 150, apart]).toEqual([true, true, apart])
  })

  test('pictures at 30 a second with a fast clock are not taken for a file, and the audio keeps its time', () => {
    const frames = friendly(20).flatMap((frame) =>
      isVideo(frame)
        ? [frame, { ...frame, truth: frame.truth + 1000 / 30, arrived: frame.arrived + 1000 / 30 }].map((one) => ({
            ...one,
            sent: one.truth * 3,
          }))
        : [frame],
    )
    within(100, errorsOf(frames.toSorted((one, other) => one.arrived - other.arrived)))
  })
})
