/** Callbacks of a service that is killed, and the command beside a running one: all as processes of their own. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '../../../server/store/store'
import { until } from '../../support/until'
import { APP, ScriptedReceiver, silence, well } from '../callback/scripted-receiver'
import { endedCall } from '../callback/ended-call'

const ROOT = join(__dirname, '../../..')
const CID = 1_763_830_000_000_123

let dataDir: string
let receiver: ScriptedReceiver
const running = new Set<ChildProcess>()

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'callbacks-'))
  receiver = await new ScriptedReceiver().up()
})
afterEach(async () => {
  for (const child of running) await kill(child)
  await receiver.down()
  rmSync(dataDir, { recursive: true })
})

/** Two events of one call in the outbox, the first given up where it is said so; gives their ids. */
function seed(firstFailed: boolean): string[] {
  const store = openStore(join(dataDir, 'calls.db'))
  store.insertCall(endedCall(CID, 'done'))
  const rows = ['5', '6'].map((eventType) => store.enqueue({ cid: CID, eventType, body: `{"n":${eventType}}`, now: 0 }))
  const lastError = 'the receiver answered 500 instead of 200'
  if (firstFailed) store.updateOutbox(rows[0]?.id ?? 0, { state: 'failed', attempts: 20, lastError })
  store.close()
  return rows.map(({ callbackId }) => callbackId)
}

function start(args: string[], environment: Record<string, string> = {}) {
  const env = { PATH: process.env['PATH'], DATA_DIR: dataDir, ...environment }
  const child = spawn(process.execPath, args, { cwd: ROOT, env })
  running.add(child)
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()))
  return { child, said }
}
const service = () =>
  start(['--import', 'tsx', 'server/main.ts'], {
    PORT: '0',
    RTMP_PORT: '0',
    LOG_LEVEL: 'silent',
    CALLBACK_URL: receiver.url,
    APP_KEY: APP.appKey,
    APP_SECRET: APP.appSecret,
  })
async function kill(child: ChildProcess): Promise<void> {
  running.delete(child)
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}
/** As `npm run callbacks -- …` does. */
async function command(...args: string[]) {
  const { child, said } = start(['scripts/callbacks.mjs', ...args])
  const [code] = await once(child, 'close')
  return { code, ...said }
}

it('a service killed while it calls back does so again at its next start, with the same id', async () => {
  const ids = seed(false)
  receiver.answer = silence
  const first = service()
  await until(() => receiver.got.length > 0, 'the first try', 40_000)
  await kill(first.child)
  receiver.answer = well
  service()
  await until(() => receiver.distinct.length === 2, 'both events', 40_000)
  expect(receiver.distinct.map(({ id }) => id)).toEqual(ids)
  expect(receiver.got[0]?.id).toBe(receiver.got[1]?.id)
  expect(receiver.got.every(({ valid }) => valid)).toBe(true)
})

it('npm run callbacks shows what was given up, and sends it again beside the running service', async () => {
  const [failed = '', waiting = ''] = seed(true)
  service()
  await until(() => receiver.got.length === 1, 'the event that waited', 40_000)
  expect(receiver.got[0]?.id).toBe(waiting)

  const listed = await command('list')
  expect(listed.code).toBe(0)
  const line = new RegExp(`^${failed} +5 +failed +20 .*the receiver answered 500 instead of 200$`, 'm')
  expect(listed.out).toMatch(line)
  expect(listed.out).not.toContain(waiting)
  expect((await command('list', String(CID), '--data-dir', dataDir)).out).toMatch(
    new RegExp(`^${waiting} +6 +sent`, 'm'),
  )

  const again = await command('resend', failed)
  expect([again.code, again.out]).toEqual([0, expect.stringContaining('1 callback is in the queue again')])
  await until(() => receiver.got.length === 2, 'the event that was given up')
  expect(receiver.got[1]?.id).toBe(failed)
})

it('npm run callbacks says what is wrong with what it was told', async () => {
  seed(true)
  for (const args of [[], ['resend'], ['resend', 'it'], ['delete', 'all']]) {
    expect(await command(...args)).toMatchObject({ code: 1, err: expect.stringMatching(/^Usage:/) })
  }
  expect(await command('resend', '7')).toMatchObject({ code: 1, err: expect.stringContaining('Nothing to send again') })
  const elsewhere = await command('list', '--data-dir', join(dataDir, 'nowhere'))
  expect(elsewhere).toMatchObject({ code: 1, err: expect.stringContaining('there is no database in') })
  expect(await command('resend', String(CID))).toMatchObject({ code: 0 })
})
