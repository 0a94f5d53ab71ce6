/** The docs' example receivers as processes, in front of the real outbox. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RETRY_POLICY } from '../../../server/callback/backoff'
import { durationBody, filesBody } from '../../../server/callback/bodies'
import { Outbox } from '../../../server/callback/outbox'
import { signCallback } from '../../../server/callback/signature'
import { createLog } from '../../../server/log'
import { openStore } from '../../../server/store/store'
import type { Store } from '../../../server/store/types'
import { Timeline } from '../../../server/timeline'
import { advance, controlClock, useRealTime } from '../../support/clock'
import { until } from '../../support/until'
import { APP, ScriptedReceiver, withStatus } from './scripted-receiver'
import { endedCall } from './ended-call'

const RECEIVERS = join(__dirname, '../../../docs/receiver')
const PYTHON = spawnSync('python3', ['--version']).status === 0
const CID = 1_763_830_000_000_123
const STARTED = JSON.stringify({ eventType: 20, fromAccount: 'alice', toAccountList: ['bob'] })
const DURATION = durationBody(
  { ...endedCall(CID, 'done'), custom: '通话' },
  ['alice', 'bob'].map((account, at) => ({
    cid: CID,
    account,
    uid: at + 1,
    joinedAt: 0,
    leftAt: 60_000,
    absent: 0,
    request: null,
  })),
)
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
let line: ScriptedReceiver
let outbox: Outbox

beforeEach(async () => {
  controlClock()
  line = await new ScriptedReceiver().up()
  folder = mkdtempSync(join(tmpdir(), 'receiver-'))
  store = openStore(join(folder, 'calls.db'))
  store.insertCall(endedCall(CID, 'done'))
  const target = () => ({ url: line.url, ...APP })
  outbox = new Outbox({ store, timeline: new Timeline(), log: createLog('silent'), target })
})
afterEach(async () => {
  await outbox.close()
  await line.down()
  store.close()
  rmSync(folder, { recursive: true })
})

/** Runs a receiver that ends with its parent, by the end of its input. */
const RUN_PYTHON = `
import os, runpy, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
runpy.run_path(sys.argv[1], run_name='__main__')`

/** The receiver's URL, its processed events so far, and its end. */
async function start(command: string[], file: string) {
  const [program = '', ...args] = command
  const env = { ...process.env, APP_KEY: APP.appKey, APP_SECRET: APP.appSecret, PORT: '0' }
  const child = spawn(program, [...args, join(RECEIVERS, file)], { env })
  let said = ''
  let complained = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (complained += chunk.toString()))
  await until(() => said.includes('listening on') || complained !== '', 'the receiver to listen')
  const port = /listening on (\d+)/.exec(said)?.[1]
  if (port === undefined) throw new Error(complained)
  const events = (): Record<string, unknown>[] =>
    said
      .slice(0, said.lastIndexOf('\n') + 1)
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line))
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  return { url: `http://127.0.0.1:${port}/callback`, events, stop }
}

const cases: [string, string[], string][] = [
  ['Node', ['node'], 'receiver.mjs'],
  ['Python', ['python3', '-c', RUN_PYTHON], 'receiver.py'],
]
describe.each(PYTHON ? cases : cases.slice(0, 1))('the receiver for %s', (_, command, file) => {
  let receiver: Awaited<ReturnType<typeof start>>
  beforeAll(async () => {
    useRealTime()
    receiver = await start(command, file)
  })
  afterAll(() => receiver.stop())

  it('stores the events of a call once although answers get lost', async () => {
    // Passes each event on; the answer to the first attempt of each is lost.
    line.answer = (request, response) => {
      const { id, body } = line.got.at(-1) ?? { id: '', body: '' }
      const names = ['appkey', 'curtime', 'md5', 'checksum', 'x-callback-id', 'x-callback-signature']
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
    await advance(0)
    for (const at of [0, 1, 2]) {
      await until(() => store.outbox(CID)[at]?.attempts === 1, 'the answer that gets lost')
      await advance(RETRY_POLICY.firstDelay)
      await until(() => store.outbox(CID)[at]?.state === 'sent', 'the event to be taken')
    }
    const [started, duration, files] = store.outbox(CID).map(({ callbackId }) => callbackId)
    expect(line.got.map(({ id }) => id)).toEqual([started, started, duration, duration, files, files])
    await until(() => receiver.events().length >= 3, 'what the receiver tells')
    expect(receiver.events()).toEqual([
      { id: started, type: '20', from: 'alice', to: ['bob'] },
      {
        id: duration,
        type: '5',
        channelId: String(CID),
        status: 'SUCCESS',
        running: false,
        members: [
          { accid: 'alice', seconds: 60 },
          { accid: 'bob', seconds: 60 },
        ],
      },
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

  it('rejects forged events, and processes failed ones again', async () => {
    const before = receiver.events().length
    const post = async (headers: Record<string, string>, body: string): Promise<number> =>
      (await fetch(receiver.url, { method: 'POST', headers, body })).status
    const signed = (
      change: { id?: string; body?: string; app?: object; now?: number } = {},
    ): Record<string, string> => {
      const { id: callbackId = '7-a', body = DURATION, app = {}, now } = change
      return signCallback({ callbackId, body }, { ...APP, ...app }, now)
    }
    const good = signed()
    expect(await post(signed({ app: { appSecret: 'another' } }), DURATION)).toBe(403)
    expect(await post(signed({ app: { appKey: 'another' } }), DURATION)).toBe(403)
    expect(await post(signed({ now: Date.now() - 400_000 }), DURATION)).toBe(403)
    expect(await post({ ...good, CurTime: String(Date.now() + 1) }, DURATION)).toBe(403)
    expect(await post({ ...good, CheckSum: '' }, DURATION)).toBe(403)
    expect(await post(good, `${DURATION} `)).toBe(403)
    expect(await post({}, DURATION)).toBe(403)
    // A replayed one, under another id.
    expect(await post({ ...good, 'X-Callback-Id': '7-b' }, DURATION)).toBe(403)
    const { 'X-Callback-Id': _id, ...nameless } = good
    expect(await post(nameless, DURATION)).toBe(403)
    // Signed, but malformed.
    expect(await post(signed({ body: '{' }), '{')).toBe(500)
    expect(receiver.events()).toHaveLength(before)
    expect(await post(good, DURATION)).toBe(200)
    expect(await post(signed({ now: Date.now() + 1 }), DURATION)).toBe(200)
    expect(await post(signed({ id: '7-b' }), DURATION)).toBe(200)
    await until(() => receiver.events().length >= before + 2)
    expect(
      receiver
        .events()
        .slice(before)
        .map(({ id }) => id),
    ).toEqual(['7-a', '7-b'])
  })
})
