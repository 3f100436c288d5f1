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

CREATE TABLE allowance (key TEXT COLLATE "C" PRIMARY KEY, taken BIGINT NOT NULL, window_ends TEXT COLLATE "C" NOT NULL);
CREATE INDEX allowance_ended ON allowance (window_ends);

CREATE TABLE traffic (
  id TEXT COLLATE "C" PRIMARY KEY,
  at TEXT COLLATE "C" NOT NULL,
  workflow TEXT COLLATE "C" NOT NULL,
  tenant TEXT COLLATE "C" NOT NULL,
  client TEXT COLLATE "C" NOT NULL,
  wire TEXT NOT NULL,
  model_asked TEXT NOT NULL,
  model_used TEXT COLLATE "C" NOT NULL,
  upstream TEXT NOT NULL,
  region TEXT NOT NULL,
  status INTEGER,
  refused TEXT,
  streams INTEGER NOT NULL,
  input_tokens BIGINT NOT NULL,
  output_tokens BIGINT NOT NULL,
  cost_micro_usd BIGINT NOT NULL,
  latency_ms DOUBLE PRECISION,
  first_chunk_ms DOUBLE PRECISION,
  cache TEXT NOT NULL,
  accepted TEXT NOT NULL,
  outcome TEXT,
  segment TEXT NOT NULL
);
CREATE INDEX traffic_newest ON traffic (at, id);
CREATE INDEX traffic_by_workflow ON traffic (workflow, at, id);
CREATE INDEX traffic_by_tenant ON traffic (tenant, at, id);
CREATE INDEX traffic_by_client ON traffic (client, at, id);
CREATE INDEX traffic_amiss ON traffic (at, id) WHERE status IS NULL OR status >= 400 OR refused IS NOT NULL;

CREATE TABLE traffic_day (
  day TEXT COLLATE "C" NOT NULL,
  workflow TEXT COLLATE "C" NOT NULL,
  tenant TEXT COLLATE "C" NOT NULL,
  client TEXT COLLATE "C" NOT NULL,
  model TEXT COLLATE "C" NOT NULL,
  requests BIGINT NOT NULL,
  refused BIGINT NOT NULL,
  failed BIGINT NOT NULL,
  in_doubt BIGINT NOT NULL,
  cached BIGINT NOT NULL,
  input_tokens BIGINT NOT NULL,
  output_tokens BIGINT NOT NULL,
  cost_micro_usd BIGINT NOT NULL,
  latency_ms DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (day, workflow, tenant, client, model)
);

CREATE TABLE traffic_segment (
  name TEXT COLLATE "C" PRIMARY KEY,
  worker TEXT NOT NULL,
  number BIGINT NOT NULL,
  last TEXT NOT NULL,
  entry BIGINT NOT NULL,
  at TEXT COLLATE "C" NOT NULL,
  exported_at TEXT
);
CREATE INDEX traffic_segment_waiting ON traffic_segment (entry) WHERE exported_at IS NULL;

CREATE TABLE traffic_stranger (
  day TEXT COLLATE "C" NOT NULL,
  network TEXT COLLATE "C" NOT NULL,
  wire TEXT COLLATE "C" NOT NULL,
  model TEXT COLLATE "C" NOT NULL,
  rule TEXT COLLATE "C" NOT NULL,
  requests BIGINT NOT NULL,
  first_at TEXT COLLATE "C" NOT NULL,
  last_at TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (day, network, wire, model, rule)
);
