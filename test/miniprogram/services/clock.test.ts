import { clock } from '../../../miniprogram/services/clock'

test.each([
  [0, '00:00'],
  [999, '00:00'],
  [61_000, '01:01'],
  [59 * 60_000 + 59_999, '59:59'],
  [3_600_000 + 4 * 60_000 + 9_000, '1:04:09'],
  [-5_000, '00:00'],
])('%d ms read %s', (ms, text) => {
  expect(clock(ms)).toBe(text)
})
