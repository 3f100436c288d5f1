"""The pictures and facts of the first page of a dossier."""

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from interlock.engine.reporting.workflow_pictures import budget_burn, monitor_path, risk_coverage
from interlock.flows.portfolio.dossier import MonitorSeen, certificate_of, grant_ended, monitor_of
from interlock.ports.store import Reading
from interlock.surfaces.web.workflow import view
from interlock.surfaces.web.workflow.found import Dossier
from interlock.terms import words
from interlock.terms.evidence import Evidence
from interlock.terms.ledger import LedgerEntry
from interlock.terms.portfolio import Standing
from interlock.terms.story import Chart
from interlock.terms.workflow import Problem

Draw = Callable[[Chart, str], str]
PROBLEM = (
    ("For", "who"), ("Friction", "friction"), ("Caused by", "cause"), ("It costs", "cost"),
    ("Success", "outcome"), ("Measured by", "metric"), ("Within", "constraints"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Overview:
    """What the page shows. Pictures are empty where nothing was measured that they could show."""

    figures: tuple[view.FigureShown, ...]
    gates: tuple[view.GateShown, ...]
    gates_title: str
    levels: tuple[view.LevelShown, ...]
    grant: tuple[tuple[str, str], ...]
    evidence: tuple[str, ...]
    ended: LedgerEntry | None
    problem: tuple[tuple[str, str], ...]
    proved: Markup
    burn: Markup
    monitor_words: str
    monitor_path: Markup


def overview_of(reading: Reading, dossier: Dossier, draw: Draw) -> Overview:
    """Everything of one workflow on its first page."""
    one = dossier.standing
    certificate, monitor = certificate_of(reading, one), monitor_of(reading, dossier.name)
    path = None if monitor is None else monitor_path(monitor.path, monitor.limit)
    return Overview(
        figures=view.figures(dossier.row),
        gates=view.gates(one),
        gates_title=view.gates_title(one),
        levels=view.levels(one),
        grant=grant_facts(one, certificate),
        evidence=one.grant.evidence if one.grant is not None else (),
        ended=grant_ended(reading, one),
        problem=problem_facts(one.definition.problem),
        proved=drawn(risk_coverage(one, None if certificate is None else certificate.body), draw, "proved"),
        burn=drawn(budget_burn(one), draw, "burn"),
        monitor_words=monitor_words(monitor),
        monitor_path=drawn(path, draw, "monitor"),
    )


def drawn(chart: Chart | None, draw: Draw, name: str) -> Markup:
    """The picture with its numbers as a table; empty for none."""
    return Markup() if chart is None else Markup(draw(chart, name))  # noqa: S704 - drawn by the maker of reports, which escapes


def problem_facts(problem: Problem) -> tuple[tuple[str, str], ...]:
    """The problem statement, as far as somebody wrote it."""
    told = ((name, str(getattr(problem, field))) for name, field in PROBLEM)
    return tuple((name, text) for name, text in told if text)


def grant_facts(one: Standing, certificate: Evidence | None) -> tuple[tuple[str, str], ...]:
    """What the grant allows, in words; () without one."""
    grant = one.grant
    if grant is None:
        return ()
    over = ", ".join(grant.segments) or "all segments"
    how = (
        f"at or over confidence {words.confidence(grant.threshold)}" if grant.labels else "a person applies every case"
    )
    proved = "" if certificate is None else _proved(certificate)
    return (
        ("Level", f"{grant.level} over {over}, {how}"),
        ("Share", f"{words.percent_exact(grant.traffic_share)} of traffic, {words.percent_exact(grant.audit_share)} "
                  "of what is applied is audited"),
        *((("Proved", proved),) if proved else ()),
        ("Given by", f"{grant.granted_by}, {words.moment(grant.granted_at)}"),
        ("Ends", words.moment(grant.expires_at)),
    )  # fmt: skip


def _proved(certificate: Evidence) -> str:
    told = certificate.body["certificate"]
    if told.get("threshold") is None:
        return "nothing can be certified yet"
    of = "of what is applied" if told["promise"] == "selective" else "of all cases"
    return (
        f"at most {words.percent_exact(told['budget'])} {of} is wrong, with "
        f"{words.percent_exact(1 - told['delta'])} confidence, on n {words.count(told['n_labelled'])} labelled cases"
    )


def monitor_words(seen: MonitorSeen | None) -> str:
    """How near the audits are to ending the grant."""
    if seen is None:
        return ""
    if not seen.n:
        return "No case was audited under this grant yet."
    return (
        f"{words.plural(seen.n_wrong, 'audit')} of {words.count(seen.n)} found a wrong case. The statistic is "
        f"{words.number(seen.statistic)}; the run time ends the grant at {words.number(seen.limit)}."
    )
