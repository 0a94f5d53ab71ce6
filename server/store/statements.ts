import type { Connection } from './database'

/** An event may go out only when no earlier one of its call still waits. */
const FIRST_OF_CALL = `state = 'waiting' AND NOT EXISTS (
  SELECT 1 FROM outbox earlier WHERE earlier.cid = outbox.cid AND earlier.state = 'waiting' AND earlier.id < outbox.id)`

/** Every statement the store uses, prepared once. */
export function prepareStatements(connection: Connection) {
  const prepare = (sql: string) => connection.prepare<Record<string, string | number | null>>(sql)
  return {
    addAccount: prepare('INSERT INTO accounts (account) VALUES (:account) ON CONFLICT DO NOTHING'),
    uidOf: prepare('SELECT uid FROM accounts WHERE account = :account'),
    accounts: prepare('SELECT account FROM accounts ORDER BY account'),

    insertCall: prepare(`INSERT INTO calls
      (cid, scene, type, name, caller, createdAt, answeredAt, endedAt, endReason, recording, notes) VALUES
      (:cid, :scene, :type, :name, :caller, :createdAt, :answeredAt, :endedAt, :endReason, :recording, :notes)`),
    updateCall: prepare(`UPDATE calls SET scene = :scene, type = :type, name = :name, caller = :caller,
      createdAt = :createdAt, answeredAt = :answeredAt, endedAt = :endedAt, endReason = :endReason,
      recording = :recording, notes = :notes WHERE cid = :cid`),
    call: prepare('SELECT * FROM calls WHERE cid = :cid'),
    calls: prepare('SELECT * FROM calls ORDER BY createdAt DESC, cid DESC LIMIT :limit'),
    callsOf: prepare(`SELECT calls.* FROM calls JOIN members USING (cid) WHERE members.account = :account
      ORDER BY createdAt DESC, cid DESC LIMIT :limit`),
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
        AND members.account = :account AND members.joinedAt IS NOT NULL))
      ORDER BY calls.createdAt DESC, files.cid DESC, files.filename LIMIT :limit`),
    file: prepare('SELECT * FROM files WHERE cid = :cid AND filename = :filename'),

    enqueue: prepare(`INSERT INTO outbox (cid, eventType, body, nextAttemptAt)
      VALUES (:cid, :eventType, :body, :now) RETURNING *`),
    due: prepare(`SELECT * FROM outbox WHERE ${FIRST_OF_CALL} AND nextAttemptAt <= :now ORDER BY id LIMIT :limit`),
    outboxEntry: prepare('SELECT * FROM outbox WHERE id = :id'),
    updateOutbox: prepare(`UPDATE outbox SET attempts = :attempts, nextAttemptAt = :nextAttemptAt, state = :state,
      lastError = :lastError, sentAt = :sentAt WHERE id = :id`),
    outbox: prepare('SELECT * FROM outbox WHERE cid = :cid ORDER BY id'),
    nextDue: prepare(`SELECT MIN(nextAttemptAt) AS due FROM outbox WHERE ${FIRST_OF_CALL}`),
    outboxCounts: prepare('SELECT state, COUNT(*) AS count FROM outbox GROUP BY state'),

    insertReceived: prepare(`INSERT INTO received (receivedAt, eventType, cid, valid, problem, body)
      VALUES (:receivedAt, :eventType, :cid, :valid, :problem, :body) RETURNING *`),
    pruneReceived: prepare(`DELETE FROM received WHERE valid = :valid AND id <=
      (SELECT id FROM received WHERE valid = :valid ORDER BY id DESC LIMIT 1 OFFSET :kept)`),
    received: prepare('SELECT * FROM received ORDER BY id DESC LIMIT :limit'),

    setting: prepare('SELECT value FROM settings WHERE name = :name'),
    setSetting: prepare(`INSERT INTO settings (name, value) VALUES (:name, :value)
      ON CONFLICT (name) DO UPDATE SET value = :value`),
  }
}
export type Statements = ReturnType<typeof prepareStatements>
