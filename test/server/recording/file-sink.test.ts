import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FileSink } from '../../../server/recording/remux/file-sink'
import { until } from '../../support/until'

let folder: string
beforeEach(() => (folder = fs.mkdtempSync(join(tmpdir(), 'sink-'))))
afterEach(() => {
  jest.restoreAllMocks()
  fs.rmSync(folder, { recursive: true, force: true })
})

const MB = 1 << 20
const SIZES = [1, 7, MB - 8, 1, 2, 3 * MB + 5, 0, MB, 4_000, 12]

async function writeAll(path: string, parts: readonly Buffer[]): Promise<{ size: number; md5: string }> {
  const sink = new FileSink(path)
  for (const part of parts) sink.put(part)
  const { size, md5 } = sink.close()
  return { size, md5: await md5 }
}

test.each([1, 6])('a file has its contents, %i times, with size and checksum', async (times) => {
  const parts = Array.from({ length: times }, () => SIZES.map((size) => randomBytes(size))).flat()
  const whole = Buffer.concat(parts)
  const path = join(folder, 'file')
  const md5 = createHash('md5').update(whole).digest('hex')
  expect(await writeAll(path, parts)).toEqual({ size: whole.length, md5 })
  expect(fs.readFileSync(path).equals(whole)).toBe(true)
})

test('buffers may be reused after put', () => {
  const bytes = Buffer.alloc(10, 'a')
  const path = join(folder, 'file')
  const sink = new FileSink(path)
  sink.put(bytes)
  bytes.fill('b')
  sink.put(bytes)
  sink.close()
  expect(fs.readFileSync(path, 'latin1')).toBe('aaaaaaaaaabbbbbbbbbb')
})

test('a partial write is continued', async () => {
  const { writeSync } = fs
  jest.spyOn(fs, 'writeSync').mockImplementation((...args: unknown[]) => {
    const [file, bytes, at, length] = args
    return Reflect.apply(writeSync, fs, [file, bytes, at, Math.min(Number(length), 300_000)])
  })
  const parts = SIZES.map((size) => randomBytes(size))
  const path = join(folder, 'file')
  await writeAll(path, parts)
  expect(fs.readFileSync(path).equals(Buffer.concat(parts))).toBe(true)
})

/** Of this process; systems with `/dev/full` also have `/proc`. */
const threads = (): number => fs.readdirSync('/proc/self/task').length

const whenFull = fs.existsSync('/dev/full') ? test : test.skip
whenFull('a full disk throws with its code, early or at the end; no thread is left', async () => {
  // Starts Node's own threads.
  await fs.promises.stat(folder)
  const before = threads()
  const full = expect.objectContaining({ code: 'ENOSPC' })
  const sink = new FileSink('/dev/full')
  expect(() => sink.put(Buffer.alloc(9 * MB))).toThrow(full)
  sink.abandon()
  await expect(writeAll('/dev/full', [Buffer.alloc(10)])).rejects.toEqual(full)

  // The disk is full later: while the thread computes, and when the rest is written.
  for (const [blocks, size] of [
    [2, 9 * MB],
    [3, 3 * MB + 1],
  ] as const) {
    const { writeSync } = fs
    let left: number = blocks
    const mock = jest.spyOn(fs, 'writeSync').mockImplementation((...args: unknown[]) => {
      if (left-- > 0) return Reflect.apply(writeSync, fs, args)
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
    })
    const cut = new FileSink(join(folder, 'file'))
    const fill = (): void => {
      cut.put(Buffer.alloc(size))
      cut.close()
    }
    expect(fill).toThrow(full)
    if (size === 9 * MB) cut.abandon()
    mock.mockRestore()
  }
  await until(() => threads() <= before, 'the threads end')
})
