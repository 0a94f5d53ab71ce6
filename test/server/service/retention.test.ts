/** Which calls are deleted, in which order, and which never: with a real database and real files. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog } from '../../../server/log'
import { Retention, type RetentionDeps } from '../../../server/retention'
import { openStore } from '../../../server/store/store'
import type { CallRow, CallbackState, Store } from '../../../server/store/types'
import { Timeline } from '../../../server/timeline'
import { startService } from '../../support/service'
import { until } from '../../support/until'
import { APP, ScriptedReceiver } from '../callback/scripted-receiver'
import { CID, seededDataDir } from '../http/seed'

const DAY = 86_400_000
const SIZE = 1000
let folder: string
let store: Store
let busy: Set<number>
let retention: Retention | undefined

const recordings = (): string => join(folder, 'recordings')
const folders = (): string[] => readdirSync(recordings()).sort((a, b) => Number(a) - Number(b))
const cids = (): number[] =>
  store
    .calls({ limit: 99 })
    .map(({ cid }) => cid)
    .sort((a, b) => a - b)

interface Past {
  change?: Partial<CallRow>
  /** Days since its end. */
  age?: number
  files?: number
  callback?: CallbackState
  members?: string[]
}

/** A call that ended long ago or just now, with files on disk and its callback. */
function past(
  cid: number,
  { change = {}, age = 1, files = 1, callback = 'sent', members = ['alice', 'bob'] }: Past = {},
) {
  const endedAt = Date.now() - age * DAY
  store.insertCall({
    cid,
    scene: 0,
    type: 2,
    name: null,
    caller: 'alice',
    custom: '',
    createdAt: endedAt - 60_000,
    answeredAt: endedAt - 50_000,
    endedAt,
    endReason: 'hangup',
    recording: 'done',
    notes: [],
    frames: [],
    ...change,
  })
  for (const account of members) {
    const times = { joinedAt: endedAt - 50_000, leftAt: endedAt, absent: 0, request: null }
    store.saveMember({ cid, account, uid: store.uidOf(account), ...times })
  }
  mkdirSync(join(recordings(), String(cid), 'unfinished', '1'), { recursive: true })
  writeFileSync(join(recordings(), String(cid), 'unfinished', '1', 'part'), 'x')
  for (let piece = 0; piece < files; piece++) {
    const filename = `0-${cid}-1-1-${piece}.aac`
    const facts = { uid: 1, account: 'alice', caller: true, kind: 'aac', md5: 'x', duration: 1, mix: false } as const
    store.insertFiles([{ cid, filename, size: SIZE, pieceIndex: piece, ...facts }])
    writeFileSync(join(recordings(), String(cid), filename), Buffer.alloc(SIZE))
  }
  const { id } = store.enqueue({ cid, eventType: '6', body: '{}', now: 0 })
  store.updateOutbox(id, { state: callback })
}

function begin(rules: Partial<RetentionDeps>): Retention {
  retention = new Retention({
    store,
    timeline: new Timeline(),
    log: createLog('silent'),
    recordingsDir: recordings(),
    isBusy: (cid) => busy.has(cid),
    time: null,
    size: null,
    ...rules,
  })
  retention.start()
  return retention
}
/** Checks once, until nothing more is deleted. */
async function look(rules: Partial<RetentionDeps>): Promise<void> {
  await begin(rules).settled()
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'retention-'))
  store = openStore(join(folder, 'calls.db'))
  busy = new Set()
  mkdirSync(recordings())
})
afterEach(async () => {
  await retention?.close()
  store.close()
  rmSync(folder, { recursive: true })
})

it('keeps everything by default', async () => {
  past(1, { age: 9999 })
  await look({})
  expect([cids(), folders()]).toEqual([[1], ['1']])
})

