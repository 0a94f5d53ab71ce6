/** What the benchmark's figures rest on: percentiles, and a load that weighs what it says. */
import { median, percentile } from '../bench/statistics'
import { table } from '../bench/table'
import { stampOf, WeighedStream } from '../bench/relay/weighed-stream'

test.each([
  ['three values', [3, 1, 2], 50, 2],
  ['four values', [1, 2, 3, 4], 50, 2],
  ['1 to 100', Array.from({ length: 100 }, (_, index) => index + 1), 99, 99],
  ['one value', [7], 95, 7],
  ['three values', [2, 9, 4], 100, 9],
  ['nothing', [], 50, Number.NaN],
])('of %s the percentile', (_name, values, p, expected) => {
  expect(percentile(values, p)).toBe(expected)
})

test('a percentile leaves its values in their order', () => {
  const values = [3, 1, 2]
  median(values)
  expect(values).toEqual([3, 1, 2])
})

test('a table is as wide as its widest cells', () => {
  expect(table(['', 'p50'], [['ours', '12 ms']])).toBe(
    ['|      |   p50 |', '|------|------:|', '| ours | 12 ms |'].join('\n'),
  )
})

test('ten seconds of the load weigh 300 kbit/s of video, 48 kbit/s of audio, and tell when each tag was sent', () => {
  const stream = new WeighedStream()
  const bytes = { 8: 0, 9: 0, 18: 0 }
  let keys = 0
  for (let now = 0; (now = stream.due) < 10_000;) {
    const tag = stream.next(now + 0.25)
    expect(stampOf(tag)).toBe(now + 0.25)
    expect(tag.timestamp).toBe(Math.round(now))
    bytes[tag.type] += tag.payload.length
    if (tag.payload[0] === 0x17) keys++
  }
  expect(keys).toBe(10)
  expect((bytes[9] * 8) / 10_000).toBeCloseTo(300, 0)
  expect((bytes[8] * 8) / 10_000).toBeCloseTo(48, 0)
})
