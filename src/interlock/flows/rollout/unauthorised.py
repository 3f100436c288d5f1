"""Live by drift: what a workflow does, or is used for, without a grant that allows it. Read from its own records."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from interlock.engine.rollout.levels import is_above
from interlock.engine.rollout.stages import HIGHEST
from interlock.engine.timestamp import stamp
from interlock.flows.portfolio.drifting import entry_at
from interlock.ports.store import Reading, WorkflowRow
from interlock.terms.grant import AutonomyLevel
from interlock.terms.measured import PeriodRun
from interlock.terms.stage import RolloutStage

WINDOW_DAYS = 7
CASES_READ = 1_000  # the newest ones, for their release: a caller that was not restarted shows in all of them
CASES_A_DAY = 50  # more than anybody looks at to find something out: that is production


def live_without_grant(reading: Reading, row: WorkflowRow, stage: RolloutStage, *, now: dt.datetime) -> tuple[str, ...]:
    """Each way in which it is live without authority, in words; empty where there is none.

    Looks at the last 7 days before `now`. Volume is that of production from 50 cases a day on.
    """
    first = entry_at(reading, stamp(now - dt.timedelta(days=WINDOW_DAYS)))
    moved = reading.newest_of("stage.moved", row.name) is not None
    given = [entry.body["grant"] for entry in reading.entries_of("grant.given", row.name)]
    runs = (
        (item.release, int(item.body["applied"]), str(item.body["period_end"]), item.digest)
        for item in reading.evidence(row.name)
        if item.kind == "period" and item.body.get("applied")
    )
    return (
        *_used(reading, row, first, stage, stamp(now)),
        *_reported(row.release, runs, given),
        *_above(row, stage if moved else None),
    )


def drifting(
    reading: Reading,
    rows: Sequence[WorkflowRow],
    stages: Mapping[str, RolloutStage],
    runs: Mapping[str, Sequence[PeriodRun]],
    *,
    now: dt.datetime,
) -> Mapping[str, tuple[str, ...]]:
    """The same of many workflows at once, for those that are live without authority.

    `stages` are those of workflows that were moved, `runs` what periods report. Cases are looked at only of workflows
    that had any in the last 7 days.
    """
    first = entry_at(reading, stamp(now - dt.timedelta(days=WINDOW_DAYS)))
    at_work = reading.decided_since(first)
    given: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for entry in reading.entries_of("grant.given", rows[0].name if len(rows) == 1 else None):
        given[str(entry.body["workflow"])].append(entry.body["grant"])
    found = {}
    for row in rows:
        name, moved = row.name, stages.get(row.name)
        told = ((one.release, one.applied, one.period_end, one.evidence) for one in runs.get(name, ()) if one.applied)
        words = (
            *(_used(reading, row, first, moved or RolloutStage.EXPLORATION, stamp(now)) if name in at_work else ()),
            *_reported(row.release, told, given[name]),
            *_above(row, moved),
        )
        if words:
            found[name] = words
    return found


def _used(reading: Reading, row: WorkflowRow, first: int, stage: RolloutStage, at: str) -> Iterator[str]:
    """What the cases from ledger entry `first` on say: the store counts them, and only the newest are read."""
    pairs = list(reading.newest_releases(row.name, since=first, limit=CASES_READ))
    cases = len(pairs) if len(pairs) < CASES_READ else reading.case_count(row.name, since=first)
    foreign = sum(proposed_under != in_force for proposed_under, in_force in pairs)
    if foreign:
        of = f"{cases}" if cases <= CASES_READ else f"the newest {len(pairs):,}"
        yield f"{foreign} of {of} cases came from a release that was not in force"
    if row.grant is not None and at >= row.grant["expires_at"]:
        late = reading.case_count(row.name, since=max(first, entry_at(reading, row.grant["expires_at"])))
        if late >= CASES_A_DAY:
            yield f"{late} cases came after the grant expired at {row.grant['expires_at']}"
    if cases >= WINDOW_DAYS * CASES_A_DAY and row.grant is None:
        yield f"{cases} cases in {WINDOW_DAYS} days without a grant, in {stage}: that is production"


def _reported(
    release: str, runs: Iterable[tuple[str, int, str, str]], given: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    """Effects that a measured period reports of a release which held no grant by then."""
    for of, applied, end, digest in runs:
        held = any(one["release"] == of and one["granted_at"][:10] <= end[:10] for one in given)
        if of == release and not held:
            yield f"{applied} effects are reported up to {end}, and no grant was held by then ({digest})"


def _above(row: WorkflowRow, moved: RolloutStage | None) -> Iterator[str]:
    """A level that its stage does not allow; a workflow that was never moved is bound by none."""
    if moved and row.grant is not None and is_above(AutonomyLevel(row.grant["level"]), HIGHEST[moved]):
        yield f"it holds the level {row.grant['level']}, and {moved} allows {HIGHEST[moved]} at most"
