"""What a council has to decide, built from the state: most pressing first, each with options and what follows."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import chain

from interlock.engine.council.again import asked_again, newest_by_item
from interlock.engine.council.late_actions import late_actions
from interlock.engine.council.money import money_items, stop_or
from interlock.engine.council.pilots import pilot_items
from interlock.engine.economics.alarms import Alarms, alarms
from interlock.engine.timestamp import moment
from interlock.terms.council import AgendaItem, Option
from interlock.terms.evidence import Verdict
from interlock.terms.measured import Incident
from interlock.terms.portfolio import Portfolio, Standing
from interlock.terms.stage import RolloutStage

LATE_INCIDENT_DAYS = 7
WAIVER_ENDS_DAYS = 14

Finder = Callable[[Standing, dt.datetime], Iterator[AgendaItem]]


def agenda(portfolio: Portfolio, money: Mapping[str, Alarms] | None = None) -> tuple[AgendaItem, ...]:
    """Every open question; one that was decided is asked again at its date, and when it got worse.

    `money`: the alarms of each workflow by its name, where they were looked at before.
    """
    now = moment(portfolio.as_of)
    council = portfolio.organisation.council if portfolio.organisation else ()
    decided = newest_by_item(portfolio.decisions)
    known = money or {one.definition.name: alarms(one) for one in portfolio.standings}

    def of_money(standing: Standing, now: dt.datetime) -> Iterator[AgendaItem]:  # noqa: ARG001 - as all finders
        return money_items(standing, known[standing.definition.name])

    finders = (*BEFORE_MONEY, of_money, *AFTER_MONEY)
    found = (item for finder in finders for one in portfolio.standings for item in finder(one, now))
    every = chain(found, late_actions(portfolio, now))
    asked = (asked_again(item, decided.get(item.id), now) for item in every)
    return tuple(replace(item, may_decide=item.may_decide or council) for item in asked if item is not None)


def _drifting(standing: Standing, now: dt.datetime) -> Iterator[AgendaItem]:  # noqa: ARG001 - as all finders
    if standing.live_by_drift:
        name = standing.definition.name
        judge = Option("judge", "Judge its gate now", "it acts with authority, or it is known what is missing")
        options = (Option("stop", "Stop its cases", "people do the work again", f"halt workflow:{name}"), judge)
        why = "; ".join(standing.drifts) or "cases are handled at the volume of production, and no grant allows it"
        rights = standing.definition.rights.promote
        # The release: another one that drifts is another question.
        yield AgendaItem(
            f"{name}/drift/{standing.release[7:15]}", name, f"Does {name} get authority, or stop?", why, options,
            "promote", rights, _behind_drift(standing), len(standing.drifts),
        )  # fmt: skip


def _never_moved(standing: Standing, now: dt.datetime) -> Iterator[AgendaItem]:  # noqa: ARG001
    if standing.grant is not None and standing.is_without_stage:
        name, rights = standing.definition.name, standing.definition.rights
        step = Option(
            "stages", "Move it through its stages", "its authority is bound to a stage (`interlock stage move`)"
        )
        yield AgendaItem(
            f"{name}/stage/{standing.release[7:15]}", name, f"Which stage is {name} in?",
            f"{standing.grant.granted_by} gave it authority on {standing.grant.granted_at[:10]} on its certificate, "
            "and it was never moved to a stage", stop_or(step, standing), "move", rights.move or rights.promote,
            (standing.release, *standing.grant.evidence),
        )  # fmt: skip


def _behind_drift(standing: Standing) -> tuple[str, ...]:
    """The release that acts, the periods that report its effects, and the move whose stage it exceeds."""
    told = " ".join(standing.drifts)
    reported = tuple(run.evidence for run in standing.runs if run.evidence in told)
    moved = (f"entry {standing.moves[-1].entry}",) if standing.moves else ()
    return (standing.release, *reported, *moved)


def _late_incidents(standing: Standing, now: dt.datetime) -> Iterator[AgendaItem]:
    for one in standing.incidents:
        days = (now - moment(one.opened_at)).days
        if one.closed_at is None and (one.redline or days >= LATE_INCIDENT_DAYS):
            yield _incident(standing, one, days)


def _incident(standing: Standing, one: Incident, days: int) -> AgendaItem:
    name = standing.definition.name
    go_on = Option("go-on", "Go on as it is until it is closed", "it may happen again meanwhile")
    stop = Option("stop", "Stop its cases", "people do the work until the scope is resumed", f"halt workflow:{name}")
    close = Option("close", "Close it, the reason being what was learned", "it is over", f"close {one.entry}")
    why = f"open for {days} days{', a redline' if one.redline else ''}: {one.title}; {one.owner} answers for it"
    return AgendaItem(
        f"{name}/incident/{one.entry}", name, f"Does {name} go on while incident {one.entry} is open?", why,
        (*stop_or(go_on, standing), stop, close), "stop", evidence=(f"entry {one.entry}",),
        weight=sum(each.closed_at is None for each in standing.incidents),  # another one, and it is asked again
    )  # fmt: skip


def _waivers(standing: Standing, now: dt.datetime) -> Iterator[AgendaItem]:
    name = standing.definition.name
    for one in standing.waivers:
        left = moment(one.expires_at) - now
        if one.release == standing.release and dt.timedelta(0) < left <= dt.timedelta(days=WAIVER_ENDS_DAYS):
            options = (
                Option("let-end", "Let it end", f"'{one.gate}' is judged with this check again"),
                Option("again", "Waive it for 30 days more", "the risk is carried on", f"waive again {one.entry}"),
                Option("end", "End it now", "the check counts from today", f"end waiver {one.entry}"),
            )
            why = f"it ends on {one.expires_at[:10]}; given by {one.by}: {one.reason}"
            yield AgendaItem(
                f"{name}/waiver/{one.entry}", name, f"Is '{one.check}' of {name} waived once more?", why, options,
                "waive", standing.definition.rights.waive, (f"entry {one.entry}",),
            )  # fmt: skip


def _passed_not_moved(standing: Standing, now: dt.datetime) -> Iterator[AgendaItem]:  # noqa: ARG001
    name, rights = standing.definition.name, standing.definition.rights
    for gate in (standing.gates or {}).values():
        passed = gate.release == standing.release and gate.verdict is Verdict.PASSED
        waits = standing.grant is None if gate.gate == "limited live" else gate.gate == f"leave {standing.stage}"
        if passed and waits:
            used = tuple(digest for finding in gate.findings for digest in finding.evidence)
            limited = gate.gate == "limited live"
            go = (
                Option("go", "Go", "whoever has the right gives it authority (`interlock promote`)")
                if limited
                else Option("go", "Go", "it is moved, if its gate still passes", f"move {_after(standing.stage)}")
            )
            options = (
                go,
                Option("hold", "Hold", "it stays where it is, and its evidence ages"),
            )
            may = rights.promote if limited else rights.move or rights.promote
            yield AgendaItem(
                f"{name}/{gate.gate}/{gate.at}", name, f"Does {name} go on from {standing.stage}?",
                f"'{gate.gate}' passed on {gate.at[:10]}, and nobody has moved it", options, "promote", may, used,
            )  # fmt: skip


def _after(stage: RolloutStage) -> RolloutStage:
    stages = tuple(RolloutStage)
    return stages[min(stages.index(stage) + 1, len(stages) - 1)]


def _vendors(standing: Standing, now: dt.datetime) -> Iterator[AgendaItem]:  # noqa: ARG001
    name = standing.definition.name
    for vendor in standing.definition.initiative.vendors:
        lacks = [
            words
            for words, told in (("no processing agreement", vendor.processing_agreement), ("no exit", vendor.exit_to))
            if told is None
        ]
        if lacks:
            options = (
                Option("review", "Review it together", "product, engineering, security, procurement and legal look"),
                Option("replace", "Replace it", "another party or own software does its work"),
            )
            yield AgendaItem(
                f"{name}/vendor/{vendor.name}/{standing.release[7:15]}", name, f"Does {name} keep {vendor.name}?",
                f"{' and '.join(lacks)} on record", options, "vendors", evidence=(standing.release,), weight=len(lacks),
            )  # fmt: skip


BEFORE_MONEY: tuple[Finder, ...] = (_drifting, _never_moved, _late_incidents)
AFTER_MONEY: tuple[Finder, ...] = (
    _waivers,
    _passed_not_moved,
    pilot_items,
    _vendors,
)
