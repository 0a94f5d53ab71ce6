/**
 * Schema migrations: entry n migrates from version n to n + 1. Released entries never change; new ones are appended. Times are ms since
 * 1970; notes, frames and requests are JSON.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

  CREATE TABLE accounts (uid INTEGER PRIMARY KEY, account TEXT NOT NULL UNIQUE) STRICT;

  CREATE TABLE calls (
    cid INTEGER PRIMARY KEY,
    scene INTEGER NOT NULL,
    type INTEGER NOT NULL,
    name TEXT,
    caller TEXT NOT NULL,
    createdAt INTEGER NOT NULL,
    answeredAt INTEGER,
    endedAt INTEGER,
    endReason TEXT,
    recording TEXT NOT NULL,
    notes TEXT NOT NULL
  ) STRICT;
  CREATE INDEX calls_by_time ON calls (createdAt);
  CREATE INDEX calls_open ON calls (cid) WHERE endedAt IS NULL OR recording IN ('live', 'finishing');

  CREATE TABLE members (
    cid INTEGER NOT NULL REFERENCES calls (cid),
    account TEXT NOT NULL,
    uid INTEGER NOT NULL,
    joinedAt INTEGER,
    leftAt INTEGER,
    request TEXT,
    PRIMARY KEY (cid, account)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX members_by_account ON members (account, cid);

  CREATE TABLE files (
    cid INTEGER NOT NULL REFERENCES calls (cid),
    filename TEXT NOT NULL,
    uid INTEGER NOT NULL,
    account TEXT NOT NULL,
    caller INTEGER NOT NULL,
    kind TEXT NOT NULL,
    size INTEGER NOT NULL,
    md5 TEXT NOT NULL,
    duration INTEGER NOT NULL,
    mix INTEGER NOT NULL,
    pieceIndex INTEGER NOT NULL,
    PRIMARY KEY (cid, filename)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    cid INTEGER NOT NULL REFERENCES calls (cid),
    eventType TEXT NOT NULL,
    body TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    nextAttemptAt INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting',
    lastError TEXT,
    sentAt INTEGER
  ) STRICT;
  CREATE INDEX outbox_by_call ON outbox (cid, id);
  CREATE INDEX outbox_waiting ON outbox (nextAttemptAt) WHERE state = 'waiting';

  CREATE TABLE received (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    receivedAt INTEGER NOT NULL,
    eventType TEXT NOT NULL,
    cid INTEGER,
    valid INTEGER NOT NULL,
    problem TEXT,
    body TEXT NOT NULL
  ) STRICT;
  `,
  // Time that a member was out of a room between its first join and its last leave.
  'ALTER TABLE members ADD COLUMN absent INTEGER NOT NULL DEFAULT 0;',
  // How a call began; events' ids; accounts that deleted a call from their list; calls whose folder is to be deleted.
  `
  ALTER TABLE calls ADD COLUMN custom TEXT NOT NULL DEFAULT '';
  CREATE INDEX calls_by_end ON calls (endedAt) WHERE endedAt IS NOT NULL;

  ALTER TABLE outbox ADD COLUMN callbackId TEXT NOT NULL DEFAULT '';
  UPDATE outbox SET callbackId = cid || '-' || id;
  CREATE UNIQUE INDEX outbox_by_callback ON outbox (callbackId);
  ALTER TABLE received ADD COLUMN callbackId TEXT;

  CREATE TABLE deletions (
    cid INTEGER NOT NULL REFERENCES calls (cid),
    account TEXT NOT NULL,
    PRIMARY KEY (cid, account)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE removals (cid INTEGER PRIMARY KEY) STRICT;
  `,
  // Indices for frequent queries.
  `
  ALTER TABLE calls ADD COLUMN unwanted INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX calls_unwanted ON calls (endedAt) WHERE unwanted = 1;
  CREATE INDEX outbox_by_state ON outbox (state, id);
  `,
  // Removes an obsolete note.
  `UPDATE calls SET notes = replace(notes, '"live-recording-unavailable"', '"unfinished"');`,
  // Frame counts per participant.
  `ALTER TABLE calls ADD COLUMN frames TEXT NOT NULL DEFAULT '[]';`,
]
