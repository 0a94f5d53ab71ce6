import type { Connection } from './database'
import type { CallbackState } from './types'

/** An event may be sent only if no earlier event of its call is waiting. */
const FIRST_OF_CALL = `state = 'waiting' AND NOT EXISTS (
  SELECT 1 FROM outbox earlier WHERE earlier.cid = outbox.cid AND earlier.state = 'waiting' AND earlier.id < outbox.id)`

const DELETED_BY_ACCOUNT =
  'EXISTS (SELECT 1 FROM deletions WHERE deletions.cid = calls.cid AND deletions.account = :account)'

/** The call has ended and its files are not being made. */
const AT_REST = "endedAt IS NOT NULL AND recording NOT IN ('live', 'finishing')"
const HAS_EVENT = (state: CallbackState): string =>
  `EXISTS (SELECT 1 FROM outbox WHERE outbox.cid = calls.cid AND outbox.state = '${state}')`
/**
 * A member keeps the call: one that was in it, or, if nobody was, one that was called. Accounts without access to the files do not keep
 * them.
 */
const WANTED = `EXISTS (SELECT 1 FROM members WHERE members.cid = calls.cid
  AND (members.joinedAt IS NOT NULL OR NOT EXISTS (
    SELECT 1 FROM members other WHERE other.cid = calls.cid AND other.joinedAt IS NOT NULL))
  AND NOT EXISTS (SELECT 1 FROM deletions WHERE deletions.cid = calls.cid AND deletions.account = members.account))`

/** After a call in the order of newest first; with files, if those are wanted. */
const EARLIER = `(:before IS NULL OR (calls.createdAt, calls.cid) < (SELECT createdAt, cid FROM calls WHERE cid = :before))
  AND (:recorded = 0 OR EXISTS (SELECT 1 FROM files WHERE files.cid = calls.cid))`

