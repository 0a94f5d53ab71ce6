import { StreamClock } from '../../../server/media/clock'
import type { Track } from '../../../server/media/tracks'
import { AUDIO_FRAME, friendly, restamped, without, type ModelFrame } from '../recording/clock/stream-model'
import { isAudio, isVideo, largest, measure, untilTogether } from './playing'

/** Feeds [track, timestamp, wall clock] and returns the stream's times. */
function run(clock: StreamClock, steps: [track: Track, timestamp: number, now: number][]): number[] {
  return steps.map(([track, timestamp, now]) => clock.rebase(track, timestamp, now))
}

test('starts at 0 and keeps the distance of the tracks', () => {
  expect(
    run(new StreamClock(), [
      ['audio', 5000, 0],
      ['video', 5010, 0],
      ['audio', 5023, 23],
      ['video', 5077, 77],
    ]),
  ).toEqual([0, 10, 23, 77])
})

test('holds the time at a small step back', () => {
  expect(
    run(new StreamClock(), [
      ['video', 100, 0],
      ['video', 140, 40],
      ['video', 120, 60],
      ['video', 160, 80],
    ]),
  ).toEqual([0, 40, 40, 60])
})

test('continues both tracks together after a jump', () => {
  for (const jump of [3_600_000, -3_600_000]) {
    const base = 4_000_000
    expect(
      run(new StreamClock(), [
        ['video', base, 0],
        ['audio', base, 0],
        ['video', base + 40, 40],
        ['video', base + 80 + jump, 80],
        ['audio', base + 90 + jump, 90],
        ['video', base + 120 + jump, 120],
      ]),
    ).toEqual([0, 0, 40, 80, 90, 120])
  }
})

test('runs tracks with distant clocks separately', () => {
  expect(
    run(new StreamClock(), [
      ['video', 0, 0],
      ['audio', 90_000_000, 0],
      ['video', 40, 40],
      ['audio', 90_000_023, 40],
      ['video', 80, 80],
    ]),
  ).toEqual([0, 0, 40, 23, 80])
})

test('keeps a real pause', () => {
  expect(
    run(new StreamClock(), [
      ['video', 0, 0],
      ['video', 12_000, 12_000],
    ]),
  ).toEqual([0, 12_000])
})

test('continues with a new publication after the last one', () => {
  const clock = new StreamClock()
  run(clock, [
    ['audio', 70_000, 0],
    ['video', 70_500, 500],
  ])
  clock.restart()
  expect(
    run(clock, [
      ['video', 3, 9000],
      ['audio', 0, 9000],
      ['video', 43, 9040],
    ]),
  ).toEqual([520, 517, 560])
})

test('no track runs backwards or jumps, whatever is sent', () => {
  const clock = new StreamClock()
  const last = { audio: 0, video: 0 }
  let [seed, now, newest] = [1, 0, 0]
  const next = (limit: number) => (seed = (seed * 48_271) % 0x7fffffff) % limit
  const broken: unknown[] = []
  for (let step = 0; step < 20_000; step++) {
    const track = next(2) ? 'audio' : 'video'
    now += next(50)
    const time = clock.rebase(track, next(10) ? now + next(300) : next(2 ** 31), now)
    if (!(time >= last[track] && time <= newest + 5_050)) broken.push({ step, track, time, last: last[track], newest })
    last[track] = time
    newest = Math.max(newest, time)
    if (next(500) === 0) clock.restart()
  }
  expect(broken).toEqual([])
})

/** Measures a modelled stream after the relay's clock. */
function played(frames: readonly ModelFrame[]) {
  const clock = new StreamClock()
  return measure(
    frames.map((frame) => ({ ...frame, time: clock.rebase(frame.track, Math.round(frame.sent), frame.arrived) })),
  )
}

