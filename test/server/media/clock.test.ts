import { StreamClock } from '../../../server/media/clock'
import type { Track } from '../../../server/media/tracks'

/** Feeds [track, timestamp, wall clock] and gives the stream's times. */
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

test('a small step back stands still', () => {
  expect(
    run(new StreamClock(), [
      ['video', 100, 0],
      ['video', 140, 40],
      ['video', 120, 60],
      ['video', 160, 80],
    ]),
  ).toEqual([0, 40, 40, 60])
})

test('a clock that jumps goes on one step later, both tracks together', () => {
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
    ).toEqual([0, 0, 40, 60, 70, 100])
  }
})

test('tracks on clocks far apart each run on their own', () => {
  expect(
    run(new StreamClock(), [
      ['video', 0, 0],
      ['audio', 90_000_000, 0],
      ['video', 40, 40],
      ['audio', 90_000_023, 40],
      ['video', 80, 80],
    ]),
  ).toEqual([0, 20, 40, 43, 80])
})

test('a pause that really passed is kept', () => {
  expect(
    run(new StreamClock(), [
      ['video', 0, 0],
      ['video', 12_000, 12_000],
    ]),
  ).toEqual([0, 12_000])
})

test('a new publication goes on after the last', () => {
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

test('whatever comes, no track runs backwards and no step is a leap', () => {
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
