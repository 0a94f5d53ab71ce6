/** An ffmpeg for decoding: the machine's own, else the npm package's. */
import { execFileSync, spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'

function packaged(): string | null {
  try {
    const found: { path: string } = createRequire(__filename)('@ffmpeg-installer/ffmpeg')
    return found.path
  } catch {
    return null
  }
}

// ffmpeg, whose speed is the machine's, runs several times in most of these tests; some need more still, and say so.
jest.setTimeout(60_000)

const answers = (path: string): boolean => spawnSync(path, ['-version']).status === 0

/** Null if there is none. */
export const FFMPEG = ['ffmpeg', packaged()].find((path): path is string => path !== null && answers(path)) ?? null
export const describeWithFfmpeg = FFMPEG === null ? describe.skip : describe
export const testWithFfmpeg = FFMPEG === null ? test.skip : test

/** Runs it; returns its standard output. Throws on error output. */
export function ffmpeg(...args: string[]): Buffer {
  if (FFMPEG === null) throw new Error('There is no ffmpeg here.')
  return execFileSync(FFMPEG, ['-hide_banner', '-nostdin', '-loglevel', 'error', '-xerror', ...args], {
    maxBuffer: 1 << 29,
  })
}
