-- The same tables as the embedded store's (see there for what each is for). Text sorts as bytes, as it does in SQLite.
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE SEQUENCE ledger_entry AS BIGINT MINVALUE 0 START 0;
CREATE TABLE ledger (
  entry BIGINT PRIMARY KEY,
  at TEXT NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  workflow TEXT COLLATE "C",
  record BYTEA NOT NULL,
  leaf BYTEA NOT NULL,
  payload BYTEA
);
CREATE INDEX ledger_by_kind ON ledger (kind, workflow, entry) WHERE kind NOT IN ('decision.made', 'intent.completed');

CREATE TABLE ledger_head (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  size BIGINT NOT NULL,
  last BIGINT NOT NULL,
  peaks BYTEA NOT NULL
);
INSERT INTO ledger_head VALUES (1, 0, -1, '');

CREATE TABLE ledger_root (size BIGINT PRIMARY KEY, last BIGINT NOT NULL, root BYTEA NOT NULL);

CREATE TABLE authority (one INTEGER PRIMARY KEY CHECK (one = 1), version BIGINT NOT NULL);
INSERT INTO authority VALUES (1, 0);

CREATE TABLE workflow (
  name TEXT COLLATE "C" PRIMARY KEY,
  release TEXT NOT NULL,
  proposed_by TEXT NOT NULL,
  at TEXT NOT NULL,
  definition TEXT NOT NULL,
  granted TEXT,
  monitor TEXT
);

CREATE TABLE evidence (
  digest TEXT COLLATE "C" PRIMARY KEY,
  workflow TEXT COLLATE "C" NOT NULL,
  release TEXT NOT NULL,
  kind TEXT NOT NULL,
  class TEXT NOT NULL,
  source TEXT NOT NULL,
  at TEXT NOT NULL,
  body TEXT NOT NULL,
  entry BIGINT NOT NULL
);
CREATE INDEX evidence_by_workflow ON evidence (workflow, entry);

CREATE TABLE scope (name TEXT COLLATE "C" PRIMARY KEY, epoch BIGINT NOT NULL, halted INTEGER NOT NULL);

CREATE TABLE decision (
  key TEXT COLLATE "C" PRIMARY KEY,
  workflow TEXT COLLATE "C" NOT NULL,
  release TEXT NOT NULL,
  verb TEXT NOT NULL,
  audited INTEGER NOT NULL,
  at TEXT NOT NULL,
  entry BIGINT NOT NULL,
  tenant TEXT COLLATE "C",
  segment TEXT COLLATE "C",
  action TEXT COLLATE "C",
  state TEXT,
  epoch BIGINT,
  owner TEXT,
  lease_until TEXT COLLATE "C",
  intent_entry BIGINT,
  settled_entry BIGINT,
  outcome TEXT,
  wrong INTEGER,
  observed_entry BIGINT,
  erased_entry BIGINT
);
CREATE INDEX decision_by_workflow ON decision (workflow, entry);

-- Every case whose effect is unsettled and whose decision is sealed is in here; some that were settled since, too. In
-- place of an index that names the state: without one, a settlement changes a row and no index.
CREATE TABLE unsettled (key TEXT COLLATE "C" PRIMARY KEY);

CREATE TABLE counter (
  workflow TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  used BIGINT NOT NULL,
  PRIMARY KEY (workflow, name)
);

CREATE TABLE review (
  key TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  workflow TEXT COLLATE "C" NOT NULL,
  opened_at TEXT COLLATE "C" NOT NULL,
  due_at TEXT COLLATE "C" NOT NULL,
  closed_at TEXT,
  reviewer TEXT,
  label TEXT,
  claimed_by TEXT,
  claimed_until TEXT COLLATE "C",
  escalations INTEGER NOT NULL,
  asked TEXT,
  approved_until TEXT COLLATE "C",
  PRIMARY KEY (key, kind)
);
CREATE INDEX review_open ON review (workflow, due_at) WHERE closed_at IS NULL;
CREATE INDEX review_due ON review (due_at) WHERE closed_at IS NULL;
CREATE INDEX review_opened ON review (opened_at);
CREATE INDEX review_claimed ON review (claimed_until) WHERE claimed_until IS NOT NULL;
CREATE INDEX review_approved ON review (approved_until) WHERE approved_until IS NOT NULL;

CREATE TABLE secret (name TEXT COLLATE "C" PRIMARY KEY, value BYTEA NOT NULL);
CREATE TABLE payload (
  key TEXT COLLATE "C" NOT NULL,
  digest TEXT COLLATE "C" NOT NULL,
  at TEXT COLLATE "C" NOT NULL,
  text TEXT NOT NULL,
  UNIQUE (key, digest)
);
