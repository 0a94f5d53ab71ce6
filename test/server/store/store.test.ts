import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'libsql'
import type { RecordingFile } from '../../../server/recording/types'
import { DatabaseError } from '../../../server/store/database'
import { MIGRATIONS } from '../../../server/store/migrations'
import { openStore } from '../../../server/store/store'
import type { CallRow, Store } from '../../../server/store/types'

let folder: string
let path: string
let store: Store

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-'))
  path = join(folder, 'deep', 'calls.db')
  store = openStore(path)
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true })
})
const reopen = (): void => {
  store.close()
  store = openStore(path)
}

const call = (cid: number, change: Partial<CallRow> = {}): CallRow => ({
  cid,
  scene: 0,
  type: 2,
  name: null,
  caller: 'alice',
  custom: '',
  createdAt: 1_763_830_000_000 + cid,
  answeredAt: null,
  endedAt: null,
  endReason: null,
  recording: 'none',
  notes: [],
  frames: [],
  ...change,
})
const member = (cid: number, account: string) => ({
  cid,
  account,
  uid: store.uidOf(account),
  joinedAt: null,
  leftAt: null,
  absent: 0,
  request: null,
})
const file = (cid: number, change: Partial<RecordingFile> = {}): RecordingFile => ({
  cid,
  uid: 1,
  account: 'alice',
  caller: true,
  kind: 'aac',
  filename: `0-${cid}-1-1.aac`,
  size: 10,
  md5: 'd41d8',
  duration: 1234,
  mix: false,
  pieceIndex: 0,
  ...change,
})

const enqueue = (cid: number, eventType: string, now: number) => store.enqueue({ cid, eventType, body: '{}', now })
const opening = (file: string) => () => openStore(file).close()

describe('the store', () => {
  it('gives each account one uid for good', () => {
    const alice = store.uidOf('alice')
    const bob = store.uidOf('bob')
    expect(bob).not.toBe(alice)
    reopen()
    expect(store.uidOf('alice')).toBe(alice)
    expect(store.uidOf('carol')).not.toBe(bob)
    expect(store.accounts('', 9)).toEqual(['alice', 'bob', 'carol'])
    expect(store.accounts('', 2)).toEqual(['alice', 'bob'])
    expect(store.accounts('alice', 1)).toEqual(['bob'])
    expect(['bob', 'dave'].map((account) => store.hasAccount(account))).toEqual([true, false])
  })

  it('keeps calls and members over a restart', () => {
    const cid = 9_007_199_254_740_991
    const whole = call(cid, {
      scene: 1,
      name: "Bobby'); DROP TABLE calls;--",
      answeredAt: 5,
      endedAt: 6,
      endReason: 'hangup',
      recording: 'done',
      notes: [
        { code: 'unfinished', uid: 3, message: 'zu spät · 太晚' },
        { code: 'mix-unavailable', message: 'no mix' },
      ],
      frames: [],
    })
    const request = { audio: true, video: false, live: false, type: '0', hostSpeaker: true } as const
    store.insertCall(whole)
    store.saveMember(member(cid, 'alice'))
    store.saveMember({ ...member(cid, 'alice'), joinedAt: 7, request })
    reopen()
    expect(store.call(cid)).toEqual(whole)
    expect(store.members(cid)).toEqual([{ ...member(cid, 'alice'), joinedAt: 7, request }])
    expect(store.call(1)).toBeUndefined()
  })

  it('changes only the fields of an update', () => {
    store.insertCall(call(1))
    store.updateCall(1, { answeredAt: 9 })
    store.updateCall(2, { answeredAt: 9 })
    expect(store.call(1)).toEqual(call(1, { answeredAt: 9 }))
  })

  it('lists calls newest first, of one account or of all', () => {
    for (const cid of [1, 2, 3]) {
      store.insertCall(call(cid))
      store.saveMember(member(cid, cid === 2 ? 'bob' : 'alice'))
    }
    expect(store.calls({ limit: 10 }).map(({ cid }) => cid)).toEqual([3, 2, 1])
    expect(store.calls({ limit: 2 }).map(({ cid }) => cid)).toEqual([3, 2])
    expect(store.calls({ account: 'alice', limit: 10 }).map(({ cid }) => cid)).toEqual([3, 1])
    expect(store.calls({ account: 'nobody', limit: 10 })).toEqual([])
  })

  it('finds calls of a crashed service, with or without an unfinished recording', () => {
    store.insertCall(call(1, { endedAt: 1, recording: 'done' }))
    store.insertCall(call(2))
    store.insertCall(call(3, { endedAt: 1, recording: 'finishing' }))
    expect(store.openCalls().map(({ cid }) => cid)).toEqual([2, 3])
  })

  it('stores files once, even if inserted again', () => {
    store.insertCall(call(1))
    store.insertCall(call(2))
    store.saveMember({ ...member(2, 'bob'), joinedAt: 5 })
    store.saveMember(member(2, 'carol'))
    store.insertFiles([file(1), file(1, { filename: 'b.mp4', kind: 'mp4', duration: 12.7 }), file(2)])
    store.insertFiles([file(1, { size: 11 })])
    expect(store.file(1, '0-1-1-1.aac')).toEqual(file(1, { size: 11 }))
    expect(store.file(1, 'b.mp4')?.duration).toBe(13)
    expect(store.files({ limit: 9 }).map(({ cid }) => cid)).toEqual([2, 1, 1])
    expect(store.files({ cid: 1, limit: 9 })).toHaveLength(2)
    expect(store.files({ account: 'bob', limit: 9 })).toEqual([file(2)])
    expect(store.files({ account: 'carol', limit: 9 })).toEqual([])
  })

  describe('outbox', () => {
    beforeEach(() => {
      store.insertCall(call(1))
      store.insertCall(call(2))
    })

    it("returns a call's events one at a time, in order", () => {
      const first = enqueue(1, '5', 100)
      const second = enqueue(1, '6', 50)
      const other = enqueue(2, '5', 100)
      expect(store.due(99, 9)).toEqual([])
      expect(store.nextDue()).toBe(100)
      expect(store.due(100, 9)).toEqual([first, other])
      expect(store.due(100, 1)).toEqual([first])
      store.updateOutbox(first.id, { state: 'sent', sentAt: 100 })
      expect(store.due(100, 9)).toEqual([second, other])
      expect(store.outboxCounts()).toEqual({ waiting: 2, sent: 1, failed: 0 })
    })

    it('survives a restart', () => {
      const { id } = enqueue(1, '5', 100)
      store.updateOutbox(id, { attempts: 3, nextAttemptAt: 900, lastError: 'answered 500' })
      reopen()
      expect(store.outbox(1)).toMatchObject([{ id, attempts: 3, nextAttemptAt: 900, state: 'waiting' }])
      store.updateOutbox(id, { state: 'failed' })
      expect(store.nextDue()).toBeNull()
    })
  })

  it('keeps the newest received callbacks; invalid ones do not displace valid ones', () => {
    const row = { receivedAt: 1, eventType: '5', cid: 1, callbackId: null, problem: null, body: '{}' }
    const good = store.insertReceived({ ...row, valid: true })
    for (let count = 0; count < 150; count++) store.insertReceived({ ...row, valid: false, problem: 'MD5 differs' })
    const kept = store.received(1000)
    expect(kept).toHaveLength(101)
    expect(kept.at(-1)).toEqual(good)
  })

  it('keeps settings', () => {
    expect(store.setting('secret')).toBeUndefined()
    store.setSetting('secret', 'a')
    store.setSetting('secret', 'b')
    reopen()
    expect(store.setting('secret')).toBe('b')
  })
})

