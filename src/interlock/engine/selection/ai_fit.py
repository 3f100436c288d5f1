"""Is AI the right answer? The simplest way that fits, or "not yet" while a simpler one may still fit."""

from collections.abc import Sequence

from interlock.terms.ai_fit import NOT_YET, AiFit, FitAnswers, FitPack, FitQuestion, Reason, Wanted, Way

OPEN_WHY = "A simpler way has not been ruled out, or something that this way needs is unknown. Answer what is open."
NONE_WHY = "No way fits what was answered. Change what speaks against one, or leave the problem for now."


def ai_fit(answers: FitAnswers, pack: FitPack) -> AiFit:
    """What is recommended. An answer that is missing is unknown: it neither speaks for a way nor rules one out."""
    against: list[Reason] = []
    for way in pack.ways:
        fits = _way_fits(way, answers)
        if fits:
            return _said(way.id, way.why, _reasons(way, answers, holding=True), against, (), answers, pack)
        if fits is None:
            return _said(NOT_YET, OPEN_WHY, (), against, _open(way, answers, pack), answers, pack)
        against.extend(_reasons(way, answers, holding=False))
    return _said(NOT_YET, NONE_WHY, (), against, (), answers, pack)


def holds(wanted: Wanted, answers: FitAnswers) -> bool | None:
    """Whether an answer is as wanted; None where it is unknown."""
    answer = answers.values.get(wanted.question)
    if answer is None or answer == "":
        return None
    if wanted.at_least is not None:
        return None if isinstance(answer, str) or answer != answer else answer >= wanted.at_least
    return wanted.options is None or answer in wanted.options


def _way_fits(way: Way, answers: FitAnswers) -> bool | None:
    needed = [holds(one, answers) for one in way.needs]
    if way.any:
        needed.append(_either([_all([holds(one, answers) for one in branch]) for branch in way.any]))
    return _all(needed)


def _all(parts: Sequence[bool | None]) -> bool | None:
    return False if False in parts else None if None in parts else True


def _either(parts: Sequence[bool | None]) -> bool | None:
    return True if True in parts else None if None in parts else False


def _reasons(way: Way, answers: FitAnswers, *, holding: bool) -> tuple[Reason, ...]:
    """Each answer once; those of branches that fit, or that stand in the way."""
    told = list(way.needs)
    for branch in way.any:
        if not holding or _all([holds(one, answers) for one in branch]):
            told.extend(branch)
    decisive = (one.question for one in told if holds(one, answers) is holding)
    return tuple(Reason(way.id, name, f"{answers.values[name]}") for name in dict.fromkeys(decisive))


def _open(way: Way, answers: FitAnswers, pack: FitPack) -> tuple[FitQuestion, ...]:
    """What is unknown of what the way needs; branches that are ruled out ask nothing more."""
    asked = {one.question for one in way.needs if holds(one, answers) is None}
    branches = [branch for branch in way.any if _all([holds(one, answers) for one in branch]) is None]
    if not any(_all([holds(one, answers) for one in branch]) for branch in way.any):
        asked |= {one.question for branch in branches for one in branch if holds(one, answers) is None}
    return tuple(one for one in pack.questions if one.id in asked)


def _said(
    recommendation: str,
    why: str,
    reasons: tuple[Reason, ...],
    against: Sequence[Reason],
    asked: tuple[FitQuestion, ...],
    answers: FitAnswers,
    pack: FitPack,
) -> AiFit:
    given = {one.id: answers.values.get(one.id) for one in pack.questions if one.data}
    data = tuple((one, None if given[one.id] is None else str(given[one.id])) for one in pack.questions if one.data)
    return AiFit(answers.name, recommendation, why, reasons, tuple(against), asked, data)
