-- The hot path, one round trip each. VOLATILE under READ COMMITTED: every statement in a function sees what was
-- committed before it began. Were lock, check and insert one statement, a wish could be admitted while a kill commits.
--
-- Advisory locks: 1 authority (shared by admissions, exclusive by whatever changes authority), 2 append (shared by whoever
-- writes an entry, exclusive for the moment in which a seal draws its line), 3 desk (one governing transaction at a time).
-- Drain locks have the key pair (4, hash of the scope) as one number, held by the session until the intent is settled.

CREATE FUNCTION interlock_admit(
  wanted_version BIGINT, durable BOOLEAN, scopes BIGINT[], counters_ JSONB, amounts BIGINT[], limits BIGINT[],
  at_ TEXT, workflow_ TEXT, record_ BYTEA, leaf_ BYTEA, payload_ BYTEA,
  key_ TEXT, release_ TEXT, verb_ TEXT, audited_ INTEGER, tenant_ TEXT, segment_ TEXT, action_ TEXT,
  state_ TEXT, epoch_ BIGINT, owner_ TEXT, lease_until_ TEXT, review_due_at TEXT, asked_ TEXT,
  OUT answer TEXT, OUT entry_ BIGINT
) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  present BIGINT;
  counter_ TEXT;
  scope_ BIGINT;
  i INTEGER;
BEGIN
  entry_ := -1;
  IF NOT durable THEN
    PERFORM set_config('synchronous_commit', 'off', true);
  END IF;
  PERFORM pg_advisory_xact_lock_shared(1), pg_advisory_xact_lock_shared(2);
  SELECT version INTO present FROM authority;
  IF present <> wanted_version THEN
    answer := CASE WHEN EXISTS (SELECT FROM decision d WHERE d.key = key_) THEN 'known' ELSE 'stale' END;
    RETURN;
  END IF;
  entry_ := nextval('ledger_entry');
  INSERT INTO decision (key, workflow, release, verb, audited, at, entry, tenant, segment, action, state, epoch,
    owner, lease_until, intent_entry)
  VALUES (key_, workflow_, release_, verb_, audited_, at_, entry_, tenant_, segment_, action_, state_, epoch_,
    owner_, lease_until_, CASE WHEN epoch_ IS NULL THEN NULL ELSE entry_ END)
  ON CONFLICT (key) DO NOTHING;
  IF NOT FOUND THEN
    answer := 'known';
    RETURN;
  END IF;
  FOR i IN 1 .. coalesce(array_length(amounts, 1), 0) LOOP
    counter_ := counters_ ->> (i - 1);
    IF amounts[i] <= limits[i] THEN
      INSERT INTO counter (workflow, name, used) VALUES (workflow_, counter_, amounts[i])
      ON CONFLICT (workflow, name) DO UPDATE SET used = counter.used + excluded.used
      WHERE counter.used + excluded.used <= limits[i];
    END IF;
    IF amounts[i] > limits[i] OR NOT FOUND THEN
      RAISE EXCEPTION USING ERRCODE = 'IL001', MESSAGE = 'a running limit has no room';
    END IF;
  END LOOP;
  INSERT INTO ledger (entry, at, kind, workflow, record, leaf, payload)
  VALUES (entry_, at_, 'decision.made', workflow_, record_, leaf_, payload_);
  IF review_due_at IS NOT NULL THEN
    PERFORM interlock_open_review(key_, 'decision', workflow_, at_, review_due_at, asked_);
  END IF;
  IF scopes IS NOT NULL THEN
    FOREACH scope_ IN ARRAY scopes LOOP
      PERFORM pg_advisory_lock_shared(scope_);
    END LOOP;
  END IF;
  answer := 'admitted';
END $$;

CREATE FUNCTION interlock_settle(
  durable BOOLEAN, scopes BIGINT[], counters_ JSONB, amounts BIGINT[],
  at_ TEXT, kind_ TEXT, workflow_ TEXT, record_ BYTEA, leaf_ BYTEA, payload_ BYTEA,
  key_ TEXT, state_ TEXT, review_kind TEXT, review_due_at TEXT, asked_ TEXT
) RETURNS BIGINT LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  settled BIGINT;
  i INTEGER;
BEGIN
  IF NOT durable THEN
    PERFORM set_config('synchronous_commit', 'off', true);
  END IF;
  PERFORM pg_advisory_xact_lock_shared(2);
  UPDATE decision SET state = state_, settled_entry = nextval('ledger_entry')
  WHERE key = key_ AND state IN ('executing', 'in_doubt') RETURNING settled_entry INTO settled;
  IF FOUND THEN
    INSERT INTO ledger (entry, at, kind, workflow, record, leaf, payload)
    VALUES (settled, at_, kind_, workflow_, record_, leaf_, payload_);
    IF review_due_at IS NOT NULL THEN
      PERFORM interlock_open_review(key_, review_kind, workflow_, at_, review_due_at, asked_);
    END IF;
    FOR i IN 1 .. coalesce(array_length(amounts, 1), 0) LOOP
      UPDATE counter SET used = used - amounts[i] WHERE workflow = workflow_ AND name = counters_ ->> (i - 1);
    END LOOP;
  ELSE
    settled := -1;
  END IF;
  IF scopes IS NOT NULL THEN
    PERFORM interlock_unlock(scopes);
  END IF;
  RETURN settled;
END $$;

CREATE FUNCTION interlock_unlock(scopes BIGINT[]) RETURNS VOID LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  scope_ BIGINT;
BEGIN
  FOREACH scope_ IN ARRAY scopes LOOP
    PERFORM pg_advisory_unlock_shared(scope_);
  END LOOP;
END $$;

CREATE FUNCTION interlock_open_review(
  key_ TEXT, kind_ TEXT, workflow_ TEXT, at_ TEXT, due_at_ TEXT, asked_ TEXT
) RETURNS VOID LANGUAGE sql VOLATILE AS $$
  INSERT INTO review (key, kind, workflow, opened_at, due_at, escalations, asked)
  VALUES (key_, kind_, workflow_, at_, due_at_, 0, asked_)
  ON CONFLICT (key, kind) DO UPDATE SET opened_at = excluded.opened_at, due_at = excluded.due_at,
    asked = excluded.asked, escalations = 0, closed_at = NULL, reviewer = NULL, label = NULL,
    claimed_by = NULL, claimed_until = NULL, approved_until = NULL
  WHERE review.closed_at IS NOT NULL
$$;
