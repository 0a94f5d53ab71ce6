/** A call's mixed file, from the call to the callback: while it is made, when the service stops meanwhile, and after. */
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { NETCALL_MODE, type RecordType } from '../../../miniprogram/netcall/constants'
import type { ApiCall } from '../../../miniprogram/netcall/http-api'
import { describeWithFfmpeg, FFMPEG } from '../../support/ffmpeg'
import { startService, type TestService } from '../../support/service'
import { until } from '../../support/until'
import type { JsonClient } from '../../support/json-client'
import { SignalClient } from '../../support/signal-client'
import { FakeFfmpeg } from '../recording/fake-ffmpeg'
import { publish, recordOf, respond, ring, session } from './call'

let folder: string
let running: TestService
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'mix-'))))
afterEach(async () => {
  await running.close()
  rmSync(folder, { recursive: true, force: true })
})

/** An ffmpeg that makes the audio at once and waits with scenes until the file `go` exists. */
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
/** File names in each files callback. */
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
/** A call in which alice requests participant files and mix, bob the mix only by default; hung up. */
async function talked(type: RecordType = '1'): Promise<number> {
  const ringing = await ring(running, 2)
  await respond(ringing)
  const recorded = { recordAudio: 1, recordVideo: 1, mode: NETCALL_MODE.NETCALL_MODE_AUDIO_VIDEO } as const
  const alice = await session(ringing.ways, 'alice', { ...recorded, recordType: '0' })
  const bob = await session(ringing.ways, 'bob', { ...recorded, recordType: type })
  for (const { pushUrl } of [alice, bob]) await publish(running, pushUrl, { duration: 1000 })
  await ringing.alice.request('hangup', { channelId: ringing.cid })
  for (const client of [ringing.alice, ringing.bob, alice.link, bob.link]) client.cut()
  return ringing.cid
}

describeWithFfmpeg('the mix of a call', () => {
  test('has progress while it is made, then all files with one callback', async () => {
    running = await startService({ ffmpegPath: waiting() })
    const cid = await talked()
    await until(async () => ((await call(cid)).recording.progress ?? 0) > 0, 'the progress')
    const { recording, files } = await call(cid)
    expect(recording).toMatchObject({ state: 'finishing', notes: [] })
    expect(recording.progress).toBeLessThan(1)
    expect([files, await told()]).toEqual([[], []])
    writeFileSync(join(folder, 'go'), '')
    const done = await recordOf(running, cid)
    expect(done.recording).toMatchObject({ state: 'done', notes: [], progress: null })
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

  test('is made after the next start if the service was stopped, with one callback', async () => {
    running = await startService({ ffmpegPath: waiting() })
    const cid = await talked()
    await until(async () => ((await call(cid)).recording.progress ?? 0) > 0, 'the progress')
    await running.stop()
    const { dataDir } = running
    expect(existsSync(join(dataDir, 'recordings', String(cid), 'spool'))).toBe(true)
    writeFileSync(join(folder, 'go'), '')
    running = await startService({ dataDir, ffmpegPath: waiting() })
    await recordOf(running, cid)
    expect((await call(cid)).files).toHaveLength(3)
    await until(async () => (await told()).length === 1, 'the callback')
    expect((await told())[0]).toContain('mix')
    await until(
      () => !existsSync(join(dataDir, 'recordings', String(cid), 'spool')),
      'the end of what it was made from',
    )
  })

  test('that fails does not hold back the other files; a later mix is reported with all files', async () => {
    const log = pino({ level: 'warn' }, { write: (line: string) => void said.push(JSON.parse(line).msg) })
    const said: string[] = []
    running = await startService({ ffmpegPath: new FakeFfmpeg(folder, 'exit 3').path }, { log })
    const cid = await talked('0')
    await recordOf(running, cid)
    await until(async () => (await told()).length === 1, 'the callback')
    expect((await call(cid)).recording.notes).toMatchObject([{ code: 'mix-failed' }])
    expect((await call(cid)).files.map(({ kind, mix }) => `${kind}${mix ? ' mix' : ''}`)).toEqual([
      'aac',
      'mp4',
      'aac',
      'mp4',
    ])
    expect(said).toContain('recording: mix failed')

    await running.stop()
    running = await startService({ dataDir: running.dataDir })
    await until(async () => (await told()).length === 2, 'the second event of files')
    expect((await told())[0]).toHaveLength(5)
    expect((await call(cid)).recording).toMatchObject({ state: 'done', notes: [] })
    expect((await call(cid)).files.filter(({ mix }) => mix)).toHaveLength(1)
  })

  test('of a room contains what each member requested, beside its own files', async () => {
    running = await startService()
    const asked = {
      alice: { recordAudio: 1, recordVideo: 1, recordType: '2', isHostSpeaker: 1 },
      bob: { recordAudio: 1, recordVideo: 0, recordType: '0' },
      carol: { recordAudio: 1, recordVideo: 1, recordType: '1' },
      dave: { recordAudio: 0, recordVideo: 1, recordType: 2, rtmpRecord: 1 },
      erin: {},
      frank: { recordAudio: 1, recordVideo: 1, recordType: '2', role: 1 },
    } as const
    const base = `ws://127.0.0.1:${running.port}`
    const clients: JsonClient[] = []
    const uids = new Map<string, number>()
    let cid = 0
    for (const [account, more] of Object.entries(asked)) {
      const signal = await SignalClient.open(base, account, await running.token(account))
      clients.push(signal)
      await signal.ask('createChannel', { channelName: 'standup', custom: '', webrtcEnable: true })
      const joined = await signal.request('joinChannel', { channelName: 'standup' })
      cid = Number(joined['channelId'])
      const member = await session({ [account]: joined }, account, { scene: 1, role: 0, ...more })
      clients.push(member.link)
      uids.set(account, member.uid)
      if (account !== 'frank') await publish(running, member.pushUrl)
    }
    // The last one to leave ends the room and the call.
    for (const client of clients) if (client instanceof SignalClient) await client.request('hangup', { channelId: cid })
    for (const client of clients) client.cut()

    const { files, recording, type } = await recordOf(running, cid)
    const singles = files.filter(({ mix }) => !mix)
    expect(singles.map(({ account, kind }) => `${account} ${kind}`).toSorted()).toEqual([
      'alice aac',
      'alice mp4',
      'bob aac',
      'dave flv',
      'dave mp4',
    ])
    for (const { account, kind, filename } of singles) {
      expect(filename).toMatch(new RegExp(`^0-${cid}-\\d+-${uids.get(account)}\\.${kind}$`))
    }
    const mixed = files.filter(({ mix }) => mix)
    expect(mixed.map(({ filename }) => filename)).toEqual([expect.stringMatching(`^0-${cid}-\\d+-0-mix\\.mp4$`)])
    expect(recording.notes).toEqual([])
    expect(type).toBe(2)
  })
})
