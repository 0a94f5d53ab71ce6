import type { FailureReason } from '../../../miniprogram/components/media/state'
import { describeFailure } from '../../../miniprogram/pages/call/failure'
import { home, keepInside, windowOf } from '../../../miniprogram/pages/call/small-picture'
import { moreItems } from '../../../miniprogram/pages/call/more'
import { changes } from '../../../miniprogram/services/changes'
import { texts } from '../../../miniprogram/texts/index'

const allowed = () => ({ microphone: true, camera: true })
const denied = () => ({ microphone: false, camera: false })

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
  test('keeps clear of the notch and of the home line', () => {
    const safeArea = { left: 0, right: 390, top: 47, bottom: 810, width: 390, height: 763 }
    const info = { windowWidth: 390, windowHeight: 844, statusBarHeight: 44, safeArea }
    expect(windowOf(info)).toEqual({ width: 390, height: 844, top: 47, bottom: 810 })
  })
})

describe('a failure', () => {
  test.each<[FailureReason, string, string]>([
    ['camera-refused', 'cameraRefused', 'settings'],
    ['microphone-failed', 'microphoneFailed', 'none'],
    ['camera-failed', 'cameraFailed', 'none'],
    ['privacy', 'privacy', 'none'],
    ['not-supported', 'notSupported', 'none'],
    ['network', 'pushFailed', 'none'],
  ])('%s is a sentence with a way out', (reason, text, wayOut) => {
    expect(describeFailure(reason, allowed)).toEqual({ text, wayOut })
  })
  test('refused by the phone itself, it is mended in the phone’s settings', () => {
    expect(describeFailure('camera-refused', denied)).toEqual({
      text: 'cameraRefusedBySystem',
      wayOut: 'system-settings',
    })
  })
  test('the simulator is none, and without a microphone the call ends', () => {
    expect(describeFailure('simulator', allowed)).toBeNull()
    expect(describeFailure('microphone-refused', allowed)).toBeNull()
  })
})

test('only what changed is set', () => {
  expect(changes({ a: 1, b: 'x', c: true }, { a: 1, b: 'y', c: true })).toEqual({ b: 'y' })
  expect(changes({}, { a: 0 })).toEqual({ a: 0 })
})

const labels = (mirror: boolean, beauty: 'off' | 'soft' | 'strong'): string[] =>
  moreItems({ mirror, beauty }, texts('call', 'en')).map(({ label }) => label)

test('the menu offers what is not already so', () => {
  expect(labels(true, 'off')).toEqual([
    'Change to an audio call',
    'Do not mirror my picture',
    'Beauty: soft',
    'Beauty: strong',
  ])
  expect(labels(false, 'strong')).toEqual([
    'Change to an audio call',
    'Mirror my picture',
    'Beauty: off',
    'Beauty: soft',
  ])
})
