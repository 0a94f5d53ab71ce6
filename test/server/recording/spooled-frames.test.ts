import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FrameReader } from '../../../server/recording/spool/spooled-frames'

const MB = 1 << 20
/** Sizes of spool files. */
const SIZES = [2.5 * MB, 10, 7 * MB + 3]

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'frames-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function spool() {
  const contents = SIZES.map((size) => randomBytes(size))
  const files = contents.map((content, at) => ({ path: join(folder, String(at)), size: content.length }))
  files.forEach(({ path }, at) => writeFileSync(path, contents[at] ?? ''))
  return { files, whole: Buffer.concat(contents) }
}

test('frames are read by position over all files, in any order, across blocks', () => {
  const { files, whole } = spool()
  const reader = new FrameReader(files)
  const [second, third] = [2.5 * MB, 2.5 * MB + 10]
  const places: [number, number][] = [
    [0, 100],
    [MB - 50, 100],
    [100, 20],
    [MB - 50, MB + 100],
    [second - 5, 5],
    [second, 10],
    [third, 4 * MB],
    [third + 6 * MB, MB + 3],
    [second + 9, 1],
    [whole.length - 1, 1],
  ]
  for (const [place, size] of places) {
    const from = reader.find(place, size)
    expect(reader.window.subarray(from, from + size).equals(whole.subarray(place, place + size))).toBe(true)
  }
  reader.close()
})

test('a truncated spool file is an error', () => {
  const { files } = spool()
  const reader = new FrameReader(files)
  truncateSync(files[2]?.path ?? '', 3 * MB)
  expect(() => reader.find(2.5 * MB + 10 + 3 * MB - 5, 10)).toThrow('A spool file is shorter than before.')
  expect(() => reader.find(20 * MB, 10)).toThrow('behind the end')
  reader.close()
})
