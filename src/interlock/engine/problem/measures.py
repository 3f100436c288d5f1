"""Whether a statement says where its measure stands today, and where it is to be."""

import re

from interlock.engine.problem.cues import NUMBER, figures, sentences

_TODAY = "today|now|currently|presently|at present|at the moment|in 20\\d\\d|last year|as of|in the|baseline|was"
_BASELINE = re.compile(
    rf"\bfrom (?:about |over )?{NUMBER}|{NUMBER}[^.;,]{{0,40}}\b(?:{_TODAY})\b"
    rf"|\b(?:{_TODAY}|stands at|against)\b\W+{NUMBER}",
    re.IGNORECASE,
)
# "1,350 in October 2026" is one; "under 5 in October 2028" is a target.
_OF_A_MONTH = re.compile(
    rf"(?P<before>\w+)?\W+{NUMBER}[^.;,]{{0,20}} (?:in|for|during) \w+ (?:19|20)\d\d\b", re.IGNORECASE
)
_TOWARDS = frozenset({"to", "under", "below", "most", "least", "than", "within", "only", "be", "by", "inside"})
_TARGET = re.compile(
    r"\b(?:to|under|below|at most|at least|(?:not? )?more than|less than|fewer than|up to|"
    r"within|inside|(?:aim|goal|target|objective)s?(?: (?:is|are|of|at|for))?|want to \w+|reach\w*|shall be|should be|"
    rf"be|take|against|about|from|cut by|reduced? by|by)\W+(?:about |a |the |under |only )?{NUMBER}"
    rf"|\b(?:halve|halved|double)\b|{NUMBER} ?x\b|\d+x\b|{NUMBER} ?% (?:fewer|less|more)|\bevery\b.*\b{NUMBER}",
    re.IGNORECASE,
)
_SHARE = re.compile(rf"\b(?:{NUMBER}) (?:in|of) (?:{NUMBER})\b|%", re.IGNORECASE)


def has_baseline(measure: str, elsewhere: str) -> bool:
    """Whether `measure` says it, or `elsewhere` gives a figure of what `measure` counts."""
    if len(figures(measure)) > 1 or _BASELINE.search(measure) or _of_a_month(measure):
        return True
    stems = _stems(measure)
    return any(_counts(sentence, stems) for sentence in sentences(elsewhere))


def has_target(measure: str) -> bool:
    """Whether there is a figure to reach; "from 8" alone is none."""
    if len(figures(measure)) > 1:
        return True
    return any(not match[0].lower().startswith("from") for match in _TARGET.finditer(measure))


def _of_a_month(measure: str) -> bool:
    found = _OF_A_MONTH.search(measure)
    return found is not None and (found["before"] or "").lower() not in _TOWARDS


def _counts(sentence: str, stems: frozenset[str]) -> bool:
    for figure in figures(sentence):
        if _stems(" ".join(sentence[figure.end() :].split()[:2])) & stems:
            return True
    return bool(_SHARE.search(sentence) and _stems(sentence) & stems)


def _stems(text: str) -> frozenset[str]:
    words = (word.rstrip("s") for word in re.findall(r"[a-z]{3,}", text.lower()))
    return frozenset(word[:5] for word in words if len(word) > 2 and word not in _SMALL)


_SMALL = frozenset({"the", "for", "and", "that", "with", "share", "thi", "from", "each", "per"})
