import { home, keepInside } from '../../../miniprogram/pages/call/small-picture'

describe('the small picture', () => {
  const phone = { width: 375, height: 720, top: 20, bottom: 700 }

  test('begins in the upper right corner, below WeChat’s button', () => {
    expect(home(phone)).toEqual({ x: 263, y: 68 })
  })
  test.each([
    ['inside', { x: 100, y: 300 }, { x: 100, y: 300 }],
    ['beyond the left and the top', { x: -50, y: -50 }, { x: 12, y: 20 }],
    ['beyond the right and the bottom', { x: 999, y: 999 }, { x: 263, y: 555 }],
  ])('stays whole on the screen: %s', (_where, point, kept) => {
    expect(keepInside(phone, point)).toEqual(kept)
  })
})
