-- What schema 3 adds, as it was when it was new: a later change of the schema must not change this step.
CREATE TABLE allowance (
  key TEXT PRIMARY KEY,
  taken INTEGER NOT NULL,
  window_ends TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX allowance_ended ON allowance (window_ends);

CREATE TABLE traffic (
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
CREATE INDEX traffic_newest ON traffic (at, id);
CREATE INDEX traffic_by_workflow ON traffic (workflow, at, id);
CREATE INDEX traffic_by_tenant ON traffic (tenant, at, id);
CREATE INDEX traffic_by_client ON traffic (client, at, id);
CREATE INDEX traffic_amiss ON traffic (at, id) WHERE status IS NULL OR status >= 400 OR refused IS NOT NULL;

CREATE TABLE traffic_day (
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

CREATE TABLE traffic_segment (
  name TEXT PRIMARY KEY,
  worker TEXT NOT NULL,
  number INTEGER NOT NULL,
  last TEXT NOT NULL,
  entry INTEGER NOT NULL,
  at TEXT NOT NULL,
  exported_at TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX traffic_segment_waiting ON traffic_segment (entry) WHERE exported_at IS NULL;

CREATE TABLE traffic_stranger (
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
