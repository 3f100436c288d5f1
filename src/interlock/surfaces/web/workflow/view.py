"""What the first page of a dossier says: its conclusion, its figures, what its grant allows and where."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from interlock.engine.economics.row import Row, Status
from interlock.engine.rollout.gates import open_findings
from interlock.engine.rollout.stages import LEAVES
from interlock.engine.timestamp import stamp
from interlock.surfaces.web.states import INCONCLUSIVE, NOTED, STATES, State, said
from interlock.terms import words
from interlock.terms.council import CouncilDecision
from interlock.terms.evidence import GateVerdict, Verdict
from interlock.terms.grant import AutonomyLevel
from interlock.terms.ledger import LedgerEntry
from interlock.terms.portfolio import Standing
from interlock.terms.stage import Waiver

VERBS = {verdict: f"was {verdict}" for verdict in Verdict} | {Verdict.PASSED: "passed", Verdict.FAILED: "failed"}
COUNTS, OVER = said(INCONCLUSIVE, "Counts"), said(NOTED, "Is over")


@dataclass(frozen=True, slots=True)
class FigureShown:
    """One figure of the page: what it is of, and what stands behind it."""

    name: str
    main: str
    behind: str = ""


@dataclass(frozen=True, slots=True)
class GateShown:
    """One gate as it was last judged. `open` is what keeps it shut, `old` whether it was of another release."""

    name: str
    state: State
    counts: str
    at: str
    old: bool
    open: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class LevelShown:
    """What the workflow may do in one segment."""

    segment: str
    level: str
    acts: bool


def title(row: Row, ended: LedgerEntry | None = None, stopped: CouncilDecision | None = None) -> str:
    """The conclusion: whether it may act, until when, and what is left of its error budget."""
    one, name = row.standing, words.shorten(row.name, 80)
    match row.status:
        case Status.STOPPED:
            return f"{name} is stopped: people decide its cases"
        case Status.DRIFTING:
            return f"{name} is live without a grant that allows it"
        case Status.WATCHES:
            if stopped is not None:
                return f"{name} only watches: the initiative was stopped on {words.moment(stopped.at[:10])}"
            since = "" if ended is None else f" since its grant ended on {words.moment(ended.at[:10])}"
            return f"{name} only watches{since}, in {one.stage}{_shut(one)}"
        case _:
            until = "" if one.grant is None else f" until {words.moment(one.grant.expires_at[:10])}"
            incident = "; an incident is open" if row.status is Status.INCIDENT else ""
            level = f"may act as {one.level}{until}" if row.may_act else f"only watches, in {one.stage}"
            return f"{name} {level}{_left(row)}{incident}"


def _left(row: Row) -> str:
    left = row.budget_left.value
    if left is None:
        return ""
    return "; its error budget is used up" if left <= 0 else f"; {words.percent(left)} of its error budget is left"


def _shut(standing: Standing) -> str:
    verdict = (standing.gates or {}).get(LEAVES[standing.stage])
    if verdict is None or verdict.release != standing.release:
        return ""
    passed = sum(finding.verdict is Verdict.PASSED for finding in verdict.findings)
    return f"; '{verdict.gate}': {passed} of {len(verdict.findings)} checks passed"


def figures(row: Row) -> tuple[FigureShown, ...]:
    """What somebody wants to know in ten seconds."""
    one, seen, left = row.standing, row.seen, row.budget_left
    wrong, automatic = words.share_shown(seen.wrong), words.share_shown(seen.automated)
    budget = "" if seen.budget is None else f", budget {words.percent_exact(seen.budget)}"
    cost = "not measured" if seen.cost.value_usd is None else words.money(seen.cost.value_usd)
    most = one.definition.initiative.service_levels.cost_per_success_max_usd
    agreed = "" if most is None else f"at most {words.money(most)}, "
    return (
        FigureShown("Stage", str(one.stage), f"level {one.level}"),
        FigureShown(
            "Error budget left",
            words.NOT_MEASURED if left.value is None else "none" if left.value <= 0 else words.percent(left.value),
            f"{wrong.main} wrong {wrong.behind}{budget}" if left.value is not None else budget.removeprefix(", "),
        ),
        FigureShown("Automatic", automatic.main, automatic.behind),
        FigureShown("Cost of a success", cost, f"{agreed}n {words.count(seen.cost.successes)}" if agreed else ""),
        FigureShown(
            "Waits for people",
            words.plural(one.open_reviews, "review"),
            f"{words.count(one.late_reviews)} late" if one.open_reviews else "",
        ),
    )


def levels(standing: Standing) -> tuple[LevelShown, ...]:
    """The level in each segment that the definition or the grant names; one line where there are none."""
    grant = standing.grant
    covered = () if grant is None else grant.segments
    named = dict.fromkeys((*standing.definition.initiative.segments, *covered))
    if not named:
        return (LevelShown("all cases", standing.level, standing.level is not AutonomyLevel.SHADOW),)

    def level(segment: str) -> AutonomyLevel:
        return standing.level if not covered or segment in covered else AutonomyLevel.SHADOW

    return tuple(LevelShown(name, level(name), level(name) is not AutonomyLevel.SHADOW) for name in named)


def gates(standing: Standing) -> tuple[GateShown, ...]:
    """Every gate that was judged: shut ones of this release first, of these the one that leads on from its stage, then
    what failed before what is inconclusive.
    """
    shown = [gate_shown(verdict, standing.release) for verdict in (standing.gates or {}).values()]
    ahead = LEAVES[standing.stage]

    def order(one: GateShown) -> tuple[bool, bool, bool, bool, str]:
        tone = one.state.tone
        return (one.old, tone == "passed", one.name != ahead, tone != "failed", one.name)

    return tuple(sorted(shown, key=order))


def gate_shown(verdict: GateVerdict, release: str) -> GateShown:
    """One verdict, with what keeps the gate shut."""
    passed = sum(finding.verdict is Verdict.PASSED for finding in verdict.findings)
    counts = f"{passed} of {words.plural(len(verdict.findings), 'check')} passed"
    still = tuple((finding.check, finding.next_step or finding.reason) for finding in open_findings(verdict))
    return GateShown(verdict.gate, STATES[verdict.verdict], counts, verdict.at, verdict.release != release, still)


def gates_page_title(standing: Standing) -> str:
    """Whether the gate that leads on from its stage is open, and how many others are."""
    ahead = (standing.gates or {}).get(LEAVES[standing.stage])
    if ahead is None or ahead.release != standing.release:
        return gates_title(standing)
    shown = gate_shown(ahead, standing.release)
    return f"'{shown.name}' {VERBS[ahead.verdict]}: {shown.counts}; {_passed(standing)} passed"


def _passed(standing: Standing) -> str:
    own = _own(standing)
    passed = sum(one.verdict is Verdict.PASSED for one in own)
    return f"{words.count(passed)} of {words.plural(len(own), 'gate')}"


def _own(standing: Standing) -> list[GateVerdict]:
    return [one for one in (standing.gates or {}).values() if one.release == standing.release]


def gates_title(standing: Standing) -> str:
    """How many passed for the release in force."""
    own = _own(standing)
    if not own:
        return "No gate was judged for the release in force"
    return f"Gates: {_counted(own)}"


def _counted(verdicts: Sequence[GateVerdict]) -> str:
    passed = sum(one.verdict is Verdict.PASSED for one in verdicts)
    told = [f"{passed} of {len(verdicts)} passed"]
    for verdict in (Verdict.FAILED, Verdict.INCONCLUSIVE, Verdict.ERROR):
        n = sum(one.verdict is verdict for one in verdicts)
        if n:
            told.append(f"{n} {verdict}")
    return ", ".join(told)


@dataclass(frozen=True, slots=True)
class WaiverShown:
    """One waiver, and whether it still counts."""

    waiver: Waiver
    state: State
    counts: bool


def waivers(standing: Standing, now: dt.datetime) -> tuple[WaiverShown, ...]:
    """Those that nobody ended, the newest first; of another release or past their date they count no more."""
    at = stamp(now)

    def shown(one: Waiver) -> WaiverShown:
        counts = one.release == standing.release and at < one.expires_at
        return WaiverShown(one, COUNTS if counts else OVER, counts)

    return tuple(map(shown, standing.waivers[::-1]))
