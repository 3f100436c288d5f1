"""A thing to have, where a problem is expected."""

from interlock.engine.problem.cues import compiled, unquoted
from interlock.terms.problem import ProblemWords

_ASKED_WITHIN = 60  # characters between the asking and the thing
_DENIED_WITHIN = 30


def solution_at(text: str, words: ProblemWords) -> tuple[int, int] | None:
    """Where a solution is named; None where there is none, or it is quoted or ruled out."""
    said, patterns = unquoted(text), words.patterns
    for match in compiled(patterns["thing"]).finditer(said):
        if not _ruled_out(said[: match.start()], words):
            return match.span()
    for match in compiled(patterns["ware"]).finditer(said):
        before = said[max(0, match.start() - _ASKED_WITHIN) : match.start()].rpartition(".")[2]
        if compiled(patterns["ask"]).search(before) and not _ruled_out(before, words):
            return match.span()
    return None


def _ruled_out(before: str, words: ProblemWords) -> bool:
    near = before[-_DENIED_WITHIN:].rpartition(".")[2]
    if compiled(words.patterns["missed"]).search(near):
        return False
    return compiled(words.patterns["denied"]).search(near) is not None
