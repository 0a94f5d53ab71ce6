/** @jest-environment node */
import { changes } from '../../../miniprogram/services/changes'
import { clock } from '../../../miniprogram/services/clock'
import { headerTop, windowOf } from '../../../miniprogram/services/window'

const safeArea = { left: 0, right: 390, top: 47, bottom: 810, width: 390, height: 763 }
const info = { windowWidth: 390, windowHeight: 844, statusBarHeight: 44, safeArea }

test('the usable area excludes notch and home indicator', () => {
  expect(windowOf(info)).toEqual({ width: 390, height: 844, top: 47, bottom: 810 })
})
test("a page's own header begins below the notch or the status bar", () => {
  expect(headerTop(info)).toBe(55)
  expect(headerTop({ ...info, safeArea: { ...safeArea, top: 0 } })).toBe(52)
})

test('only changes are set', () => {
  expect(changes({ a: 1, b: 'x', c: true }, { a: 1, b: 'y', c: true })).toEqual({ b: 'y' })
  expect(changes({}, { a: 0 })).toEqual({ a: 0 })
})

test.each([
  [0, '00:00'],
  [999, '00:00'],
  [61_000, '01:01'],
  [59 * 60_000 + 59_999, '59:59'],
  [3_600_000 + 4 * 60_000 + 9_000, '1:04:09'],
  [-5_000, '00:00'],
])('%d ms is formatted as %s', (ms, text) => {
  expect(clock(ms)).toBe(text)
})
