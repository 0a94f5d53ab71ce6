/** The receivers that docs/ gives to copy, as programs of their own, in front of the real outbox. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { filesBody } from '../../../server/callback/bodies'
import { Outbox } from '../../../server/callback/outbox'
import { signCallback } from '../../../server/callback/signature'
import { createLog } from '../../../server/log'
import { openStore } from '../../../server/store/store'
import type { Store } from '../../../server/store/types'
import { Timeline } from '../../../server/timeline'
import { until } from '../../support/until'
import { APP, ScriptedReceiver, withStatus } from './scripted-receiver'
import { endedCall } from './ended-call'

const RECEIVERS = join(__dirname, '../../../docs/receiver')
const PYTHON = spawnSync('python3', ['--version']).status === 0
const policy = { timeout: 5_000, tries: 4, firstDelay: 20, longestDelay: 60 }
const CID = 1_763_830_000_000_123
const STARTED = JSON.stringify({ eventType: 20, fromAccount: 'alice', toAccountList: ['bob'] })
const DURATION = JSON.stringify({ eventType: '5', channelId: CID, duration: 60, ext: '通话' })
const FILES = filesBody(
  [
    {
      cid: CID,
      uid: 1,
      account: 'alice',
      caller: true,
      kind: 'mp4',
      filename: `0-${CID}-1-1.mp4`,
      size: 9,
      md5: 'a9b248e29669d588dd0b10259dedea1a',
      duration: 1000,
      mix: false,
      pieceIndex: 0,
    },
  ],
  ({ filename }) => `http://127.0.0.1/${filename}?sign=x`,
)

let folder: string
let store: Store
let child: ChildProcess | undefined
let line: ScriptedReceiver
let outbox: Outbox

beforeEach(async () => {
  line = await new ScriptedReceiver().up()
  folder = mkdtempSync(join(tmpdir(), 'receiver-'))
  store = openStore(join(folder, 'calls.db'))
  store.insertCall(endedCall(CID, 'done'))
  const target = () => ({ url: line.url, ...APP })
  outbox = new Outbox({ store, timeline: new Timeline(), log: createLog('silent'), target, policy })
})
afterEach(async () => {
  await outbox.close()
  await line.down()
  if (child?.exitCode === null) {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  store.close()
  rmSync(folder, { recursive: true })
})

/** The receiver's address, and the events that it dealt with so far. */
async function start(program: string, file: string) {
  const env = { ...process.env, APP_KEY: APP.appKey, APP_SECRET: APP.appSecret, PORT: '0' }
  const started = spawn(program, [join(RECEIVERS, file)], { env })
  child = started
  let said = ''
  let complained = ''
  started.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  started.stderr.on('data', (chunk: Buffer) => (complained += chunk.toString()))
  await until(() => said.includes('listening on') || complained !== '', 'the receiver to listen')
  const port = /listening on (\d+)/.exec(said)?.[1]
  if (port === undefined) throw new Error(complained)
  const events = (): Record<string, unknown>[] =>
    said
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line))
  return { url: `http://127.0.0.1:${port}/callback`, events }
}

const cases: [string, string][] = [
  ['node', 'receiver.mjs'],
  ['python3', 'receiver.py'],
]
describe.each(PYTHON ? cases : cases.slice(0, 1))('the receiver for %s', (program, file) => {
  it('takes the events of a call, each once although answers get lost', async () => {
    const receiver = await start(program, file)
    // Passes each event on; the answer to the first try of each never gets back.
    line.answer = (request, response) => {
      const { id, body } = line.got.at(-1) ?? { id: '', body: '' }
      const names = ['appkey', 'curtime', 'md5', 'checksum', 'x-callback-id']
      const headers = Object.fromEntries(names.map((name) => [name, String(request.headers[name])]))
      void fetch(receiver.url, { method: 'POST', headers, body }).then(({ status }) => {
        if (line.got.filter((one) => one.id === id).length === 1) request.socket.destroy()
        else withStatus(status)(request, response)
      })
    }
    outbox.start()
    outbox.enqueue(CID, '20', STARTED)
    outbox.enqueue(CID, '5', DURATION)
    outbox.enqueue(CID, '6', FILES)
    await until(() => {
      const rows = store.outbox(CID)
      return rows.length === 3 && rows.every(({ state }) => state === 'sent')
    }, 'all to be taken')
    const [started, duration, files] = store.outbox(CID).map(({ callbackId }) => callbackId)
    expect(line.got.map(({ id }) => id)).toEqual([started, started, duration, duration, files, files])
    await until(() => receiver.events().length >= 3, 'what the receiver tells')
    expect(receiver.events()).toEqual([
      { id: started, type: '20', from: 'alice', to: ['bob'] },
      { id: duration, type: '5', channelId: CID, seconds: 60 },
      {
        id: files,
        type: '6',
        files: [
          {
            user: 'alice',
            filename: `0-${CID}-1-1.mp4`,
            md5: 'a9b248e29669d588dd0b10259dedea1a',
            url: `http://127.0.0.1/0-${CID}-1-1.mp4?sign=x`,
          },
        ],
      },
    ])
  })

  it('refuses what the service did not say, and deals again with what it failed at', async () => {
    const receiver = await start(program, file)
    const post = async (headers: Record<string, string>, body: string): Promise<number> =>
      (await fetch(receiver.url, { method: 'POST', headers: { 'X-Callback-Id': '7-a', ...headers }, body })).status
    const good = signCallback(DURATION, APP)
    expect(await post(signCallback(DURATION, { ...APP, appSecret: 'another' }), DURATION)).toBe(403)
    expect(await post(signCallback(DURATION, { ...APP, appKey: 'another' }), DURATION)).toBe(403)
    expect(await post(signCallback(DURATION, APP, Date.now() - 400_000), DURATION)).toBe(403)
    expect(await post({ ...good, CurTime: String(Date.now() + 1) }, DURATION)).toBe(403)
    expect(await post({ ...good, CheckSum: '' }, DURATION)).toBe(403)
    expect(await post(good, `${DURATION} `)).toBe(403)
    expect(await post({}, DURATION)).toBe(403)
    // Signed, and yet nothing that can be dealt with.
    expect(await post(signCallback('{', APP), '{')).toBe(500)
    expect(receiver.events()).toEqual([])
    expect(await post(good, DURATION)).toBe(200)
    expect(await post(good, DURATION)).toBe(200)
    expect(await post({ ...good, 'X-Callback-Id': '7-b' }, DURATION)).toBe(200)
    await until(() => receiver.events().length > 1)
    expect(receiver.events().map(({ id }) => id)).toEqual(['7-a', '7-b'])
  })
})
