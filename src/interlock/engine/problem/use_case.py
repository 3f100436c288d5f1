"""An idea becomes a use case when six things are known of it; before that it is not scored."""

from collections.abc import Sequence

from interlock.engine.problem.lint import lint
from interlock.terms.initiative import Kpi
from interlock.terms.problem import Lack, ProblemWords, UsePart
from interlock.terms.workflow import Problem

_WORKFLOW_WORDS_MIN = 5  # fewer do not say who does what with what
_LACKING = {
    Lack.USER: UsePart.USER,
    Lack.FRICTION: UsePart.PAIN,
    Lack.OUTCOME: UsePart.OUTCOME,
    Lack.BASELINE: UsePart.METRIC,
    Lack.TARGET: UsePart.METRIC,
    Lack.CONSTRAINT: UsePart.CONSTRAINTS,
}


def missing_of_use_case(
    problem: Problem, kpis: Sequence[Kpi], words: ProblemWords, *, steps: Sequence[str] = ()
) -> tuple[UsePart, ...]:
    """What is missing, in the order of UsePart; nothing where the statement is a use case and may be scored.

    The workflow is known where its `steps` are named, or the friction says in a sentence what is done today.
    """
    lacks = {missing.lack for missing in lint(problem, kpis, words)}
    missing = {_LACKING[lack] for lack in lacks if lack in _LACKING}
    if not steps and (Lack.FRICTION in lacks or len(problem.friction.split()) < _WORKFLOW_WORDS_MIN):
        missing.add(UsePart.WORKFLOW)
    return tuple(part for part in UsePart if part in missing)
