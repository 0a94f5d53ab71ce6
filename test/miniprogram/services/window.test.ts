import { headerTop, windowOf } from '../../../miniprogram/services/window'

const safeArea = { left: 0, right: 390, top: 47, bottom: 810, width: 390, height: 763 }
const info = { windowWidth: 390, windowHeight: 844, statusBarHeight: 44, safeArea }

test('what can be used of the window keeps clear of the notch and of the home line', () => {
  expect(windowOf(info)).toEqual({ width: 390, height: 844, top: 47, bottom: 810 })
})
test('a page’s own header begins below the notch, or the status bar', () => {
  expect(headerTop(info)).toBe(55)
  expect(headerTop({ ...info, safeArea: { ...safeArea, top: 0 } })).toBe(52)
})
