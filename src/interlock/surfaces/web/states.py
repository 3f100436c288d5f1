"""States in words, with a sign and a tone: colour only helps."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class State:
    """One state. `tone` is passed, failed, inconclusive or neutral: it only colours what `word` says."""

    word: str
    sign: str
    tone: str


PASSED = State("Passed", "✓", "passed")
FAILED = State("Failed", "✗", "failed")
INCONCLUSIVE = State("Inconclusive", "?", "inconclusive")
ERROR = State("Error", "!", "failed")
NOT_APPLICABLE = State("Not applicable", "–", "neutral")
NOTED = State("Noted", "•", "neutral")
STATES: Mapping[str, State] = {
    "passed": PASSED,
    "failed": FAILED,
    "inconclusive": INCONCLUSIVE,
    "error": ERROR,
    "not applicable": NOT_APPLICABLE,
    "neutral": NOTED,
}
"""By the value of a verdict (terms.evidence.Verdict) or of a tone (terms.story.Tone)."""


def said(state: State, word: str) -> State:
    """The state with another word for it: `said(PASSED, "On target")`."""
    return State(word, state.sign, state.tone)
