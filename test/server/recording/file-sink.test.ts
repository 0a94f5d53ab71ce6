import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FileSink } from '../../../server/recording/file-sink'

let folder: string
beforeEach(() => (folder = fs.mkdtempSync(join(tmpdir(), 'sink-'))))
afterEach(() => {
  jest.restoreAllMocks()
  fs.rmSync(folder, { recursive: true, force: true })
})

const MB = 1 << 20
const SIZES = [1, 7, MB - 8, 1, 2, 3 * MB + 5, 0, MB, 4_000, 12]

function writeAll(path: string, parts: readonly Buffer[]): { size: number; md5: string } {
  const sink = new FileSink(path)
  for (const part of parts) sink.put(part)
  return sink.close()
}

test('a file holds what was put, and its size and checksum are told', () => {
  const parts = SIZES.map((size) => randomBytes(size))
  const whole = Buffer.concat(parts)
  const path = join(folder, 'file')
  const md5 = createHash('md5').update(whole).digest('hex')
  expect(writeAll(path, parts)).toEqual({ size: whole.length, md5 })
  expect(fs.readFileSync(path).equals(whole)).toBe(true)
})

test('bytes may be reused after they were put', () => {
  const bytes = Buffer.alloc(10, 'a')
  const path = join(folder, 'file')
  const sink = new FileSink(path)
  sink.put(bytes)
  bytes.fill('b')
  sink.put(bytes)
  sink.close()
  expect(fs.readFileSync(path, 'latin1')).toBe('aaaaaaaaaabbbbbbbbbb')
})

test('a write that the disk cut short is continued', () => {
  const { writeSync } = fs
  jest.spyOn(fs, 'writeSync').mockImplementation((...args: unknown[]) => {
    const [file, bytes, at, length] = args
    return Reflect.apply(writeSync, fs, [file, bytes, at, Math.min(Number(length), 300_000)])
  })
  const parts = SIZES.map((size) => randomBytes(size))
  const path = join(folder, 'file')
  writeAll(path, parts)
  expect(fs.readFileSync(path).equals(Buffer.concat(parts))).toBe(true)
})

const whenFull = fs.existsSync('/dev/full') ? test : test.skip
whenFull('a full disk throws with its code, early or at the end', () => {
  const sink = new FileSink('/dev/full')
  expect(() => sink.put(Buffer.alloc(9 * MB))).toThrow(expect.objectContaining({ code: 'ENOSPC' }))
  sink.abandon()
  expect(() => writeAll('/dev/full', [Buffer.alloc(10)])).toThrow(expect.objectContaining({ code: 'ENOSPC' }))
})
