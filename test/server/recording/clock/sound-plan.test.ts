/** AAC frames with timestamps in bursts, with jitter, pauses and drift: each is placed near its true time, without holes. */
import { planSound } from '../../../../server/recording/clock/sound-plan'
import { Chance } from '../../../support/random'
import { AUDIO_FRAME } from './stream-model'

const SECONDS = 30
const truth = Array.from({ length: Math.floor((SECONDS * 1000) / AUDIO_FRAME) }, (_, at) => at * AUDIO_FRAME)
const chance = new Chance(3)
const gauss = (): number =>
  Math.sqrt(-2 * Math.log(chance.between(1e-9, 1))) * Math.cos(2 * Math.PI * chance.between(0, 1))
const rising = (times: number[]): number[] => {
  let last = 0
  return times.map((time) => (last = Math.max(last, Math.round(time), 0)))
}
const planOf = (times: number[]) =>
  planSound(
    times,
    times.map(() => AUDIO_FRAME),
  )
const inserted = (silence: Uint32Array): number => silence.reduce((sum, one) => sum + one, 0)
const worst = (values: number[]): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)

test.each([1, 2, 3, 4, 8])('bursts of %i frames that share a timestamp', (size) => {
  const { silence, starts, lagAt } = planOf(rising(truth.map((_, at) => Math.floor(at / size) * size * AUDIO_FRAME)))
  expect(inserted(silence)).toBe(0)
  expect(worst(truth.map((time, at) => (starts[at] ?? 0) - time))).toBeLessThan(1)
  expect(lagAt(15_000)).toBe(0)
})

test.each([10, 20, 40])('jitter of sigma %i ms, ordered or not', (sigma) => {
  const jittered = truth.map((time) => time + sigma * gauss())
  for (const times of [rising(jittered), jittered]) {
    const { silence, starts, lagAt } = planOf(times)
    expect(inserted(silence)).toBeLessThanOrEqual(1)
    expect(worst(truth.map((time, at) => (starts[at] ?? 0) - time))).toBeLessThan(30)
    expect(worst([5_000, 15_000, 25_000].map(lagAt))).toBeLessThan(30)
  }
})

describe.each([1, 4, 8])('pauses in bursts of %i', (size) => {
  test.each([0.1, 0.3, 1, 5])('of %d s, several of them', (pause) => {
    const talk = 2_000
    const spoken = truth.filter((time) => time % (talk + pause * 1000) < talk)
    const sent = spoken.map((_, at) => {
      // The first frame of its burst, or of its range.
      let first = Math.floor(at / size) * size
      while (first < at && (spoken[first + 1] ?? 0) - (spoken[first] ?? 0) > 2 * AUDIO_FRAME) first++
      for (let one = first; one < at; one++)
        if ((spoken[one + 1] ?? 0) - (spoken[one] ?? 0) > 2 * AUDIO_FRAME) first = one + 1
      return spoken[first] ?? 0
    })
    const { starts } = planOf(rising(sent))
    expect(worst(spoken.map((time, at) => (starts[at] ?? 0) - time))).toBeLessThan(30)
  })
})

test('audio that begins late begins with silence', () => {
  const { silence, starts } = planOf(truth.map((time) => time + 3_000))
  expect(silence[0]).toBe(Math.round(3_000 / AUDIO_FRAME))
  expect(starts[0]).toBeCloseTo(3_000, -2)
})

test.each([500, -500])('a drift of %i ppm adds no silence: pictures follow the lag', (ppm) => {
  const long = Array.from({ length: 47 * 1800 }, (_, at) => at * AUDIO_FRAME)
  const { silence, starts, lagAt } = planOf(long.map((time) => time * (1 + ppm / 1e6)))
  expect(inserted(silence)).toBe(0)
  for (const at of [0, 20_000, 60_000, 84_000]) {
    const time = (long[at] ?? 0) * (1 + ppm / 1e6)
    expect(Math.abs(time - lagAt(time) - (starts[at] ?? 0))).toBeLessThan(15)
  }
})
