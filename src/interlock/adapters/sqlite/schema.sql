-- The ledger is the truth; every other table but `secret` and `payload` is what its entries add up to (projections.py)
-- and can be rebuilt from it.
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS ledger (
  entry INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  kind TEXT NOT NULL,
  workflow TEXT,
  record BLOB NOT NULL,
  leaf BLOB NOT NULL,
  root BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS ledger_by_kind ON ledger (kind, workflow, entry);

CREATE TABLE IF NOT EXISTS ledger_head (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  size INTEGER NOT NULL,
  peaks BLOB NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS workflow (
  name TEXT PRIMARY KEY,
  release TEXT NOT NULL,
  proposed_by TEXT NOT NULL,
  at TEXT NOT NULL,
  definition TEXT NOT NULL,
  granted TEXT,
  monitor TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS evidence (
  digest TEXT PRIMARY KEY,
  workflow TEXT NOT NULL,
  release TEXT NOT NULL,
  kind TEXT NOT NULL,
  class TEXT NOT NULL,
  source TEXT NOT NULL,
  at TEXT NOT NULL,
  body TEXT NOT NULL,
  entry INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS evidence_by_workflow ON evidence (workflow, entry);

CREATE TABLE IF NOT EXISTS scope (
  name TEXT PRIMARY KEY,
  epoch INTEGER NOT NULL,
  halted INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS decision (
  key TEXT PRIMARY KEY,
  workflow TEXT NOT NULL,
  release TEXT NOT NULL,
  verb TEXT NOT NULL,
  reasons TEXT NOT NULL,
  audited INTEGER NOT NULL,
  inputs TEXT NOT NULL,
  at TEXT NOT NULL,
  entry INTEGER NOT NULL,
  outcome TEXT,
  wrong INTEGER,
  observed_entry INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS decision_by_workflow ON decision (workflow, entry);

CREATE TABLE IF NOT EXISTS intent (
  key TEXT PRIMARY KEY,
  workflow TEXT NOT NULL,
  release TEXT NOT NULL,
  label TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  payload_digest TEXT NOT NULL,
  before TEXT NOT NULL,
  after TEXT,
  state TEXT NOT NULL,
  owner TEXT NOT NULL,
  lease_until TEXT NOT NULL,
  receipt TEXT,
  day TEXT NOT NULL,
  entry INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS intent_by_workflow ON intent (workflow, entry);
CREATE INDEX IF NOT EXISTS intent_by_day ON intent (workflow, day) WHERE state <> 'failed';

CREATE TABLE IF NOT EXISTS review (
  key TEXT NOT NULL,
  kind TEXT NOT NULL,
  workflow TEXT NOT NULL,
  opened_at TEXT NOT NULL,
  due_at TEXT NOT NULL,
  closed_at TEXT,
  reviewer TEXT,
  label TEXT,
  PRIMARY KEY (key, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS review_open ON review (workflow, due_at) WHERE closed_at IS NULL;

CREATE TABLE IF NOT EXISTS secret (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS payload (digest TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT, WITHOUT ROWID;
