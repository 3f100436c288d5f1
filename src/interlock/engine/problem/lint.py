"""What a problem statement lacks, field by field. Words and figures are looked for; no model judges."""

import re
from collections.abc import Sequence

from interlock.engine.problem.cues import compiled, dated, figures
from interlock.engine.problem.measures import has_baseline, has_target
from interlock.engine.problem.solution import solution_at
from interlock.terms.initiative import Kpi
from interlock.terms.problem import CostKind, Lack, Missing, ProblemWords
from interlock.terms.workflow import Problem

Place = tuple[str, str, int, int]  # field, words, start, end

# What one field by itself can lack; baseline, target and day are told by the KPIs as well.
_OF_ONE_FIELD = {
    "who": {Lack.USER},
    "friction": {Lack.SOLUTION, Lack.FRICTION},
    "cause": {Lack.SOLUTION},
    "cost": {Lack.COST},
    "outcome": {Lack.SOLUTION},
    "constraints": {Lack.CONSTRAINT},
}


def lint(problem: Problem, kpis: Sequence[Kpi], words: ProblemWords) -> tuple[Missing, ...]:
    """What the seven fields and the KPIs lack, in the order of Lack. A KPI that is wholly known needs no words."""
    found = {
        Lack.SOLUTION: _solution(problem, words),
        Lack.USER: None if _names_somebody(problem.who, words) else _whole("who", problem.who),
        Lack.FRICTION: None if _friction(problem.friction, words) else _whole("friction", problem.friction),
        Lack.COST: None if _has_cost(problem.cost, words) else _whole("cost", problem.cost),
        Lack.CONSTRAINT: None if _binds(problem.constraints, words) else _whole("constraints", problem.constraints),
        **_measured(problem, kpis, words),
    }
    return tuple(_missing(lack, place, words) for lack in Lack if (place := found[lack]) is not None)


def lint_answer(field: str, text: str, words: ProblemWords) -> tuple[Missing, ...]:
    """What one field lacks, whatever the others say; nothing for a field that does not stand for itself."""
    lacks = _OF_ONE_FIELD.get(field, set())
    found = lint(Problem(**{field: text}), (), words) if lacks else ()
    return tuple(one for one in found if one.lack in lacks and one.field == field)


def cost_kinds(text: str, words: ProblemWords) -> tuple[CostKind, ...]:
    """The kinds of cost that a text names, in the order of CostKind."""
    return tuple(kind for kind in CostKind if compiled(words.costs[kind]).search(text))


def _measured(problem: Problem, kpis: Sequence[Kpi], words: ProblemWords) -> dict[Lack, Place | None]:
    measure = f"{problem.outcome}; {problem.metric}"
    elsewhere = f"{problem.friction}; {problem.cause}; {problem.cost}"
    baseline = any(kpi.baseline is not None for kpi in kpis) or has_baseline(problem.metric, elsewhere)
    target = any(kpi.target is not None for kpi in kpis) or has_target(problem.metric) or has_target(problem.outcome)
    day = any(kpi.target_date for kpi in kpis) or dated(measure)
    seen = target or (bool(problem.outcome) and not compiled(words.patterns["vague_outcome"]).search(problem.outcome))
    return {
        Lack.BASELINE: None if baseline else _whole("metric", problem.metric),
        Lack.TARGET: None if target else _whole("metric", problem.metric),
        Lack.OUTCOME: None if day and seen else _whole("outcome", problem.outcome),
    }


def _missing(lack: Lack, place: Place, words: ProblemWords) -> Missing:
    advice = words.advice[lack]
    return Missing(lack, *place, advice.why, advice.question)


def _whole(field: str, text: str) -> Place:
    return field, text, 0, len(text)


def _solution(problem: Problem, words: ProblemWords) -> Place | None:
    for field in ("friction", "cause", "outcome"):
        text: str = getattr(problem, field)
        span = solution_at(text, words)
        if span is not None:
            return field, text[slice(*span)], *span
    return None


def _names_somebody(who: str, words: ProblemWords) -> bool:
    """One bare word is a crowd, and so is one of the known crowds, wherever it is said to be."""
    praise = compiled(words.patterns["crowd_praise"])
    bare = " ".join(word for word in re.findall(r"[\w'’-]+", who) if not praise.fullmatch(word))
    head = re.split(r"\b(?:across|in|of|as|involved)\b", bare)[0]
    named = [one for one in (part.strip() for part in re.split(r"\b(?:and|or)\b", head)) if one]
    crowd = compiled(words.patterns["crowd"])
    if " who " in f" {bare} ":
        return True
    return (
        " " in bare
        and not (any(map(crowd.fullmatch, named)) and all(" " not in one or crowd.fullmatch(one) for one in named))
        and not bare.lower().endswith(" function as whole")
    )


def _friction(friction: str, words: ProblemWords) -> bool:
    if len(friction.split()) < 3:
        return False
    if figures(friction) or compiled(words.patterns["pain"]).search(friction):
        return True
    wish = compiled(words.patterns["wish"]).search(friction)
    return wish is None and solution_at(friction, words) is None


def _has_cost(cost: str, words: ProblemWords) -> bool:
    return bool(cost_kinds(cost, words)) or (bool(figures(cost)) and len(cost.split()) > 3)


def _binds(constraints: str, words: ProblemWords) -> bool:
    text = constraints.strip(" .")
    return bool(text) and compiled(words.patterns["vague_constraint"]).fullmatch(text) is None