it('deletes calls past their age with all that belongs to them', async () => {
  past(1, { age: 40, files: 3 })
  past(2, { age: 31, files: 0, change: { recording: 'none', answeredAt: null } })
  past(3, { age: 29 })
  const row = { receivedAt: 1, eventType: '6', callbackId: '1-a', valid: true, problem: null, body: '{}' }
  store.insertReceived({ ...row, cid: 1 })
  store.deleteFor(1, 'alice')
  await look({ time: (30 * DAY) / 1000 })
  expect([cids(), folders()]).toEqual([[3], ['3']])
  expect(store.files({ limit: 9 }).map(({ cid }) => cid)).toEqual([3])
  expect([store.outbox(1), store.members(1), store.received(9), store.removals()]).toEqual([[], [], [], []])
  expect(store.hasDeleted(1, 'alice')).toBe(false)
})

it('counts unfinished recordings, and deletes finished calls for them', async () => {
  past(1, { age: 2, files: 2 })
  past(2, { age: 1, files: 2 })
  await look({ size: 4 * SIZE, unfinishedSize: async () => 1 })
  expect(cids()).toEqual([2])
})

it('deletes the oldest until the rest fits, and only calls with files', async () => {
  past(1, { age: 9, files: 0 })
  past(2, { age: 5, files: 2 })
  past(3, { age: 8, files: 2 })
  past(4, { age: 1, files: 2 })
  await look({ size: 3 * SIZE })
  expect([cids(), folders()]).toEqual([
    [1, 4],
    ['1', '4'],
  ])
  expect(store.filesSize()).toBe(2 * SIZE)
  await look({ size: 2 * SIZE })
  expect(cids()).toEqual([1, 4])
})

it.each<[string, Past, boolean]>([
  ['that runs', { change: { endedAt: null, endReason: null, recording: 'live' } }, false],
  ['whose files are being made', { change: { recording: 'finishing' } }, false],
  ['whose callback is on its way', { callback: 'waiting' }, false],
  ['that something is done with', {}, true],
])('never deletes a call %s, whatever its age, size and members', async (_, call, isBusy) => {
  past(1, { age: 99, ...call })
  if (isBusy) busy.add(1)
  past(2, { age: 98 })
  for (const account of ['alice', 'bob']) store.deleteFor(1, account)
  await look({ time: 1, size: 0 })
  expect([cids(), folders()]).toEqual([[1], ['1']])
})

it('keeps a call with a given-up callback, except past its age', async () => {
  past(1, { age: 20, callback: 'failed' })
  for (const account of ['alice', 'bob']) store.deleteFor(1, account)
  await look({ time: (30 * DAY) / 1000, size: 0 })
  expect(cids()).toEqual([1])
  await look({ time: (10 * DAY) / 1000 })
  expect([cids(), folders()]).toEqual([[], []])
})

it('deletes a call when the last member that was in it has deleted it', async () => {
  past(1)
  past(2)
  const called = { joinedAt: null, leftAt: null, absent: 0, request: null }
  for (const cid of [1, 2]) store.saveMember({ cid, account: 'carol', uid: store.uidOf('carol'), ...called })
  store.deleteFor(1, 'alice')
  store.deleteFor(2, 'alice')
  store.deleteFor(2, 'carol')
  await look({})
  expect(cids()).toEqual([1, 2])
  store.deleteFor(1, 'bob')
  retention?.look()
  await retention?.settled()
  expect([cids(), folders()]).toEqual([[2], ['2']])
})

it('deletes a call that nobody joined when all callees have deleted it', async () => {
  past(1, { members: [], files: 0 })
  const called = { joinedAt: null, leftAt: null, absent: 0, request: null }
  for (const account of ['alice', 'bob']) store.saveMember({ cid: 1, account, uid: store.uidOf(account), ...called })
  store.deleteFor(1, 'alice')
  await look({})
  expect(cids()).toEqual([1])
  store.deleteFor(1, 'bob')
  await look({})
  expect(cids()).toEqual([])
})

