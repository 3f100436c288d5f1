-- The ledger is the truth; the state tables are what its entries add up to (projections.py) and can be rebuilt from it.
-- Beside it stand `secret`, `payload` and the ledger's own `payload` column: content that may be erased; and the traffic of
-- the gateway, at the end.
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS ledger (
  entry INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  kind TEXT NOT NULL,
  workflow TEXT,
  record BLOB NOT NULL,
  leaf BLOB NOT NULL,
  payload BLOB
) STRICT;
-- What is written for each case is found by its case, not by its kind.
CREATE INDEX IF NOT EXISTS ledger_by_kind ON ledger (kind, workflow, entry)
  WHERE kind NOT IN ('decision.made', 'intent.completed');

CREATE TABLE IF NOT EXISTS ledger_head (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  size INTEGER NOT NULL,
  last INTEGER NOT NULL,
  peaks BLOB NOT NULL
) STRICT;

-- Roots as they were while the tree grew, one for about 256 entries.
CREATE TABLE IF NOT EXISTS ledger_root (
  size INTEGER PRIMARY KEY,
  last INTEGER NOT NULL,
  root BLOB NOT NULL
) STRICT;

-- Raised by whatever could make a decision come out otherwise; every wish is checked against it.
CREATE TABLE IF NOT EXISTS authority (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  version INTEGER NOT NULL
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

-- A decided case and, where it was applied, its intent. Inputs, before and after are in the ledger's entries. Rows lie in
-- the order of their entries and only the index in that of the keys: keys may be random, and rows are ten times as long.
CREATE TABLE IF NOT EXISTS decision (
  key TEXT NOT NULL PRIMARY KEY,
  workflow TEXT NOT NULL,
  release TEXT NOT NULL,
  verb TEXT NOT NULL,
  audited INTEGER NOT NULL,
  at TEXT NOT NULL,
  entry INTEGER NOT NULL,
  tenant TEXT,
  segment TEXT,
  action TEXT,
  state TEXT,
  epoch INTEGER,
  owner TEXT,
  lease_until TEXT,
  intent_entry INTEGER,
  settled_entry INTEGER,
  outcome TEXT,
  wrong INTEGER,
  observed_entry INTEGER,
  erased_entry INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS decision_by_workflow ON decision (workflow, entry);
-- The few that are unsettled: one index, for every one more costs each intent its share.
CREATE INDEX IF NOT EXISTS decision_unsettled ON decision (entry) WHERE state IN ('executing', 'in_doubt', 'undoing');

-- What running limits have used in their windows.
CREATE TABLE IF NOT EXISTS counter (
  workflow TEXT NOT NULL,
  name TEXT NOT NULL,
  used INTEGER NOT NULL,
  PRIMARY KEY (workflow, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS review (
  key TEXT NOT NULL,
  kind TEXT NOT NULL,
  workflow TEXT NOT NULL,
  opened_at TEXT NOT NULL,
  due_at TEXT NOT NULL,
  closed_at TEXT,
  reviewer TEXT,
  label TEXT,
  claimed_by TEXT,
  claimed_until TEXT,
  escalations INTEGER NOT NULL,
  asked TEXT,
  approved_until TEXT,
  PRIMARY KEY (key, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS review_open ON review (workflow, due_at) WHERE closed_at IS NULL;
CREATE INDEX IF NOT EXISTS review_due ON review (due_at) WHERE closed_at IS NULL;
CREATE INDEX IF NOT EXISTS review_opened ON review (opened_at);
CREATE INDEX IF NOT EXISTS review_claimed ON review (claimed_until) WHERE claimed_until IS NOT NULL;
CREATE INDEX IF NOT EXISTS review_approved ON review (approved_until) WHERE approved_until IS NOT NULL;

CREATE TABLE IF NOT EXISTS secret (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
-- Texts of cases, each for its own case, so that it can be erased alone. Rows are added at the end and never moved to
-- another page: what is erased leaves no copy behind.
CREATE TABLE IF NOT EXISTS payload (
  key TEXT NOT NULL,
  digest TEXT NOT NULL,
  at TEXT NOT NULL,
  text TEXT NOT NULL,
  UNIQUE (key, digest)
) STRICT;

-- What follows is no projection either: the gateway counts and traces each request, which no ledger could hold as entries
-- of their own. Traces are chained in segment files; these rows are loaded from them. It is part of a backup as it is.
-- What is taken of a limit in its window, leased blocks included. Rows of windows that are over are swept.
CREATE TABLE IF NOT EXISTS allowance (
  key TEXT PRIMARY KEY,
  taken INTEGER NOT NULL,
  window_ends TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS allowance_ended ON allowance (window_ends);

-- One row a request. `outcome` is NULL for one that was accepted and of whose end nothing is known.
CREATE TABLE IF NOT EXISTS traffic (
  id TEXT PRIMARY KEY,
  at TEXT NOT NULL,
  workflow TEXT NOT NULL,
  tenant TEXT NOT NULL,
  client TEXT NOT NULL,
  wire TEXT NOT NULL,
  model_asked TEXT NOT NULL,
  model_used TEXT NOT NULL,
  upstream TEXT NOT NULL,
  region TEXT NOT NULL,
  status INTEGER,
  refused TEXT,
  streams INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  cost_micro_usd INTEGER NOT NULL,
  latency_ms REAL,
  first_chunk_ms REAL,
  cache TEXT NOT NULL,
  accepted TEXT NOT NULL,
  outcome TEXT,
  segment TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS traffic_newest ON traffic (at, id);
CREATE INDEX IF NOT EXISTS traffic_by_workflow ON traffic (workflow, at, id);
CREATE INDEX IF NOT EXISTS traffic_by_tenant ON traffic (tenant, at, id);
CREATE INDEX IF NOT EXISTS traffic_by_client ON traffic (client, at, id);
CREATE INDEX IF NOT EXISTS traffic_amiss ON traffic (at, id) WHERE status IS NULL OR status >= 400 OR refused IS NOT NULL;

-- Sums of those rows by day, kept as they are loaded: a year is read as quickly as a week, and they outlive the rows.
CREATE TABLE IF NOT EXISTS traffic_day (
  day TEXT NOT NULL,
  workflow TEXT NOT NULL,
  tenant TEXT NOT NULL,
  client TEXT NOT NULL,
  model TEXT NOT NULL,
  requests INTEGER NOT NULL,
  refused INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  in_doubt INTEGER NOT NULL,
  cached INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  cost_micro_usd INTEGER NOT NULL,
  latency_ms REAL NOT NULL,
  PRIMARY KEY (day, workflow, tenant, client, model)
) STRICT, WITHOUT ROWID;

-- Segments whose rows are loaded, so that each is loaded once; and whether their spans were handed on.
CREATE TABLE IF NOT EXISTS traffic_segment (
  name TEXT PRIMARY KEY,
  worker TEXT NOT NULL,
  number INTEGER NOT NULL,
  last TEXT NOT NULL,
  entry INTEGER NOT NULL,
  at TEXT NOT NULL,
  exported_at TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS traffic_segment_waiting ON traffic_segment (entry) WHERE exported_at IS NULL;

-- Counts of requests by callers whom nobody knows. None of them was forwarded.
CREATE TABLE IF NOT EXISTS traffic_stranger (
  day TEXT NOT NULL,
  network TEXT NOT NULL,
  wire TEXT NOT NULL,
  model TEXT NOT NULL,
  rule TEXT NOT NULL,
  requests INTEGER NOT NULL,
  first_at TEXT NOT NULL,
  last_at TEXT NOT NULL,
  PRIMARY KEY (day, network, wire, model, rule)
) STRICT, WITHOUT ROWID;
