-- What schema 3 adds, as it was when it was new: a later change of the schema must not change this step.
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
