/** A call's mixed file, from the call to the callback: while it is made, when the service stops meanwhile, and after. */
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NETCALL_MODE } from '../../../miniprogram/netcall/constants'
import type { ApiCall } from '../../../miniprogram/netcall/http-api'
import { describeWithFfmpeg, FFMPEG } from '../../support/ffmpeg'
import { startService, type TestService } from '../../support/service'
import { until } from '../../support/until'
import { publish, respond, ring, session } from './call'

let folder: string
let running: TestService
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'mix-'))))
afterEach(async () => {
  await running.close()
  rmSync(folder, { recursive: true, force: true })
})

/** ffmpeg, which makes the sound at once and waits with pictures until the file `go` is there. */
function waiting(): string {
  const path = join(folder, 'ffmpeg')
  const wait = `case "$*" in *libx264*) while [ ! -e "${folder}/go" ]; do sleep 0.05; done;; esac`
  writeFileSync(path, `#!/bin/sh\ncase "$*" in *-encoders*) ;; *) ${wait};; esac\nexec "${FFMPEG}" "$@"\n`)
  chmodSync(path, 0o755)
  return path
}
async function call(cid: number): Promise<ApiCall> {
  const response = await fetch(`${running.url}/api/calls/${cid}`, {
    headers: { authorization: `Bearer ${await running.token('alice')}` },
  })
  return response.json()
}
/** Of the files' callbacks: the names in each. */
async function told(): Promise<string[][]> {
  const response = await fetch(`${running.url}/api/callbacks`)
  const { callbacks }: { callbacks: { eventType: string; body: string; valid: boolean }[] } = await response.json()
  const files = callbacks.filter(({ eventType, valid }) => eventType === '6' && valid)
  return files.map(({ body }) =>
    JSON.parse(JSON.parse(body).fileinfo).map((file: { filename: string; mix: boolean }) =>
      file.mix ? 'mix' : file.filename,
    ),
  )
}
/** A call in which alice asks for singles and mix, bob for the mix only; hung up. */
async function talked(): Promise<number> {
  const ringing = await ring(running, 2)
  await respond(ringing)
  const recorded = { recordAudio: 1, recordVideo: 1, mode: NETCALL_MODE.NETCALL_MODE_AUDIO_VIDEO } as const
  const alice = await session(running, ringing.cid, 'alice', { ...recorded, recordType: '0' })
  const bob = await session(running, ringing.cid, 'bob', { ...recorded, recordType: '1' })
  for (const { pushUrl } of [alice, bob]) await publish(running, pushUrl, { duration: 2000 })
  await ringing.alice.request('hangup', { channelId: ringing.cid })
  for (const client of [ringing.alice, ringing.bob, alice.link, bob.link]) client.cut()
  return ringing.cid
}

describeWithFfmpeg('the mix of a call', () => {
  test('its progress is told while it is made; then all files are there, and told of together', async () => {
    running = await startService({ ffmpegPath: waiting() })
    const cid = await talked()
    await until(async () => ((await call(cid)).recording.progress ?? 0) > 0, 'the progress')
    const { recording, files } = await call(cid)
    expect(recording).toMatchObject({ state: 'finishing', notes: [] })
    expect(recording.progress).toBeLessThan(1)
    expect([files, await told()]).toEqual([[], []])
    writeFileSync(join(folder, 'go'), '')
    await until(async () => (await call(cid)).recording.state === 'done', 'the files')
    const done = await call(cid)
    expect(done.recording).toEqual({ state: 'done', notes: [], progress: null })
    expect(done.files.map(({ account, kind, mix }) => `${account} ${kind}${mix ? ' mix' : ''}`)).toEqual(
      expect.arrayContaining(['alice aac', 'alice mp4', 'alice mp4 mix']),
    )
    expect(done.files).toHaveLength(3)
    await until(async () => (await told()).length === 1, 'the callback')
    expect((await told())[0]).toEqual([expect.stringMatching(/aac$/), expect.stringMatching(/mp4$/), 'mix'])
    const mix = done.files.find((file) => file.mix)
    const response = await fetch(running.url + (mix?.url ?? ''))
    expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([200, mix?.size])
  })

  test('a service that is stopped meanwhile makes it after its next start, and tells once', async () => {
    running = await startService({ ffmpegPath: waiting() })
    const cid = await talked()
    await until(async () => ((await call(cid)).recording.progress ?? 0) > 0, 'the progress')
    await running.stop()
    const { dataDir } = running
    expect(existsSync(join(dataDir, 'recordings', String(cid), 'spool'))).toBe(true)
    writeFileSync(join(folder, 'go'), '')
    running = await startService({ dataDir, ffmpegPath: waiting() })
    await until(async () => (await call(cid)).recording.state === 'done', 'the files')
    expect((await call(cid)).files).toHaveLength(3)
    await until(async () => (await told()).length === 1, 'the callback')
    expect((await told())[0]).toContain('mix')
    await until(
      () => !existsSync(join(dataDir, 'recordings', String(cid), 'spool')),
      'the end of what it was made from',
    )
  })
})