/** All prepared statements. */
export function prepareStatements(connection: Connection) {
  const prepare = (sql: string) => connection.prepare<Record<string, string | number | null>>(sql)
  return {
    addAccount: prepare('INSERT INTO accounts (account) VALUES (:account) ON CONFLICT DO NOTHING'),
    uidOf: prepare('SELECT uid FROM accounts WHERE account = :account'),
    accounts: prepare('SELECT account FROM accounts WHERE account > :after ORDER BY account LIMIT :limit'),

    insertCall: prepare(`INSERT INTO calls
      (cid, scene, type, name, caller, custom, createdAt, answeredAt, endedAt, endReason, recording, notes, frames) VALUES
      (:cid, :scene, :type, :name, :caller, :custom, :createdAt, :answeredAt, :endedAt, :endReason, :recording, :notes, :frames)`),
    updateCall:
      prepare(`UPDATE calls SET scene = :scene, type = :type, name = :name, caller = :caller, custom = :custom,
      createdAt = :createdAt, answeredAt = :answeredAt, endedAt = :endedAt, endReason = :endReason,
      recording = :recording, notes = :notes, frames = :frames WHERE cid = :cid`),
    call: prepare('SELECT * FROM calls WHERE cid = :cid'),
    calls: prepare('SELECT * FROM calls ORDER BY createdAt DESC, cid DESC LIMIT :limit'),
    callsOf: prepare(`SELECT calls.* FROM calls JOIN members USING (cid) WHERE members.account = :account
      AND NOT ${DELETED_BY_ACCOUNT} ORDER BY createdAt DESC, cid DESC LIMIT :limit`),
    everyCall: prepare(`SELECT * FROM calls WHERE ${EARLIER} ORDER BY createdAt DESC, cid DESC LIMIT :limit`),
    everyCallOf: prepare(`SELECT calls.* FROM calls JOIN members USING (cid) WHERE members.account = :account
      AND ${EARLIER} ORDER BY createdAt DESC, cid DESC LIMIT :limit`),
    openCalls: prepare(`SELECT * FROM calls WHERE endedAt IS NULL OR recording IN ('live', 'finishing') ORDER BY cid`),

    saveMember: prepare(`INSERT INTO members (cid, account, uid, joinedAt, leftAt, absent, request)
      VALUES (:cid, :account, :uid, :joinedAt, :leftAt, :absent, :request)
      ON CONFLICT (cid, account) DO UPDATE SET
      uid = :uid, joinedAt = :joinedAt, leftAt = :leftAt, absent = :absent, request = :request`),
    members: prepare('SELECT * FROM members WHERE cid = :cid ORDER BY uid'),

    insertFile: prepare(`INSERT OR REPLACE INTO files
      (cid, filename, uid, account, caller, kind, size, md5, duration, mix, pieceIndex) VALUES
      (:cid, :filename, :uid, :account, :caller, :kind, :size, :md5, :duration, :mix, :pieceIndex)`),
    files: prepare(`SELECT files.* FROM files JOIN calls USING (cid)
      WHERE (:cid IS NULL OR files.cid = :cid)
      AND (:account IS NULL OR EXISTS (SELECT 1 FROM members WHERE members.cid = files.cid
        AND members.account = :account AND members.joinedAt IS NOT NULL) AND NOT ${DELETED_BY_ACCOUNT})
      ORDER BY calls.createdAt DESC, files.cid DESC, files.filename LIMIT :limit`),
    file: prepare('SELECT * FROM files WHERE cid = :cid AND filename = :filename'),
    deleteFile: prepare('DELETE FROM files WHERE cid = :cid AND filename = :filename'),

    deleteFor: prepare('INSERT INTO deletions (cid, account) VALUES (:cid, :account) ON CONFLICT DO NOTHING'),
    deletion: prepare('SELECT cid FROM deletions WHERE cid = :cid AND account = :account'),
    tooOld: prepare(`SELECT cid FROM calls WHERE ${AT_REST} AND endedAt < :endedBefore AND NOT ${HAS_EVENT('waiting')}
      ORDER BY endedAt, cid LIMIT :limit`),
    withFiles:
      prepare(`SELECT cid FROM calls WHERE ${AT_REST} AND NOT ${HAS_EVENT('waiting')} AND NOT ${HAS_EVENT('failed')}
      AND EXISTS (SELECT 1 FROM files WHERE files.cid = calls.cid) ORDER BY endedAt, cid LIMIT :limit`),
    noteUnwanted: prepare(`UPDATE calls SET unwanted = 1 WHERE cid = :cid AND NOT ${WANTED}`),
    unwanted: prepare(`SELECT cid FROM calls WHERE unwanted = 1 AND ${AT_REST}
      AND NOT ${HAS_EVENT('waiting')} AND NOT ${HAS_EVENT('failed')} ORDER BY endedAt, cid LIMIT :limit`),
    filesSize: prepare('SELECT COALESCE(SUM(size), 0) AS size FROM files'),
    addRemoval: prepare('INSERT INTO removals (cid) VALUES (:cid) ON CONFLICT DO NOTHING'),
    removals: prepare('SELECT cid FROM removals ORDER BY cid'),
    removalDone: prepare('DELETE FROM removals WHERE cid = :cid'),
    forget: ['received', 'outbox', 'files', 'deletions', 'members', 'calls'].map((table) =>
      prepare(`DELETE FROM ${table} WHERE cid = :cid`),
    ),

    enqueue: prepare(`INSERT INTO outbox (cid, callbackId, eventType, body, nextAttemptAt)
      VALUES (:cid, :callbackId, :eventType, :body, :now) RETURNING *`),
    due: prepare(`SELECT * FROM outbox WHERE ${FIRST_OF_CALL} AND nextAttemptAt <= :now ORDER BY id LIMIT :limit`),
    outboxEntry: prepare('SELECT * FROM outbox WHERE id = :id'),
    updateOutbox: prepare(`UPDATE outbox SET attempts = :attempts, nextAttemptAt = :nextAttemptAt, state = :state,
      lastError = :lastError, sentAt = :sentAt WHERE id = :id`),
    outbox: prepare('SELECT * FROM outbox WHERE cid = :cid ORDER BY id'),
    outboxWhere: prepare(`SELECT * FROM outbox WHERE state IN (SELECT value FROM json_each(:states))
      ORDER BY id LIMIT :limit`),
    requeueFailed: prepare(`UPDATE outbox SET state = 'waiting', attempts = 0, nextAttemptAt = :now
      WHERE state = 'failed' AND (:cid IS NULL OR cid = :cid) AND (:callbackId IS NULL OR callbackId = :callbackId)`),
    nextDue: prepare(`SELECT MIN(nextAttemptAt) AS due FROM outbox WHERE ${FIRST_OF_CALL}`),
    outboxCounts: prepare('SELECT state, COUNT(*) AS count FROM outbox GROUP BY state'),

    insertReceived: prepare(`INSERT INTO received (receivedAt, eventType, cid, callbackId, valid, problem, body)
      VALUES (:receivedAt, :eventType, :cid, :callbackId, :valid, :problem, :body) RETURNING *`),
    pruneReceived: prepare(`DELETE FROM received WHERE valid = :valid AND id <=
      (SELECT id FROM received WHERE valid = :valid ORDER BY id DESC LIMIT 1 OFFSET :kept)`),
    receivedOne: prepare('SELECT cid FROM received WHERE valid = 1 AND callbackId = :callbackId'),
    received: prepare('SELECT * FROM received ORDER BY id DESC LIMIT :limit'),

    setting: prepare('SELECT value FROM settings WHERE name = :name'),
    setSetting: prepare(`INSERT INTO settings (name, value) VALUES (:name, :value)
      ON CONFLICT (name) DO UPDATE SET value = :value`),
  }
}
export type Statements = ReturnType<typeof prepareStatements>
