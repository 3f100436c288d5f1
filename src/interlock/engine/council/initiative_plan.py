"""Where one initiative stands on its own way of 90 days: framed and watched, limited live, scaled or stopped."""

import datetime as dt
from collections.abc import Mapping

from interlock.engine.council.position import (
    DRILLED_DAYS,
    Phase,
    Position,
    Step,
    begun,
    is_drilled,
    is_live,
    moved,
    newest_move,
    standing_at,
)
from interlock.engine.council.retired import retired
from interlock.engine.economics.spending import cost_per_success
from interlock.engine.economics.value import gain
from interlock.engine.rollout.gaps_of_steps import AUDIT_SHARE_MIN
from interlock.engine.timestamp import moment
from interlock.terms.evidence import Verdict
from interlock.terms.portfolio import Portfolio, Standing
from interlock.terms.stage import RolloutStage

WEEK_DAYS, MONTH_DAYS = 7, 31  # how old a figure may be: while it is tried, and once that is decided
DECIDED = (RolloutStage.SCALE, RolloutStage.OPERATION)


def initiative_position(portfolio: Portfolio, standing: Standing) -> Position:
    """0-30, 30-60 and 60-90 days; the day counts from its first record.

    Of an initiative that was stopped nothing is due any more: `stands` and `planned` are None.
    """
    now = moment(portfolio.as_of)
    stopped = _stopped(portfolio, standing)
    phases = (
        Phase("it is framed, and watched before it acts", 0, 30, _framed(standing)),
        Phase("it acts on a limited part", 30, 60, _limited_live(standing, now)),
        Phase("it is scaled or stopped", 60, 90, _decided(standing, stopped)),
    )
    day = (now - moment(begun(standing))).days
    return Position(day, phases, None, None) if stopped else standing_at(day, phases)


def initiative_positions(portfolio: Portfolio) -> Mapping[str, Position]:
    """The same of every initiative, by its name."""
    return {one.definition.name: initiative_position(portfolio, one) for one in portfolio.standings}


def _step(name: str, *evidence: str, holds: bool) -> Step:
    return Step(name, int(holds), 1, evidence if holds else ())


def _framed(standing: Standing) -> tuple[Step, ...]:
    kpis = standing.definition.initiative.kpis
    known = [one for one in kpis if one.baseline is not None]
    agreed = _passed_check(standing, "shadow")
    return (
        _step("a value and a safety owner are named", standing.release, holds=standing.definition.owners.named),
        _gate(standing, "problem framing"),
        Step("each KPI has its baseline", len(known), len(kpis) or 1, (standing.release,) if known else ()),
        _gate(standing, "observability"),
        _step("people agreed with it in shadow", *agreed, holds=bool(agreed)),
    )


def _limited_live(standing: Standing, now: dt.datetime) -> tuple[Step, ...]:
    grant = standing.grant if is_live(standing, now) else None
    behind = grant.evidence if grant is not None else ()
    audited = grant is not None and grant.audit_share >= AUDIT_SHARE_MIN
    cost = cost_per_success(standing.expenses, standing.runs)
    return (
        _step("it holds authority that has not ended", *behind, holds=grant is not None),
        _step(f"at least {AUDIT_SHARE_MIN:.0%} of what it does is audited", *behind, holds=audited),
        _step(
            f"its kill switch was drilled in the last {DRILLED_DAYS} days",
            standing.release,
            holds=is_drilled(standing, now),
        ),
        *_figures(standing, now),
        _step("what a success costs is known", *cost.evidence, holds=cost.value_usd is not None),
    )


def _figures(standing: Standing, now: dt.datetime) -> tuple[Step, ...]:
    """Each week while it is tried, each month after that was decided."""
    days = MONTH_DAYS if standing.stage in DECIDED else WEEK_DAYS
    since = (now - dt.timedelta(days=days)).date().isoformat()
    kpis = standing.definition.initiative.kpis
    newest = (gain(kpi, standing.measurements).newest for kpi in kpis)
    measured = [one for one in newest if one is not None and one.period_end >= since]
    counted = [
        one for one in standing.runs if one.period_end >= since and one.labelled > 0 and one.release == standing.release
    ]
    against = bool(counted) and standing.definition.budget_planned
    return (
        Step(
            f"each KPI was measured in the last {days} days",
            len(measured),
            len(kpis) or 1,
            tuple(one.evidence for one in measured),
        ),
        _step(
            f"its wrong cases were counted beside its error budget in the last {days} days",
            *(one.evidence for one in counted[-1:]),
            holds=against,
        ),
    )


def _decided(standing: Standing, stopped: str) -> tuple[Step, ...]:
    gained = moved(standing)
    still = [one for one in standing.incidents if one.closed_at is None]
    scaled = newest_move(standing) if standing.stage in DECIDED else ""
    return (
        _step("one KPI moved by more than its interval", gained, holds=bool(gained)),
        _step("no incident is open", standing.release, holds=not still),
        _gate(standing, "decide"),
        _step("it was scaled, or stopped", scaled or stopped, holds=bool(scaled or stopped)),
    )


def _gate(standing: Standing, name: str) -> Step:
    verdict = (standing.gates or {}).get(name)
    passed = verdict is not None and verdict.release == standing.release and verdict.verdict is Verdict.PASSED
    behind = tuple(digest for one in verdict.findings for digest in one.evidence) if verdict is not None else ()
    return _step(
        f"the gate '{name}' passed for its release", *(dict.fromkeys(behind) or (standing.release,)), holds=passed
    )


def _passed_check(standing: Standing, check: str) -> tuple[str, ...]:
    """What stands behind a check that passed in some gate of its release."""
    verdicts = [one for one in (standing.gates or {}).values() if one.release == standing.release]
    found = (one for verdict in verdicts for one in verdict.findings)
    passed = next((one for one in found if one.check == check and one.verdict is Verdict.PASSED), None)
    return () if passed is None else passed.evidence or (standing.release,)


def _stopped(portfolio: Portfolio, standing: Standing) -> str:
    """Where it is on record that it was stopped: moved back to an idea, or retired by the council; "" where not."""
    move = standing.moves[-1] if standing.moves else None
    if move is not None and move.entered is RolloutStage.EXPLORATION:
        return f"entry {move.entry}"
    decided = retired(portfolio).get(standing.definition.name)
    return "" if decided is None else f"entry {decided.entry}"
