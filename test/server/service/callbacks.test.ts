/** The command that lists the outbox and sends given-up callbacks again, beside a running service. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCallbacks } from '../../../server/callbacks'
import { ConfigError } from '../../../server/config'
import { openStore } from '../../../server/store/store'
import { advance, controlClock, useRealTime } from '../../support/clock'
import { startService, type TestService } from '../../support/service'
import { until } from '../../support/until'
import { endedCall } from '../callback/ended-call'
import { APP, ScriptedReceiver } from '../callback/scripted-receiver'

const ROOT = join(__dirname, '../../..')
const CID = 1_763_830_000_000_123

let dataDir: string
let receiver: ScriptedReceiver
let running: TestService | undefined

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'callbacks-'))
  receiver = await new ScriptedReceiver().up()
})
afterEach(async () => {
  useRealTime()
  await running?.stop()
  running = undefined
  await receiver.down()
  rmSync(dataDir, { recursive: true })
})

/** Two events of one call in the outbox, of which the first was given up; returns their ids. */
function seed(): string[] {
  const store = openStore(join(dataDir, 'calls.db'))
  store.insertCall(endedCall(CID, 'done'))
  const rows = ['5', '6'].map((eventType) => store.enqueue({ cid: CID, eventType, body: `{"n":${eventType}}`, now: 0 }))
  const lastError = 'the receiver answered 500 instead of 200'
  store.updateOutbox(rows[0]?.id ?? 0, { state: 'failed', attempts: 20, lastError })
  store.close()
  return rows.map(({ callbackId }) => callbackId)
}
const command = (...args: string[]): string => runCallbacks(args, { DATA_DIR: dataDir })

const problemOf = (...args: string[]): string => {
  try {
    return command(...args)
  } catch (error) {
    return error instanceof ConfigError ? error.message : `no sentence: ${String(error)}`
  }
}

test('lists given-up callbacks, and sends them again beside the running service', async () => {
  const [failed = '', waiting = ''] = seed()
  controlClock()
  running = await startService({ dataDir, callbackUrl: receiver.url, ...APP })
  await until(() => receiver.got.length === 1, 'the event that waited')
  expect(receiver.got[0]?.id).toBe(waiting)
  await until(() => command('list', String(CID)).includes(`${waiting}  6     sent`), 'the service to note the answer')

  const line = new RegExp(`^${failed} +5 +failed +20 .*the receiver answered 500 instead of 200$`, 'm')
  expect(command('list')).toMatch(line)
  expect(command('list')).not.toContain(waiting)
  const all = runCallbacks(['list', String(CID), '--data-dir', dataDir], {})
  expect(all).toMatch(new RegExp(`^${waiting} +6 +sent`, 'm'))

  expect(command('resend', failed)).toContain('1 callback is in the queue again')
  await until(async () => {
    await advance(1_000)
    return receiver.got.length === 2
  }, 'the event that was given up')
  expect(receiver.got[1]?.id).toBe(failed)
})

test('explains invalid arguments', () => {
  seed()
  for (const args of [[], ['resend'], ['resend', 'it'], ['delete', 'all']]) {
    expect(problemOf(...args)).toMatch(/^Usage:/)
  }
  expect(problemOf('resend', '7')).toMatch(/^Nothing to send again/)
  expect(problemOf('list', '--data-dir', join(dataDir, 'nowhere'))).toContain('there is no database in')
  expect(problemOf('resend', String(CID))).toContain('1 callback is in the queue again')
})

test.each([
  [['list'], 0, /^id +type +state/, ''],
  [['delete', 'all'], 1, /^$/, 'Usage:'],
] as const)('as `npm run callbacks` runs it, %j ends with %i', async (args, code, out, err) => {
  seed()
  const env = { PATH: process.env['PATH'], DATA_DIR: dataDir }
  const child = spawn(process.execPath, ['scripts/callbacks.mjs', ...args], { cwd: ROOT, env })
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()))
  const [ended] = await once(child, 'close')
  expect(said.err.slice(0, err.length + 1).trim()).toBe(err)
  expect(said.out).toMatch(out)
  expect(ended).toBe(code)
})
