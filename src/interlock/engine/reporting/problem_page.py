"""A problem statement as one page: who, what is broken, why it matters, what better is, how it is measured, limits."""

from collections.abc import Sequence

from interlock.terms.briefing import Briefing, Passage, Unknown
from interlock.terms.initiative import Kpi
from interlock.terms.problem import Lack, Missing, StatedProblem
from interlock.terms.story import Tone
from interlock.terms.workflow import Problem

NOBODY = "nobody is named yet"
_UNKNOWN = "[not known yet]"
# In this order, each with the lacks that belong there.
_PARTS: tuple[tuple[str, str, tuple[Lack, ...]], ...] = (
    ("Who has the problem", "who", (Lack.USER,)),
    ("What is broken or slow today", "friction", (Lack.FRICTION, Lack.SOLUTION)),
    ("Why it matters", "cost", (Lack.COST,)),
    ("What better looks like", "outcome", (Lack.OUTCOME,)),
    ("How success is measured", "metric", (Lack.BASELINE, Lack.TARGET)),
    ("Which constraints hold", "constraints", (Lack.CONSTRAINT,)),
)


def problem_page(stated: StatedProblem, missing: Sequence[Missing], *, as_of: str) -> Briefing:
    """The page; what is missing is listed with the question and who is to answer it."""
    owner = stated.owner or NOBODY
    unknown = (
        *(Unknown(f"{one.lack}: {one.question}", owner) for one in missing),
        *(() if stated.problem.cause else (Unknown("cause: Why does it happen?", owner),)),
    )
    count = len(unknown)
    verdict = "nothing is missing" if not count else f"{count} {'thing is' if count == 1 else 'things are'} missing"
    return Briefing(
        kind="problem statement",
        title=f"{stated.name or 'Problem statement'}: {verdict}",
        subject=stated.name,
        as_of=as_of,
        summary=two_sentences(stated.problem, stated.kpis),
        passages=tuple(_passage(stated, missing, *part) for part in _PARTS),
        unknown=unknown,
    )


def two_sentences(problem: Problem, kpis: Sequence[Kpi]) -> tuple[str, str]:
    """The two-sentence form; what is not known stands in brackets."""
    metric = "; ".join(part for part in (_said(problem.metric), *map(_kpi, kpis)) if part)
    return (
        f"For {_slot(problem.who)}, the problem is: {_slot(problem.friction)}, caused by: {_slot(problem.cause)}, "
        f"resulting in: {_slot(problem.cost)}.",
        f"A successful solution would mean: {_slot(problem.outcome)}, measured by: {metric or _UNKNOWN}, "
        f"within: {_slot(problem.constraints)}.",
    )


def _passage(
    stated: StatedProblem, missing: Sequence[Missing], title: str, field: str, lacks: tuple[Lack, ...]
) -> Passage:
    said = [_said(getattr(stated.problem, field))]
    if field == "friction" and stated.problem.cause:
        said.append(f"Cause: {_said(stated.problem.cause)}")
    if field == "metric":
        said += [_kpi(kpi) for kpi in stated.kpis]
    open_here = [one for one in missing if one.lack in lacks]
    lines = [line for line in said if line] or ["Not known yet."]
    lines += [f"Open: {one.question}" for one in open_here]
    return Passage(title, tuple(lines), tone=Tone.INCONCLUSIVE if open_here else Tone.NEUTRAL)


def _kpi(kpi: Kpi) -> str:
    today = "not measured yet" if kpi.baseline is None else f"{kpi.baseline:g} {kpi.unit}"
    goal = "no target yet" if kpi.target is None else f"{kpi.target:g} {kpi.unit}"
    return f"{kpi.name}: {today} today, {goal} by {kpi.target_date or 'a date not set yet'}"


def _said(text: str) -> str:
    return text.strip().rstrip(".")


def _slot(text: str) -> str:
    return _said(text) or _UNKNOWN
