"""What a problem statement in free text lacks: the same things, looked for in the whole of it."""

from interlock.engine.problem.cues import compiled, dated, figures, in_year, sentences
from interlock.engine.problem.lint import cost_kinds
from interlock.engine.problem.measures import has_target
from interlock.engine.problem.solution import solution_at
from interlock.terms.problem import Lack, Missing, ProblemWords

_BESIDE = frozenset({"in", "of", "at", "for", "who", "on"})
_BARE = frozenset({"the", "our", "all", "and", "a", "by", "to", "of"})


def lint_text(text: str, words: ProblemWords) -> tuple[Missing, ...]:
    """What a text lacks, in the order of Lack."""
    span = solution_at(text, words)
    goals = [one for one in sentences(text) if compiled(words.patterns["goal"]).search(one)]
    target = any(has_target(goal) for goal in goals) and any(figures(goal) for goal in goals)
    there = {
        Lack.SOLUTION: span is None,
        Lack.USER: _names_somebody(text, words),
        Lack.FRICTION: compiled(words.patterns["pain"]).search(text) is not None,
        Lack.COST: bool(cost_kinds(text, words)) and bool(figures(text) or "morale" in text),
        Lack.BASELINE: bool(figures(text)) and (len(figures(text)) > 1 or not target),
        Lack.TARGET: target,
        Lack.CONSTRAINT: compiled(words.patterns["limit"]).search(text) is not None,
        Lack.OUTCOME: any(dated(goal) or (figures(goal) and in_year(goal)) for goal in goals) and bool(figures(text)),
    }
    found = []
    for lack in Lack:
        if there[lack]:
            continue
        start, end = span if lack is Lack.SOLUTION and span is not None else (0, 0)
        advice = words.advice[lack]
        found.append(Missing(lack, "text", text[start:end], start, end, advice.why, advice.question))
    return tuple(found)


def _names_somebody(text: str, words: ProblemWords) -> bool:
    """A role that is told apart from others: by a word before it, or by what follows it."""
    for match in compiled(words.patterns["role"]).finditer(text):
        if compiled(words.patterns["no_role"]).fullmatch(match[0]):
            continue
        before, after = text[: match.start()].split(), text[match.end() :].split()
        told = bool(before) and before[-1].lower() not in _BARE and before[-1][-1] not in ".!?"
        if told or (after and after[0] in _BESIDE):
            return True
    return compiled(r"(the|our) \w+ team").search(text) is not None