describe('players continue in step within 2 s', () => {
  const from = 10
  const after = ({ truth }: ModelFrame): boolean => truth >= from * 1000
  const moved = (by: number, which: (frame: ModelFrame) => boolean): ModelFrame[] =>
    restamped(
      friendly(30),
      ({ sent }) => sent + by,
      (frame) => after(frame) && which(frame),
    )

  test('a regular stream is unchanged', () => {
    const { apart, still, leap } = played(friendly(30))
    expect({ late: untilTogether(apart, 0) <= 0, still: still < 1, leap: leap < 50 }).toEqual({
      late: true,
      still: true,
      leap: true,
    })
  })

  test.each([3000, -2000, 800, -400, 70_000])('one frame wrong by %i ms', (by) => {
    for (const which of [isAudio, isVideo]) {
      const frames = friendly(30)
      const wrong = frames.findIndex((frame) => which(frame) && after(frame))
      const { apart, still, leap } = played(
        restamped(
          frames,
          ({ sent }) => sent + by,
          (frame) => frame === frames[wrong],
        ),
      )
      expect([untilTogether(apart, 0) <= 0, still < 100, leap < 300]).toEqual([true, true, true])
    }
  })

  test.each([0.25, 0.5, 1, 5, 10, 20, 60])(
    'a microphone muted for %d s, whose clock stands still meanwhile',
    (seconds) => {
      const to = from + seconds
      const frames = restamped(
        without(friendly(to + 20), (frame) => isAudio(frame) && after(frame) && frame.truth < to * 1000),
        ({ sent }) => sent - seconds * 1000,
        (frame) => isAudio(frame) && frame.truth >= to * 1000,
      )
      const { apart, still, leap } = played(frames)
      expect([untilTogether(apart, Math.floor(to)) <= 2, still < 100, leap < 400, leap]).toEqual([
        true,
        true,
        true,
        leap,
      ])
    },
  )

  test.each([0.6, 3, 20, 60])('a camera that continues after %d s, with its own zero', (seconds) => {
    const to = seconds * 1000
    const frames = restamped(
      without(friendly(seconds + 20), (frame) => isVideo(frame) && frame.truth < to),
      ({ sent }) => sent - to,
      (frame) => isVideo(frame),
    )
    expect(untilTogether(played(frames).apart, Math.floor(seconds))).toBeLessThanOrEqual(2)
  })

  test.each([-900, -3000, -30_000, 3000, 20_000, -(2 ** 32), 200, -200])('both tracks step by %i ms', (by) => {
    const { apart, still, leap } = played(moved(by, () => true))
    expect([untilTogether(apart, from) <= 2, still < 300, leap < 300, still]).toEqual([true, true, true, still])
  })

  test.each([-900, -3000, -30_000, 3000, 20_000, 200, -200])('one track steps by %i ms', (by) => {
    for (const which of [isAudio, isVideo]) {
      const { apart, still, leap } = played(moved(by, which))
      expect([untilTogether(apart, from) <= 2, still < 400, leap < 400, apart]).toEqual([true, true, true, apart])
    }
  })

  test.each([500, -500])('clocks that drift apart by %i ppm for ten minutes', (ppm) => {
    const frames = restamped(friendly(600), ({ sent }) => sent * (1 + ppm / 1e6), isVideo)
    const { apart, still } = played(frames)
    expect([largest(apart) < 200, still < 100]).toEqual([true, true])
  })

  test('repeated network stalls of 2 s change nothing', () => {
    const frames = friendly(60).map((frame) => {
      const second = Math.floor(frame.arrived / 1000)
      return second % 10 > 7 ? { ...frame, arrived: (Math.floor(second / 10) + 1) * 10_000 } : frame
    })
    const clock = new StreamClock()
    const offsets = frames.map(({ track, sent, arrived }) => clock.rebase(track, Math.round(sent), arrived) - sent)
    expect(Math.max(...offsets) - Math.min(...offsets)).toBeLessThan(2)
  })

  test('bursts, jitter, and audio 400 ms after its video are unchanged', () => {
    const bursts = friendly(30)
    let count = 0
    const models = [
      restamped(bursts, () => Math.floor(count++ / 8) * 8 * AUDIO_FRAME, isAudio),
      friendly(30)
        .map((frame) => (isAudio(frame) ? { ...frame, arrived: frame.arrived + 400 } : frame))
        .toSorted((a, b) => a.arrived - b.arrived),
    ]
    for (const frames of models) {
      const clock = new StreamClock()
      const offsets = frames.map(({ track, sent, arrived }) => clock.rebase(track, Math.round(sent), arrived) - sent)
      expect(Math.max(...offsets) - Math.min(...offsets)).toBeLessThan(2)
    }
  })
})