it('is migrated from the first version with its data', () => {
  const old = join(folder, 'old.db')
  const before = new Database(old)
  before.exec(MIGRATIONS[0] ?? '')
  before.exec(`INSERT INTO calls VALUES (1, 0, 1, NULL, 'alice', 1, NULL, NULL, NULL, 'none', '[]');
    INSERT INTO members VALUES (1, 'alice', 1, 5, NULL, NULL);
    INSERT INTO outbox (cid, eventType, body, nextAttemptAt) VALUES (1, '5', '{}', 9), (1, '6', '{}', 9);
    PRAGMA user_version = 1`)
  before.close()
  const opened = openStore(old)
  expect(opened.members(1)).toMatchObject([{ account: 'alice', joinedAt: 5, absent: 0 }])
  expect(opened.outbox(1).map(({ callbackId }) => callbackId)).toEqual(['1-1', '1-2'])
  expect(opened.call(1)?.custom).toBe('')
  opened.close()
})

describe('an unusable database', () => {
  it('is reported as damaged', () => {
    const bad = join(folder, 'bad.db')
    writeFileSync(bad, 'this is no database. '.repeat(500))
    expect(opening(bad)).toThrow(DatabaseError)
    expect(opening(bad)).toThrow(/bad\.db is damaged.*Move it away/)
  })

  it('is reported as a newer version', () => {
    const newer = new Database(path)
    newer.exec('PRAGMA user_version = 99')
    newer.close()
    expect(opening(path)).toThrow(/newer version.*schema 99/)
  })

  it('is reported as in use', () => {
    const fresh = join(folder, 'locked.db')
    const other = new Database(fresh)
    other.exec('BEGIN EXCLUSIVE')
    expect(opening(fresh)).toThrow(/locked\.db is in use by another program/)
    other.close()
  })

  it('is reported as unreachable', () => {
    expect(opening(folder)).toThrow(/cannot be opened.*DATA_DIR/)
  })
})
