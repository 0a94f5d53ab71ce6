/** The index of mp4 files. Tests of whole recordings check that players read them. */
import {
  layOut,
  lengthOf,
  pictureEntry,
  soundEntry,
  type Mp4Track,
  type Samples,
} from '../../../server/recording/remux/mp4'

const GB = 1 << 30
const PICTURE = pictureEntry(360, 640, Buffer.from('0142c01effe1000467', 'hex'))
const SOUND = soundEntry(2, 48_000, Buffer.of(0x11, 0x90))

const pictures = (samples: Samples): Mp4Track => {
  return { kind: 'video', timescale: 1_000, entry: PICTURE, width: 360, height: 640, samples }
}
const sounds = (count: number): Mp4Track => {
  const decode = Array.from({ length: count }, (_, at) => at * 1024)
  const samples = { sizes: decode.map(() => 100), decode, shifts: null, keys: null, end: count * 1024 }
  return { kind: 'audio', timescale: 48_000, entry: SOUND, width: 0, height: 0, samples }
}
const steady = (count: number, size = 1_000): Samples => ({
  sizes: Array.from({ length: count }, () => size),
  decode: Array.from({ length: count }, (_, at) => at * 40),
  shifts: null,
  keys: Array.from({ length: count }, (_, at) => (at % 25 === 0 ? 1 : 0)),
  end: count * 40,
})

const SUBJECTS = ['moov', 'trak', 'mdia', 'minf', 'stbl', 'edts']
/** Contents of all boxes by type, in order. */
function boxesIn(bytes: Buffer, found = new Map<string, Buffer[]>()): Map<string, Buffer[]> {
  for (let at = 0; at < bytes.length;) {
    const size = bytes.readUInt32BE(at)
    const type = bytes.toString('latin1', at + 4, at + 8)
    const content = bytes.subarray(at + 8, type === 'mdat' ? bytes.length : at + size)
    found.set(type, [...(found.get(type) ?? []), content])
    if (SUBJECTS.includes(type)) boxesIn(content, found)
    if (type === 'mdat') break
    at += size
  }
  return found
}
/** 32-bit values after version, flags and count. */
function listIn(content: Buffer | undefined, skipped = 8): number[] {
  const values = []
  for (let at = skipped; at < (content?.length ?? 0); at += 4) values.push(content?.readUInt32BE(at) ?? 0)
  return values
}

test('samples of each track are chunked by second, and the index has their offsets', () => {
  const tracks = [pictures(steady(60)), sounds(100)]
  const { head, chunks } = layOut(tracks, 0)
  expect(chunks.map(({ track, from, to }) => [track, from, to])).toEqual([
    [0, 0, 25],
    [1, 0, 47],
    [0, 25, 50],
    [1, 47, 94],
    [0, 50, 60],
    [1, 94, 100],
  ])
  const boxes = boxesIn(head)
  const begin = head.length
  expect(listIn(boxes.get('stco')?.[0])).toEqual([begin, begin + 29_700, begin + 59_400])
  expect(listIn(boxes.get('stco')?.[1])).toEqual([begin + 25_000, begin + 54_700, begin + 69_400])
  expect(listIn(boxes.get('stsc')?.[0])).toEqual([1, 25, 1, 3, 10, 1])
  expect(listIn(boxes.get('stss')?.[0])).toEqual([1, 26, 51])
  expect(listIn(boxes.get('stts')?.[0])).toEqual([60, 40])
  expect(boxes.has('edts')).toBe(false)
  expect(lengthOf(tracks)).toBe(2_400)
})

test('a file above four gigabytes has 64-bit offsets and sizes', () => {
  const { head, chunks } = layOut([pictures(steady(100, GB >> 3)), sounds(10)], 0)
  const boxes = boxesIn(head)
  expect(boxes.has('stco')).toBe(false)
  const [offsets] = boxes.get('co64') ?? []
  const last = chunks.findLastIndex(({ track }) => track === 0)
  const before = chunks.slice(0, last).reduce((sum, { size }) => sum + size, 0)
  expect(Number(offsets?.readBigUInt64BE(8 + 3 * 8))).toBe(head.length + before)
  const bytes = chunks.reduce((sum, { size }) => sum + size, 0)
  expect(head.readBigUInt64BE(head.length - 8)).toBe(BigInt(bytes + 16))
})

test('a track that begins later has an edit', () => {
  const late = steady(10)
  const { head } = layOut(
    [pictures({ ...late, decode: [...Array(10).keys()].map((at) => 3_000 + at * 40), end: 3_500 })],
    0,
  )
  const [edits] = boxesIn(head).get('elst') ?? []
  expect(edits?.readUInt32BE(4)).toBe(2)
  expect([edits?.readBigUInt64BE(8), edits?.readBigInt64BE(16)]).toEqual([3_000n, -1n])
  expect([edits?.readBigUInt64BE(28), edits?.readBigInt64BE(36)]).toEqual([500n, 0n])
  // The last one is shown until the end.
  expect(listIn(boxesIn(head).get('stts')?.[0])).toEqual([9, 40, 1, 140])
})

test.each([
  ['later', [40, 120, 0, 0], 0],
  ['earlier', [0, 80, -40, -40], 1],
])('pictures shown %s than they are decoded keep their order', (_, shifts, version) => {
  const { head } = layOut([pictures({ ...steady(4), shifts, end: 200 })], 0)
  const [list] = boxesIn(head).get('ctts') ?? []
  expect(list?.readUInt8(0)).toBe(version)
  expect(listIn(list).flatMap((value, at) => (at % 2 ? [value | 0] : []))).toEqual([...new Set(shifts)])
})

test('the same recording gives the same file', () => {
  const [one, other] = [0, 1].map(() => layOut([pictures(steady(10)), sounds(10)], 1_790_000_000_000).head)
  expect(one).toEqual(other)
  expect(
    boxesIn(one ?? Buffer.alloc(0))
      .get('mvhd')?.[0]
      ?.readUInt32BE(4),
  ).toBe(1_790_000_000 + 2_082_844_800)
})
