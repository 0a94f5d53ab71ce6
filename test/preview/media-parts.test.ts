import { MediaClock } from '../../preview/media/clock'
import { lookFilter } from '../../preview/media/retouch'
import { ageOf, drawStamp, readStamp } from '../../preview/media/stamp'
import { playUrl, publishUrl } from '../../preview/media/stream-url'
import { readPhoneQuery } from '../../preview/runtime/phone-query'

test("a phone's RTMP URLs become the page's", () => {
  const page = new URL('http://localhost:8360/phone.html')
  const push = 'rtmp://192.168.1.5:1935/live/12-34?expires=9&sign=a-b_c&action=publish'
  expect(publishUrl(push, page)).toBe('ws://localhost:8360/live/12-34.flv?expires=9&sign=a-b_c&action=publish')
  expect(playUrl('rtmp://host/live/1-2', page)).toBe('ws://localhost:8360/live/1-2.flv')
  expect(publishUrl(push, new URL('https://call.example.com/'))).toMatch(
    /^wss:\/\/call\.example\.com\/live\/12-34\.flv/,
  )
  expect(playUrl('https://cdn.example.com/a.flv?x=1', page)).toBe('https://cdn.example.com/a.flv?x=1')
  expect(() => publishUrl('http://host/live/1-2', page)).toThrow('rtmp')
})

test('timestamps of two sources share one clock and never decrease', () => {
  const now = jest.spyOn(performance, 'now')
  const [camera, microphone] = [new MediaClock(1000), new MediaClock(1000)]
  now.mockReturnValue(1100)
  expect(camera.at(5_000_000)).toBe(100)
  expect(microphone.at(77_000_000)).toBe(100)
  // The next frame arrives with less delay than the first: the offset shrinks.
  now.mockReturnValue(1130)
  expect(camera.at(5_066_000)).toBe(130)
  now.mockReturnValue(1200)
  expect(camera.at(5_070_000)).toBe(134)
  expect(camera.at(5_000_000)).toBe(134)
  now.mockRestore()
})

test('a timestamp is read back from a picture that has one', () => {
  const [width, height] = [288, 512]
  const pixels = new Uint8ClampedArray(width * height * 4).fill(128)
  const canvas = {
    fillStyle: '',
    fillRect(x: number, y: number, w: number, h: number) {
      const value = this.fillStyle === '#fff' ? 235 : 20
      for (let row = Math.round(y); row < Math.min(height, Math.round(y + h)); row++) {
        const from = (row * width + Math.round(x)) * 4
        pixels.fill(value, from, (row * width + Math.min(width, Math.round(x + w))) * 4)
      }
    },
  }
  expect(readStamp(pixels, width, height)).toBeNull()
  const time = 1_795_368_109_000
  Reflect.apply(drawStamp, null, [canvas, width, height, time])
  const stamp = readStamp(pixels, width, height)
  expect(stamp).toBe(time % 0x1000000)
  expect(ageOf(stamp ?? 0, time + 240)).toBe(240)
  expect(ageOf(0xffff00, 0x1000000 * 7 + 10)).toBe(266)
})

test('beauty and whiteness cost nothing at 0', () => {
  expect(lookFilter(0, 0)).toBe('none')
  expect(lookFilter(9, 0)).toBe('blur(1.40px)')
  expect(lookFilter(0, 99)).toBe('brightness(1.220)')
  expect(lookFilter(3, 3)).toMatch(/^blur\(0\.\d+px\) brightness\(1\.\d+\)$/)
})

test('a phone is configured by its URL', () => {
  expect(
    readPhoneQuery('?account=bob&lang=zh_CN&theme=dark&camera=red&tone=440&refuse=camera&privacy=needed&network=none'),
  ).toEqual({
    account: 'bob',
    language: 'zh_CN',
    theme: 'dark',
    notch: false,
    stamp: false,
    fps: Infinity,
    synthetic: true,
    colour: 'red',
    tone: 440,
    permissions: { camera: 'refused', microphone: 'granted', album: 'granted' },
    privacyNeeded: true,
    network: false,
    simulator: false,
    page: null,
  })
  expect(readPhoneQuery('', 'zh-CN')).toMatchObject({ account: 'alice', language: 'zh_CN', synthetic: false })
  expect(readPhoneQuery('?refuse-by-system=microphone&simulator', 'en')).toMatchObject({
    permissions: { camera: 'granted', microphone: 'refused-by-system' },
    privacyNeeded: false,
    network: true,
    simulator: true,
  })
  expect(readPhoneQuery('?source=synthetic&fps=5', 'fr')).toMatchObject({ language: 'en', synthetic: true, fps: 5 })
  expect(readPhoneQuery('?fps=0', 'en').fps).toBe(Infinity)
})
