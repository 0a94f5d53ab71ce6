/** @jest-environment node */
import { describeFailure } from '../../../miniprogram/components/media/failure'
import { readNetQuality, readNetStatus } from '../../../miniprogram/components/media/net-status'
import type { FailureReason } from '../../../miniprogram/components/media/state'
import { readPlayerCode } from '../../../miniprogram/components/rtc-player/codes'
import { readPusherCode, readPusherError } from '../../../miniprogram/components/rtc-pusher/codes'
import { pictureSize } from '../../../miniprogram/components/rtc-pusher/quality'

const playing = { state: 'playing' }
const weak = { state: 'stalled', reason: 'network' }
const gaveUp = { state: 'gave-up' }
const failed = (reason: string): object => ({ state: 'failed', reason })

test.each([
  [1001, null],
  [1002, playing],
  [1003, null],
  [1004, null],
  [1005, null],
  [1006, null],
  [1007, null],
  [1008, null],
  [1101, weak],
  [1102, weak],
  [1103, null],
  [1104, null],
  [3001, weak],
  [3002, weak],
  [3003, weak],
  [3004, weak],
  [3005, weak],
  [4998, null],
  [4999, null],
  [5001, { state: 'stalled', reason: 'interrupted' }],
  [10001, failed('camera-refused')],
  [10002, failed('microphone-refused')],
  [10003, null],
  [10004, null],
  [-1301, failed('camera-failed')],
  [-1302, failed('microphone-failed')],
  [-1303, failed('not-supported')],
  [-1304, failed('not-supported')],
  [-1305, failed('not-supported')],
  [-1306, failed('not-supported')],
  [-1307, gaveUp],
  [-1308, null],
  [-1309, null],
  [-1310, null],
  [-1311, failed('microphone-failed')],
  [-1312, null],
  [123456, null],
])('the pusher’s %d', (code, reading) => {
  expect(readPusherCode(code)).toEqual(reading)
})

test.each([
  [2001, null],
  [2002, null],
  [2003, null],
  [2004, playing],
  [2005, null],
  [2006, gaveUp],
  [2007, weak],
  [2008, null],
  [2009, null],
  [2030, null],
  [2032, playing],
  [2101, null],
  [2102, null],
  [2103, weak],
  [2104, weak],
  [2105, weak],
  [2106, null],
  [2107, null],
  [2108, null],
  [3001, weak],
  [3002, weak],
  [3003, weak],
  [3005, weak],
  [-2301, gaveUp],
  [-2302, gaveUp],
  [-2304, failed('not-supported')],
  [123456, null],
])('the player’s %d', (code, reading) => {
  expect(readPlayerCode(code)).toEqual(reading)
})

test('an error of the pusher without a code is recognized by its message', () => {
  expect(readPusherError({ errMsg: 'live-pusher: Not allowed to use camera' })).toEqual(failed('privacy'))
  expect(readPusherError({ errCode: 10001, errMsg: 'user refused' })).toEqual(failed('camera-refused'))
  expect(readPusherError({ errCode: 10002 })).toEqual(failed('microphone-refused'))
  expect(readPusherError({ errCode: 10003, errMsg: 'bgm' })).toBeNull()
  expect(readPusherError({})).toBeNull()
})

test('flowing data mean that the stream runs', () => {
  expect(readNetStatus({ netSpeed: 300, netQualityLevel: 1 })).toEqual(playing)
  expect(readNetStatus({ netSpeed: 300 })).toEqual(playing)
  expect(readNetStatus({ netSpeed: 300, netQualityLevel: 6 })).toBeNull()
  expect(readNetStatus({ netSpeed: 0, netQualityLevel: 1 })).toBeNull()
  expect(readNetStatus({})).toBeNull()
})

test.each([
  [1, 'good'],
  [2, 'good'],
  [3, 'fair'],
  [4, 'fair'],
  [5, 'weak'],
  [6, 'weak'],
  [0, null],
])('network level %d is %s', (netQualityLevel, quality) => {
  expect(readNetQuality({ netSpeed: 300, netQualityLevel })).toBe(quality)
})

test('the network is unknown while no data flow', () => {
  expect(readNetQuality({ netSpeed: 0, netQualityLevel: 6 })).toBeNull()
  expect(readNetQuality({ netSpeed: 300 })).toBeNull()
})

test('a better quality has more pixels and bits; an unknown one is standard', () => {
  const [smooth, standard, high] = ['smooth', 'standard', 'high'].map(pictureSize)
  expect(smooth!.maxBitrate).toBeLessThan(standard!.maxBitrate)
  expect(standard!.maxBitrate).toBeLessThan(high!.maxBitrate)
  expect(smooth!.width).toBeLessThan(standard!.width)
  expect(standard!.height).toBeLessThan(high!.height)
  expect(pictureSize('4k')).toEqual(standard)
})

const allowed = () => ({ microphone: true, camera: true })
const denied = () => ({ microphone: false, camera: false })

describe('a failure', () => {
  test.each<[FailureReason, string, string]>([
    ['camera-refused', 'cameraRefused', 'settings'],
    ['microphone-failed', 'microphoneFailed', 'none'],
    ['camera-failed', 'cameraFailed', 'none'],
    ['privacy', 'privacy', 'none'],
    ['not-supported', 'notSupported', 'none'],
    ['network', 'pushFailed', 'none'],
  ])('%s has a sentence with a way out', (reason, text, wayOut) => {
    expect(describeFailure(reason, allowed)).toEqual({ text, wayOut })
  })
  test("denied by the phone is fixed in the phone's settings", () => {
    expect(describeFailure('camera-refused', denied)).toEqual({
      text: 'cameraRefusedBySystem',
      wayOut: 'system-settings',
    })
  })
  test('the simulator is not a failure, and without a microphone the call ends', () => {
    expect(describeFailure('simulator', allowed)).toBeNull()
    expect(describeFailure('microphone-refused', allowed)).toBeNull()
  })
})
