-- The hot path, one round trip each. VOLATILE under READ COMMITTED: every statement in a function sees what was
-- committed before it began. Were lock, check and insert one statement, a wish could be admitted while a kill commits.
--
-- Advisory locks: 1 authority (shared by admissions, exclusive by whatever changes authority), 2 append (shared by whoever
-- writes an entry, exclusive for the moment in which a seal draws its line), 3 desk (one governing transaction at a time).
-- They are assigned, not PERFORMed: an expression by itself costs a tenth of a statement.
-- Drain locks have the key pair (4, hash of the scope) as one number, held by the session until the intent is settled.

-- The entry; -1 where the key was decided before, -2 where authority has changed since the version that was wanted.
CREATE FUNCTION interlock_admit(
  wanted_version BIGINT, durable BOOLEAN, scopes BIGINT[], counters_ JSONB, amounts BIGINT[], limits BIGINT[],
  at_ TEXT, workflow_ TEXT, record_ BYTEA, leaf_ BYTEA, payload_ BYTEA,
  key_ TEXT, release_ TEXT, verb_ TEXT, audited_ INTEGER, tenant_ TEXT, segment_ TEXT, action_ TEXT,
  state_ TEXT, epoch_ BIGINT, owner_ TEXT, lease_until_ TEXT,
  review_due_at TEXT, asked_ TEXT
) RETURNS BIGINT LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  entry_ BIGINT;
  held TEXT;
  counter_ TEXT;
  scope_ BIGINT;
BEGIN
  IF NOT durable THEN
    held := set_config('synchronous_commit', 'off', true);
  END IF;
  held := pg_advisory_xact_lock_shared(1);
  held := pg_advisory_xact_lock_shared(2);
  entry_ := nextval('ledger_entry');
  WITH decided AS (
    INSERT INTO decision (key, workflow, release, verb, audited, at, entry, tenant, segment, action, state, epoch,
      owner, lease_until, intent_entry)
    SELECT key_, workflow_, release_, verb_, audited_, at_, entry_, tenant_, segment_, action_, state_, epoch_,
      owner_, lease_until_, CASE WHEN epoch_ IS NULL THEN NULL ELSE entry_ END
    FROM authority WHERE version = wanted_version
    ON CONFLICT (key) DO NOTHING RETURNING entry
  )
  INSERT INTO ledger (entry, at, kind, workflow, record, leaf, payload)
  SELECT entry_, at_, 'decision.made', workflow_, record_, leaf_, payload_ FROM decided;
  IF NOT FOUND THEN
    RETURN CASE WHEN EXISTS (SELECT FROM decision d WHERE d.key = key_) THEN -1 ELSE -2 END;
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
  IF review_due_at IS NOT NULL THEN
    PERFORM interlock_open_review(key_, 'decision', workflow_, at_, review_due_at, asked_);
  END IF;
  IF scopes IS NOT NULL THEN
    FOREACH scope_ IN ARRAY scopes LOOP
      held := pg_advisory_lock_shared(scope_);
    END LOOP;
  END IF;
  RETURN entry_;
END $$;

-- The entry; -1 where it was settled before.
CREATE FUNCTION interlock_settle(
  durable BOOLEAN, scopes BIGINT[], counters_ JSONB, amounts BIGINT[],
  at_ TEXT, kind_ TEXT, workflow_ TEXT, record_ BYTEA, leaf_ BYTEA, payload_ BYTEA,
  key_ TEXT, state_ TEXT, review_kind TEXT, review_due_at TEXT, asked_ TEXT
) RETURNS BIGINT LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  entry_ BIGINT;
  held TEXT;
  scope_ BIGINT;
BEGIN
  IF NOT durable THEN
    held := set_config('synchronous_commit', 'off', true);
  END IF;
  held := pg_advisory_xact_lock_shared(2);
  entry_ := nextval('ledger_entry');
  WITH settled AS (
    UPDATE decision SET state = state_, settled_entry = entry_
    WHERE key = key_ AND state IN ('executing', 'in_doubt') RETURNING entry
  )
  INSERT INTO ledger (entry, at, kind, workflow, record, leaf, payload)
  SELECT entry_, at_, kind_, workflow_, record_, leaf_, payload_ FROM settled;
  IF FOUND THEN
    IF review_due_at IS NOT NULL THEN
      PERFORM interlock_open_review(key_, review_kind, workflow_, at_, review_due_at, asked_);
    END IF;
    FOR i IN 1 .. coalesce(array_length(amounts, 1), 0) LOOP
      UPDATE counter SET used = used - amounts[i] WHERE workflow = workflow_ AND name = counters_ ->> (i - 1);
    END LOOP;
  ELSE
    entry_ := -1;
  END IF;
  IF scopes IS NOT NULL THEN
    FOREACH scope_ IN ARRAY scopes LOOP
      held := pg_advisory_unlock_shared(scope_);
    END LOOP;
  END IF;
  RETURN entry_;
END $$;

CREATE FUNCTION interlock_unlock(scopes BIGINT[]) RETURNS VOID LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  scope_ BIGINT;
  held TEXT;
BEGIN
  FOREACH scope_ IN ARRAY scopes LOOP
    held := pg_advisory_unlock_shared(scope_);
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
