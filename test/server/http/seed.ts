import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RecordingFile } from '../../../server/recording/types'
import { openStore } from '../../../server/store/store'

export const CID = 1_763_830_000_000_123
export const CONTENT = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 251))
export const FILE = `0-${CID}-1763830001000-1.mp4`
export const SOUND = `0-${CID}-1763830001000-1.aac`

/** A data directory with one ended call of alice and bob, its files, and a stranger's call. */
export function seededDataDir(): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'service-'))
  const store = openStore(join(dataDir, 'calls.db'))
  const call = {
    scene: 0,
    type: 2,
    name: null,
    custom: '',
    createdAt: 1_763_830_000_000,
    answeredAt: 1_763_830_001_000,
    endedAt: 1_763_830_061_000,
    endReason: 'hangup',
    recording: 'done',
  } as const
  const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((account) => ({ account, uid: store.uidOf(account) }))
  if (!alice || !bob || !carol) throw new Error('unreachable')
  const times = { joinedAt: call.answeredAt, leftAt: call.endedAt, absent: 0, request: null }
  store.insertCall({
    ...call,
    cid: CID,
    caller: 'alice',
    notes: [{ code: 'mix-unavailable', message: 'no mix here' }],
    frames: [],
  })
  for (const member of [alice, bob]) store.saveMember({ cid: CID, ...member, ...times })
  store.insertCall({ ...call, cid: CID + 1, caller: 'carol', notes: [], frames: [] })
  store.saveMember({ cid: CID + 1, ...carol, ...times })

  const md5 = createHash('md5').update(CONTENT).digest('hex')
  const file: RecordingFile = {
    cid: CID,
    ...alice,
    caller: true,
    kind: 'mp4',
    filename: FILE,
    size: CONTENT.length,
    md5,
    duration: 60_000,
    mix: false,
    pieceIndex: 0,
  }
  store.insertFiles([file, { ...file, kind: 'aac', filename: SOUND }, { ...file, filename: 'missing.mp4' }])
  mkdirSync(join(dataDir, 'recordings', String(CID)), { recursive: true })
  for (const name of [FILE, SOUND, 'unlisted.mp4'])
    writeFileSync(join(dataDir, 'recordings', String(CID), name), CONTENT)
  store.enqueue({ cid: CID, eventType: '5', body: '{}', now: Date.now() + 3_600_000 })
  store.close()
  return dataDir
}
