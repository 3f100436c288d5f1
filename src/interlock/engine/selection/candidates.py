"""From what somebody wrote or recorded to what can be ranked: only use cases with all five scores are."""

from collections.abc import Sequence

from interlock.engine.problem.use_case import missing_of_use_case
from interlock.terms.portfolio import Standing
from interlock.terms.problem import ProblemWords
from interlock.terms.selection import Candidate, Criterion

SHEET = "selection-matrix"


def candidate_of(standing: Standing, words: ProblemWords) -> tuple[Candidate | None, tuple[str, ...]]:
    """(the candidate, what is missing): a workflow whose problem is a use case, scored by its newest sheet.

    One of the two is empty. An answer without a score is missing.
    """
    definition, sheet = standing.definition, (standing.sheets or {}).get(SHEET)
    steps = tuple(step.name for step in definition.steps)
    missing: list[str] = list(missing_of_use_case(definition.problem, definition.initiative.kpis, words, steps=steps))
    answers = {} if sheet is None else {one.item: one for one in sheet.answers}
    scores: dict[Criterion, int] = {}
    for criterion in Criterion:
        answer = answers.get(criterion.value)
        if answer is None or answer.value is None:
            missing.append(f"score of {criterion}")
        else:
            scores[criterion] = answer.value
    if missing:
        return None, tuple(missing)
    rests_on = {one: ", ".join(answers[one.value].evidence) for one in Criterion if answers[one.value].evidence}
    by = "" if sheet is None else f"{sheet.by}, {sheet.at[:10]}"
    return Candidate(definition.name, scores, by, rests_on), ()


def cited(candidate: Candidate) -> str:
    """How many of the five scores name what they rest on."""
    count = sum(bool(candidate.rests_on.get(criterion)) for criterion in Criterion)
    told = f"{count} of {len(Criterion)} scores" if candidate.rests_on else ""
    return "; ".join(filter(None, (candidate.evidence, told))) or "none named"


def twice(names: Sequence[str]) -> str | None:
    """A name that is there more than once."""
    return next((name for index, name in enumerate(names) if name in names[:index]), None)