it('completes a deletion that a crash interrupted, and deletes nothing unknown', async () => {
  past(1)
  mkdirSync(join(recordings(), '77'))
  store.removeCall(1)
  expect([cids(), folders()]).toEqual([[], ['1', '77']])
  store.close()
  store = openStore(join(folder, 'calls.db'))
  expect(store.removals()).toEqual([1])
  await look({ time: 1, size: 0 })
  expect([folders(), store.removals()]).toEqual([['77'], []])
})

it('deletes a call completely or not at all', () => {
  past(1, { files: 2 })
  const calls = jest.spyOn(store, 'atomically')
  expect(() =>
    store.atomically(() => {
      store.removeCall(1)
      throw new Error('killed')
    }),
  ).toThrow('killed')
  calls.mockRestore()
  expect([cids(), store.removals(), store.files({ limit: 9 }).length, store.outbox(1).length]).toEqual([[1], [], 2, 1])
})

it('retries a folder that cannot be deleted', async () => {
  past(1, { age: 99 })
  // Not a folder, so that nothing in it can be deleted by anybody.
  const recordingsDir = join(folder, 'broken')
  writeFileSync(recordingsDir, '')
  await look({ time: 1, recordingsDir })
  expect([cids(), store.removals(), folders()]).toEqual([[], [1], ['1']])
  await retention?.close()
  await look({ time: 1 })
  expect([store.removals(), folders()]).toEqual([[], []])
})

it('deletes one call per step, so that a stop waits for one only', async () => {
  for (let cid = 1; cid <= 30; cid++) past(cid, { age: 99 })
  await begin({ time: 1 }).close()
  const left = cids()
  expect(left.length).toBeGreaterThan(25)
  expect(folders()).toEqual(left.map(String))
  await look({ time: 1 })
  expect([cids(), folders()]).toEqual([[], []])
})

it('deletes a call that its members deleted as soon as its callbacks are sent', async () => {
  const receiver = await new ScriptedReceiver().up()
  let held: ServerResponse | undefined
  receiver.answer = (_, response) => void (held = response)
  const dataDir = seededDataDir()
  const service = await startService({ dataDir, callbackUrl: receiver.url, ...APP })
  const ask = async (account: string, method: string, path = '') => {
    const headers = { authorization: `Bearer ${await service.token(account)}` }
    return (await fetch(`${service.url}/api/calls/${CID}${path}`, { method, headers })).ok
  }
  await ask('alice', 'POST', '/callback')
  await until(() => receiver.got.length > 0, 'the callback')
  expect([await ask('alice', 'DELETE'), await ask('bob', 'DELETE')]).toEqual([true, true])
  expect(existsSync(join(dataDir, 'recordings', String(CID)))).toBe(true)
  held?.end()
  await until(() => !existsSync(join(dataDir, 'recordings', String(CID))), 'the files to go')
  await service.close()
  await receiver.down()
})

it('is active in a service with a limit', async () => {
  const dataDir = seededDataDir()
  const first = await startService({ dataDir, retentionTime: 86_400 })
  await until(
    async () => JSON.stringify(await first.get('/api/calls', 'carol')).includes('"calls":[]'),
    'the call to go',
  )
  // The other one's callback is unsent until the demo receiver has rejected it often enough.
  expect(existsSync(join(dataDir, 'recordings', String(CID)))).toBe(true)
  const headers = { authorization: `Bearer ${await first.token('bob')}` }
  await fetch(`${first.url}/api/calls/${CID}/callback`, { method: 'POST', headers })
  const failed = async () =>
    (await (await fetch(`${first.url}/metrics`)).text()).includes('callbacks{state="failed"} 1')
  await until(failed, 'the callback to be given up')
  await first.stop()
  const second = await startService({ dataDir, retentionTime: 86_400 })
  await until(() => !existsSync(join(dataDir, 'recordings', String(CID))), 'the files to go')
  expect(await second.get('/api/calls', 'alice')).toMatchObject({ body: { calls: [] } })
  await second.close()
})
