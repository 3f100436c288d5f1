CREATE TEMP TABLE step AS
WITH sequenced AS (
  SELECT *,
    lag(activity) OVER w AS before,
    lag(ended) OVER w AS before_ended,
    lag(resource) OVER w AS before_resource,
    last_value(amount IGNORE NULLS) OVER w AS amount_then,
    row_number() OVER w AS place
  FROM event
  WINDOW w AS (PARTITION BY case_id ORDER BY ended, line ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
), waited AS (
  SELECT *, greatest(0, epoch(least(started, ended)) - epoch(before_ended)) / 3600.0 AS hours
  FROM sequenced
)
SELECT case_id, line, place, activity, before, resource, before_resource, hours,
  amount_then * hours / 24.0 AS amount_days, ended,
  row_number() OVER (PARTITION BY case_id, activity ORDER BY place) AS times
FROM waited;

CREATE TEMP TABLE gap AS
SELECT 'waiting' AS kind, before AS source, activity AS target, case_id, hours, amount_days
FROM step WHERE place > 1 AND before <> activity -- the same again is rework, shown once
UNION ALL
SELECT 'hand-off', before_resource, resource, case_id, hours, amount_days
FROM step WHERE place > 1 AND resource <> before_resource
UNION ALL
SELECT 'rework', activity, activity, case_id, hours, amount_days
FROM step WHERE times > 1
UNION ALL
SELECT 'reopening', before, activity, case_id, hours, amount_days
FROM step WHERE before IN (SELECT unnest(getvariable('closed'))) AND activity NOT IN (SELECT unnest(getvariable('closed')))
UNION ALL
SELECT 'ping-pong', before_resource, resource, case_id, hours, amount_days
FROM (
  SELECT *, lag(before_resource) OVER (PARTITION BY case_id ORDER BY place) AS two_before
  FROM step WHERE resource <> before_resource
)
WHERE two_before = resource;
