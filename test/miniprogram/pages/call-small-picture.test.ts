import { home, keepInside } from '../../../miniprogram/pages/call/small-picture'
import { seenCall } from '../../support/call-page'
import { ended, talking } from '../../support/calls'
import type { Mounted } from '../../support/simulate'

const place = (page: Mounted, id = '#own'): unknown => page.attributes(id)['style']
const drag = async (page: Mounted, from: [number, number], to: [number, number], id = '#own'): Promise<void> => {
  await page.touch('touchstart', ...from, id)
  await page.touch('touchmove', ...to, id)
  await page.touch('touchend', ...to, id)
}

beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

describe('the small picture', () => {
  test('is mine, in the upper right', async () => {
    const { page } = await seenCall()
    expect(page.attributes('#own')['class']).toContain('small')
    expect(page.attributes('#peer')['class']).toContain('large')
    expect(place(page)).toBe('left: 263px; top: 68px')
  })
  test('follows the finger and stops at the edges', async () => {
    const { page } = await seenCall()
    await drag(page, [300, 100], [200, 300])
    expect(place(page)).toBe('left: 163px; top: 268px')
    await drag(page, [200, 300], [-500, 2000])
    expect(place(page)).toBe('left: 12px; top: 575px')
  })
  test('a finger on the large picture moves nothing', async () => {
    const { page } = await seenCall()
    await drag(page, [100, 400], [10, 500], '#peer')
    expect(place(page)).toBe('left: 263px; top: 68px')
  })
  test('a tap swaps the pictures, and the place stays where it was put', async () => {
    const { page } = await seenCall()
    await drag(page, [300, 100], [200, 300])
    await page.tap('#own')
    expect(page.attributes('#own')['class']).toContain('large')
    expect(page.attributes('#peer')['class']).toContain('small')
    expect(place(page)).toBe('')
    expect(place(page, '#peer')).toBe('left: 163px; top: 268px')
    expect(page.attributes('#peer')).toMatchObject({ 'aria-role': 'button', 'aria-label': '放大对方的画面' })
    await page.tap('#peer')
    expect(page.attributes('#own')['class']).toContain('small')
  })
  test('is the other side’s no more when the call ends: the last word stands large', async () => {
    const { page, become } = await seenCall()
    await page.tap('#own')
    await become(ended({ reason: 'peer-hung-up', duration: 65_000 }))
    expect(page.attributes('#peer')).toMatchObject({ style: '', 'aria-role': '' })
    expect(page.attributes('#peer')['class']).toContain('large')
    expect(page.text('#cover')).toBe('Bbobbob 已挂断01:05')
    expect(page.find('#peer-avatar').data['size']).toBe(240)
  })
  test('is no button in an audio call, which has none', async () => {
    const { page, become } = await seenCall()
    expect(page.attributes('#own')).toMatchObject({ 'aria-role': 'button', 'aria-label': '放大我的画面' })
    await become(talking({ kind: 'audio' }))
    expect(page.attributes('#own')).toMatchObject({ 'aria-role': '', 'aria-label': '' })
  })
  test('stays on the screen when the screen turns', async () => {
    const { page } = await seenCall()
    jest.mocked(wx.getWindowInfo).mockReturnValue({
      ...wx.getWindowInfo(),
      windowWidth: 300,
      windowHeight: 400,
      safeArea: { left: 0, right: 300, top: 0, bottom: 400, width: 300, height: 400 },
    })
    await page.run('onResize')
    expect(place(page)).toBe('left: 210px; top: 68px')
  })
})

describe('where it may be', () => {
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
