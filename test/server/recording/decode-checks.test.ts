/** Which member files ffmpeg cannot decode. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DecodeChecks } from '../../../server/recording/compose/decode-checks'
import { FfmpegProcess } from '../../../server/recording/compose/ffmpeg-process'
import { FakeFfmpeg } from './fake-ffmpeg'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'decode-checks-'))))
afterEach(() => rmSync(folder, { recursive: true }))

test('a file is decoded once, however many scenes it is in', async () => {
  const script = 'case "$*" in *bad*) echo "[h264 @ 0x1] error while decoding MB 3 4" >&2;; esac'
  const ffmpeg = new FakeFfmpeg(folder, script)
  const target = join(folder, 'output')
  const { signal } = new AbortController()
  const process = new FfmpegProcess()
  const checks = new DecodeChecks({ process, ffmpeg: ffmpeg.path, target, signal, turn: () => Promise.resolve() })
  const tiles = ['good.mp4', 'bad.mp4', 'bad.mp4'].map((path) => ({
    account: 'alice',
    place: { x: 0, y: 0, width: 320, height: 240 },
    picture: { path, at: 0, speed: 1, width: 320, height: 240 },
  }))
  for (let scene = 0; scene < 30; scene++) {
    expect(await checks.damagedPictures({ first: scene, frames: 1, tiles })).toEqual(['bad.mp4'])
  }
  process.close()
  expect(ffmpeg.pids).toHaveLength(2)
})
