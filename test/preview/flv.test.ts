import { audioConfigTag, audioTag, flvHeader, videoConfigTag, videoTag } from '../../preview/media/flv'
import { FlvWatch } from '../../preview/media/flv-watch'

const bytes = (...values: number[]): Uint8Array => new Uint8Array(values)

test('the header has exactly the existing tracks', () => {
  expect([...flvHeader({ audio: true, video: false })]).toEqual([0x46, 0x4c, 0x56, 1, 4, 0, 0, 0, 9, 0, 0, 0, 0])
  expect(flvHeader({ audio: true, video: true })[4]).toBe(5)
})

test('tags have size, 32-bit time and the size again', () => {
  expect([...videoTag(0x01020304, bytes(0xaa, 0xbb), true)]).toEqual([
    9, 0, 0, 7, 0x02, 0x03, 0x04, 0x01, 0, 0, 0, 0x17, 1, 0, 0, 0, 0xaa, 0xbb, 0, 0, 0, 18,
  ])
  expect([...audioTag(5, bytes(0xcc))]).toEqual([8, 0, 0, 3, 0, 0, 5, 0, 0, 0, 0, 0xaf, 1, 0xcc, 0, 0, 0, 14])
  expect(videoTag(0, bytes(), false)[11]).toBe(0x27)
  expect(videoConfigTag(0, bytes(1))[12]).toBe(0)
  expect(audioConfigTag(0, bytes(0x11, 0x90))[12]).toBe(0)
})

test.each([1, 2, 7, 1000])('a stream is parsed in chunks of %s bytes', (piece) => {
  const stream = [
    ...flvHeader({ audio: true, video: true }),
    ...audioConfigTag(0, bytes(0x11, 0x90)),
    ...videoConfigTag(0, bytes(1, 2, 3)),
    ...videoTag(0, new Uint8Array(300).fill(9), true),
    ...audioTag(0, bytes(1, 2, 3)),
  ]
  const seen: string[] = []
  const watch = new FlvWatch((kind, size) => seen.push(`${kind} ${size}`))
  for (let at = 0; at < stream.length; at += piece) watch.push(new Uint8Array(stream.slice(at, at + piece)))
  expect(seen).toEqual(['audio-config 4', 'video-config 8', 'video 305', 'audio 5'])
  expect(watch.seen).toEqual({ audio: true, video: true })
})

test('an audio-only stream is recognized', () => {
  const watch = new FlvWatch(() => undefined)
  watch.push(flvHeader({ audio: true, video: true }))
  watch.push(audioTag(0, bytes(1)))
  expect(watch.seen).toEqual({ audio: true, video: false })
})
