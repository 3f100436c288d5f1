"""Live by drift: what a workflow does, or is used for, without a grant that allows it. Read from its own records."""

import datetime as dt
from collections.abc import Iterator

from interlock.engine.rollout.levels import is_above
from interlock.engine.rollout.stages import HIGHEST
from interlock.engine.timestamp import stamp
from interlock.flows.portfolio.drifting import entry_at
from interlock.ports.store import Reading, WorkflowRow
from interlock.terms.grant import AutonomyLevel
from interlock.terms.stage import RolloutStage

WINDOW_DAYS = 7
CASES_A_DAY = 50  # more than anybody looks at to find something out: that is production


def live_without_grant(reading: Reading, row: WorkflowRow, stage: RolloutStage, *, now: dt.datetime) -> tuple[str, ...]:
    """Each way in which it is live without authority, in words; empty where there is none.

    Looks at the last 7 days before `now`. Volume is that of production from 50 cases a day on.
    """
    since = stamp(now - dt.timedelta(days=WINDOW_DAYS))
    recent = [case for case in reading.decisions(row.name, since_entry=entry_at(reading, since)) if case.at >= since]
    found: list[str] = []
    grant = row.grant
    busy = len(recent) >= WINDOW_DAYS * CASES_A_DAY
    foreign = [case for case in recent if case.inputs["proposal"]["release"] != case.inputs["current_release"]]
    if foreign:
        found.append(f"{len(foreign)} of {len(recent)} cases came from a release that was not in force")
    if grant is not None and stamp(now) >= grant["expires_at"]:
        late = sum(case.at >= grant["expires_at"] for case in recent)
        if late >= CASES_A_DAY:
            found.append(f"{late} cases came after the grant expired at {grant['expires_at']}")
    if busy and grant is None:
        found.append(f"{len(recent)} cases in {WINDOW_DAYS} days without a grant, in {stage}: that is production")
    found.extend(_reported(reading, row))
    moved = reading.newest_of("stage.moved", row.name) is not None
    if moved and grant is not None and is_above(AutonomyLevel(grant["level"]), HIGHEST[stage]):
        found.append(f"it holds the level {grant['level']}, and {stage} allows {HIGHEST[stage]} at most")
    return tuple(found)


def _reported(reading: Reading, row: WorkflowRow) -> Iterator[str]:
    """Effects that a measured period reports of a release which held no grant by then."""
    given = [entry.body["grant"] for entry in reading.entries_of("grant.given", row.name)]
    for item in reading.evidence(row.name):
        body = item.body
        if item.kind != "period" or item.release != row.release or not body.get("applied"):
            continue
        end = str(body["period_end"])
        if not any(one["release"] == item.release and one["granted_at"][:10] <= end[:10] for one in given):
            yield f"{body['applied']} effects are reported up to {end}, and no grant was held by then ({item.digest})"
