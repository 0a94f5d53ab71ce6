/** A call is completed once, wherever a crash interrupts it. */
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Channels } from '../../../server/channels/channels'
import { CallLifecycle } from '../../../server/call-lifecycle'
import { createLog } from '../../../server/log'
import { MixEnded } from '../../../server/recording/compose/composer'
import type { Recording } from '../../../server/recording/types'
import { openStore } from '../../../server/store/store'
import type { Store } from '../../../server/store/types'
import { CID, Stage } from '../recording/support'

let folder: string
let store: Store
let stage: Stage
let lifecycle: CallLifecycle | undefined

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lifecycle-'))
  store = openStore(join(folder, 'calls.db'))
  stage = new Stage()
  const ended = { answeredAt: 2, endedAt: 3, endReason: 'hangup', recording: 'finishing' } as const
  store.insertCall({
    cid: CID,
    scene: 0,
    type: 2,
    name: null,
    caller: 'alice',
    custom: '',
    createdAt: 1,
    ...ended,
    notes: [],
    frames: [],
  })
  await stage.abandon([1, 2])
})
afterEach(async () => {
  lifecycle?.close()
  store.close()
  await stage.dispose()
  rmSync(folder, { recursive: true })
})

const spool = () => stage.path('spool')
const kept = () => store.files({ cid: CID, limit: 99 })
const callbacks = () => store.outbox(CID).map(({ eventType }) => eventType)

/** Restarts the service's lifecycle and recorder, and waits until everything is done. */
async function start(recording: Partial<Recording> = {}): Promise<void> {
  lifecycle?.close()
  stage = new Stage({ directory: stage.directory })
  lifecycle = new CallLifecycle({
    store,
    media: { dropCall: () => undefined, dropStream: () => undefined, dropSubject: () => undefined },
    recording: { ...stage.recording, ...recording },
    outbox: { enqueue: (cid, eventType, body) => store.enqueue({ cid, eventType, body, now: 1 }) },
    log: createLog('silent'),
    urlOf: ({ filename }) => `http://127.0.0.1/${filename}`,
  })
  await lifecycle.recover()
  await lifecycle.settled()
}

it('stores the files before their sources are deleted', async () => {
  const insertFiles = store.insertFiles.bind(store)
  const insert = jest.spyOn(store, 'insertFiles').mockImplementation((files) => {
    expect(existsSync(spool())).toBe(true)
    insertFiles(files)
  })
  await start()
  expect(insert).toHaveBeenCalledTimes(1)
  expect(kept()).toHaveLength(4)
  expect(store.call(CID)?.recording).toBe('done')
  expect(existsSync(spool())).toBe(false)
})

it('makes files that could not be stored again at the next start', async () => {
  jest.spyOn(store, 'insertFiles').mockImplementationOnce(() => {
    throw new Error('database is locked')
  })
  await start()
  expect(store.call(CID)).toMatchObject({ recording: 'failed', notes: [{ code: 'unfinished' }] })
  expect(callbacks()).toEqual([])
  await start()
  expect(store.call(CID)).toMatchObject({ recording: 'done', notes: [] })
  expect(kept()).toHaveLength(4)
  expect(callbacks()).toEqual(['6'])
})

it('makes the same files after a crash between storing and deleting, with one callback', async () => {
  await start({ release: async () => undefined })
  const first = kept()
  expect(existsSync(spool())).toBe(true)
  // The next run replaces what the first one left.
  store.insertFiles(first.map((file) => ({ ...file, size: 1, md5: 'old' })))
  await start()
  expect(kept()).toEqual(first)
  expect(callbacks()).toEqual(['6'])
  expect(existsSync(spool())).toBe(false)
})

it('a stop during the mix leaves the call as it was; the next start completes it with one callback', async () => {
  await start({ mix: () => Promise.reject(new MixEnded('the service stops')) })
  expect(store.call(CID)).toMatchObject({ recording: 'finishing', notes: [] })
  expect(callbacks()).toEqual([])
  expect(existsSync(spool())).toBe(true)
  await start()
  expect(store.call(CID)).toMatchObject({ recording: 'done', notes: [] })
  expect(callbacks()).toEqual(['6'])
})

