"""Area 7 of an executive update: what stands between each workflow and scale, the worst first."""

from collections.abc import Iterator

from interlock.engine.reporting.figures import NOBODY, counted, figure
from interlock.engine.reporting.measures import delivery_asked
from interlock.terms.briefing import Cell, Grid, Passage
from interlock.terms.evidence import GateVerdict, Verdict
from interlock.terms.portfolio import Portfolio, Standing
from interlock.terms.story import Tone

IN_THE_WAY = {Verdict.ERROR: 0, Verdict.FAILED: 0, Verdict.INCONCLUSIVE: 1}  # the worst first
NEVER_JUDGED = 2
NO_STEP = "see the findings of the gate"


def readiness(portfolio: Portfolio) -> Passage:
    """One row a workflow: how many of its gates passed, the worst of the others, and the smallest next step."""
    held = sorted((s for s in portfolio.standings if not is_ready(s)), key=_worst_first)
    ready = len(portfolio.standings) - len(held)
    failed = sum(any(IN_THE_WAY[v.verdict] == 0 for v in stopped(s)) for s in held)
    title = f"{ready} of {counted(len(portfolio.standings), 'workflow has', 'workflows have')} passed every gate"
    title += f"; {counted(failed, 'is', 'are')} held by a failed one" if failed else ""
    header = ("Workflow", "Gates passed", "What stands in the way first", "Smallest next step", "Owner")
    empty = "nothing stands in the way" if portfolio.standings else "`interlock apply -f FILE` defines a workflow"
    grid = Grid("What stands in the way of scale, the worst first", header, tuple(map(_row, held)), empty)
    tone = Tone.FAILED if failed else Tone.INCONCLUSIVE if held else Tone.PASSED
    title = title if portfolio.standings else "No workflow is defined yet"
    return Passage(title, grids=(grid,), tone=tone if portfolio.standings else Tone.NEUTRAL, part="Readiness to scale")


def open_gates(portfolio: Portfolio) -> Passage | None:
    """Every gate that was judged and did not pass, with each next step; None where there is none."""
    held = sorted((s for s in portfolio.standings if stopped(s)), key=_worst_first)
    rows = tuple(row for standing in held for row in _gates(standing))
    title = f"{counted(len(rows), 'gate', 'gates')} of {counted(len(held), 'workflow', 'workflows')} not passed"
    grid = Grid("Every gate that did not pass", ("Workflow", "Gate", "Next steps", "Owner"), rows)
    return Passage(title, grids=(grid,), tone=Tone.INCONCLUSIVE, part="Open gates") if rows else None


def is_ready(standing: Standing) -> bool:
    """Whether it was judged, and passed wherever it was."""
    return bool(standing.gates) and not stopped(standing)


def stopped(standing: Standing) -> list[GateVerdict]:
    """The newest verdicts that stand in the way, the worst first."""
    verdicts = (v for v in (standing.gates or {}).values() if v.verdict in IN_THE_WAY)
    return sorted(verdicts, key=lambda v: (IN_THE_WAY[v.verdict], v.gate))


def _worst_first(standing: Standing) -> tuple[int, int, str]:
    found = stopped(standing)
    worst = IN_THE_WAY[found[0].verdict] if found else NEVER_JUDGED
    return worst, -len(found), standing.definition.name


def _row(standing: Standing) -> tuple[Cell, ...]:
    name, owner, found = standing.definition.name, delivery_asked(standing) or NOBODY, stopped(standing)
    if not found:
        return name, "none was judged", "no gate was judged", f"judge them: `interlock gates {name}`", owner
    judged = [v for v in (standing.gates or {}).values() if v.verdict is not Verdict.NOT_APPLICABLE]
    n = len(judged) - len(found)
    passed = figure(f"{name}: gates passed", n, f"of {len(judged)}", evidence=(standing.release,))
    first = f"{found[0].gate}: {found[0].verdict}"
    first += f", and {counted(len(found) - 1, 'more gate', 'more gates')}" if len(found) > 1 else ""
    return name, passed, first, next(_steps(found[0]), NO_STEP), owner


def _gates(standing: Standing) -> Iterator[tuple[Cell, ...]]:
    owner = delivery_asked(standing) or NOBODY
    for verdict in stopped(standing):
        said = "; ".join(_steps(verdict)) or NO_STEP
        yield standing.definition.name, f"{verdict.gate}: {verdict.verdict}", said, owner


def _steps(verdict: GateVerdict) -> Iterator[str]:
    return (finding.next_step for finding in verdict.findings if finding.next_step)
