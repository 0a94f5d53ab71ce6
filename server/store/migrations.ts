/**
 * The schema, step by step: entry n brings a database of version n to n + 1. Steps that were released never change; new
 * ones are appended. Times are ms since 1970; notes, frames and requests are JSON.
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
  // How long a member of a room was out of it between its first coming and its last going.
  'ALTER TABLE members ADD COLUMN absent INTEGER NOT NULL DEFAULT 0;',
  // What a call was begun with; events' own ids; who has deleted a call from its list; calls whose folder is to go.
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
  // What is asked for all the time is found without a look at every call and event there ever was.
  `
  ALTER TABLE calls ADD COLUMN unwanted INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX calls_unwanted ON calls (endedAt) WHERE unwanted = 1;
  CREATE INDEX outbox_by_state ON outbox (state, id);
  `,
  // A note that is not made any more.
  `UPDATE calls SET notes = replace(notes, '"live-recording-unavailable"', '"unfinished"');`,
  // What became of each participant's frames.
  `ALTER TABLE calls ADD COLUMN frames TEXT NOT NULL DEFAULT '[]';`,
]
