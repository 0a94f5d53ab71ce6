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

const ffmpegProcess = new FfmpegProcess()
afterAll(() => ffmpegProcess.close())

const turn = (): Promise<void> => Promise.resolve()
function checksWith(ffmpeg: FakeFfmpeg, isRetry = false): DecodeChecks {
  const { signal } = new AbortController()
  const target = join(folder, 'output')
  return new DecodeChecks({ process: ffmpegProcess, ffmpeg: ffmpeg.path, target, signal, turn }, isRetry)
}

const tilesOf = (...paths: string[]) =>
  paths.map((path) => ({
    account: 'alice',
    place: { x: 0, y: 0, width: 320, height: 240 },
    picture: { path, at: 0, speed: 1, width: 320, height: 240 },
  }))

test('a file is decoded once, however many scenes it is in', async () => {
  const script = 'case "$*" in *bad*) echo "[h264 @ 0x1] error while decoding MB 3 4" >&2;; esac'
  const ffmpeg = new FakeFfmpeg(folder, script)
  const checks = checksWith(ffmpeg)
  const tiles = tilesOf('good.mp4', 'bad.mp4', 'bad.mp4')
  for (let scene = 0; scene < 30; scene++) {
    expect(await checks.damagedPictures({ first: scene, frames: 1, tiles })).toEqual(['bad.mp4'])
  }
  expect(ffmpeg.pids).toHaveLength(2)
})

test('a file at which ffmpeg is killed each time is to blame, one at which it is killed once is not', async () => {
  const once = 'if mkdir "$(dirname "$0")/once" 2>/dev/null; then kill -9 $$; fi'
  const script = `case "$*" in *fatal*) kill -9 $$;; *unlucky*) ${once};; esac\necho output`
  const checks = checksWith(new FakeFfmpeg(folder, script), true)
  const scene = { first: 0, frames: 1, tiles: tilesOf('good.mp4', 'unlucky.mp4', 'fatal.mp4') }
  expect(await checks.fatalPictures(scene)).toEqual(['fatal.mp4'])
})