it('a later mix has its callback, and removes its note', async () => {
  const note = { code: 'mix-failed', message: 'The mixed file could not be made.' } as const
  await start({ mix: async () => ({ files: [], notes: [note], frames: [] }), release: async () => undefined })
  expect(store.call(CID)).toMatchObject({ recording: 'done', notes: [note] })
  const mix = { uid: 0, account: 'user-1', caller: true, kind: 'mp4', filename: 'mix.mp4', size: 1, md5: 'a1' } as const
  const file = { cid: CID, ...mix, duration: 1, mix: true, pieceIndex: 0 }
  await start({ mix: async () => ({ files: [file], notes: [], frames: [] }) })
  expect(store.call(CID)?.notes).toEqual([])
  expect(kept()).toHaveLength(5)
  expect(callbacks()).toEqual(['6', '6'])
  expect(store.outbox(CID)[1]?.body).toContain('mix.mp4')
})

it("later files of a participant have their callback, and the others' notes stay", async () => {
  const saved = join(folder, 'saved')
  cpSync(stage.path('spool/2'), saved, { recursive: true })
  rmSync(stage.path('spool/2'), { recursive: true })
  await start()
  const note = { code: 'unfinished', uid: 1, message: 'The recording of user-1 is incomplete.' } as const
  const outdated = { code: 'unfinished', uid: 2, message: 'The disk is full.' } as const
  store.updateCall(CID, { notes: [note, outdated], frames: [] })
  cpSync(saved, stage.path('spool/2'), { recursive: true })
  await start()
  expect(kept()).toHaveLength(4)
  expect(callbacks()).toEqual(['6', '6'])
  expect(store.outbox(CID)[1]?.body).toContain('-2.mp4')
  expect(store.outbox(CID)[1]?.body).not.toContain('-1.mp4')
  expect(store.call(CID)?.notes).toEqual([note])
})

it('ignores a call that began before recovery', async () => {
  await start()
  const channels = new Channels({ uidOf: (account) => store.uidOf(account) })
  lifecycle?.follow(channels)
  const call = {
    caller: 'alice',
    device: 'phone',
    callees: ['bob'],
    type: 2,
    custom: '',
    forced: false,
    offline: [],
  } as const
  const { cid } = channels.createCall({ ...call, callees: [...call.callees] })
  await lifecycle?.recover()
  expect(store.call(cid)).toMatchObject({ endedAt: null })
  channels.close()
})

it("excludes a member's absence from a room", async () => {
  await start()
  let now = 1_000
  const clock = jest.spyOn(Date, 'now').mockImplementation(() => now)
  const channels = new Channels({ uidOf: (account) => store.uidOf(account) })
  lifecycle?.follow(channels)
  const { cid } = channels.createRoom({ name: 'team', account: 'alice', custom: '' })
  const recording = { audio: false, video: false, live: false, type: '0', hostSpeaker: false } as const
  const login = (account: string) => channels.enterSession(cid, store.uidOf(account), { mode: 1, role: 0, recording })
  for (const account of ['alice', 'bob']) {
    channels.joinRoom('team', account, account)
    login(account)
  }
  const at = (time: number, act: () => void) => {
    now = time
    act()
  }
  at(11_000, () => channels.hangUp(cid, 'bob'))
  at(20_000, () => channels.joinRoom('team', 'bob', 'bob'))
  at(21_000, () => login('bob'))
  at(23_000, () => login('bob'))
  at(30_000, () => channels.joinRoom('team', 'bob', 'another device'))
  at(31_000, () => login('bob'))
  at(40_000, () => channels.hangUp(cid, 'bob'))
  // Rejoined, but never to its media.
  at(50_000, () => channels.joinRoom('team', 'bob', 'bob'))
  at(55_000, () => channels.hangUp(cid, 'bob'))
  at(61_000, () => channels.hangUp(cid, 'alice'))
  clock.mockRestore()
  const told = store.outbox(cid).find(({ eventType }) => eventType === '5')
  expect(JSON.parse(JSON.parse(told?.body ?? '').members)).toEqual([
    { accid: 'alice', duration: 60, caller: true, userType: 1 },
    { accid: 'bob', duration: 29, userType: 1 },
  ])
})
