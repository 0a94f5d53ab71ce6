/** ffmpeg decodes callers' data: it gets no network, no secrets, no writable files, and limited memory. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { confinement } from '../../../server/recording/compose/confinement'
import { ffmpegWarning, runFfmpeg } from '../../../server/recording/compose/ffmpeg'
import { FfmpegProcess } from '../../../server/recording/compose/ffmpeg-process'
import { FFMPEG, testWithFfmpeg } from '../../support/ffmpeg'
import { pictureCheckArgs, soundCheckArgs } from '../../../server/recording/compose/ffmpeg-args'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'confinement-'))))
afterEach(() => rmSync(folder, { recursive: true }))

/** Runs a program in place of ffmpeg; returns its standard output. */
async function outputOf(program: string, args: readonly string[]): Promise<string> {
  const target = join(folder, 'output')
  const process = new FfmpegProcess()
  await runFfmpeg({
    process,
    ffmpeg: program,
    args,
    target,
    limit: 1e6,
    signal: new AbortController().signal,
    turn: () => Promise.resolve(),
    onProgress: () => {},
  }).finally(() => process.close())
  return readFileSync(target, 'utf8')
}
const sh = async (script: string): Promise<string> => await outputOf('sh', ['-c', script])

test("the environment with the service's secrets is not passed on", async () => {
  process.env['APP_SECRET'] = 'do not tell'
  const shown = await sh('env')
  delete process.env['APP_SECRET']
  expect(shown).toContain('PATH=')
  expect(shown).not.toContain('do not tell')
})

const onLinux = process.platform === 'linux' ? testWithFfmpeg : test.skip
onLinux('no file can be written to, and memory has a limit', async () => {
  const path = join(folder, 'written')
  expect(await confinement()).toContain('prlimit')
  expect(await sh(`(echo text >'${path}') 2>/dev/null || echo refused; ulimit -v`)).toMatch(/^refused\n4194304\n$/)
  expect(readFileSync(path, 'utf8')).toBe('')
})

onLinux('there is no network, where the system allows namespaces', async () => {
  let connected = false
  const server = createServer((socket) => {
    connected = true
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  await outputOf(FFMPEG ?? '', ['-i', `tcp://127.0.0.1:${port}`, '-f', 'null', 'pipe:1']).catch(() => undefined)
  await new Promise((resolve) => server.close(resolve))
  expect(connected).toBe(!(await confinement()).includes('unshare'))
})

testWithFfmpeg('a member’s file is read as what it was written as, and opens no other', async () => {
  const secret = join(folder, 'secret.aac')
  writeFileSync(secret, 'a secret')
  for (const [name, args] of [
    ['playlist.aac', soundCheckArgs],
    ['playlist.mp4', pictureCheckArgs],
  ] as const) {
    const path = join(folder, name)
    writeFileSync(path, `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://${secret}\n#EXT-X-ENDLIST\n`)
    const said = await outputOf(FFMPEG ?? '', args(path)).catch((error: unknown) =>
      Reflect.get(Object(error), 'detail'),
    )
    expect(String(said)).not.toMatch(/hls|secret|Opening/i)
  }
})

testWithFfmpeg('the operator is warned of an ffmpeg that is missing or old', () => {
  expect(ffmpegWarning(null)).toMatch(/No ffmpeg.* Install ffmpeg/)
  expect(ffmpegWarning('/usr/bin/ffmpeg')).toBeNull()
  expect(ffmpegWarning(require('@ffmpeg-installer/ffmpeg').path)).toMatch(/from 2018.* Install a current ffmpeg/)
})
