"""The conclusion of a case's page in one line."""

from collections.abc import Mapping

from interlock.surfaces.web.queue.view import CaseView
from interlock.terms.review import ReviewKind


def case_title(case: CaseView) -> str:
    """What is asked of whoever looks, or how it ended."""
    if case.stands == "refused":
        return "Refused: nobody decided it in time, nothing was applied"
    if case.stands == "closed":
        return f"Decided: {case.review.label}"
    if case.against:
        return f"Not for you: {case.against}"
    if case.stands == "held":
        return f"{case.holder} has this case in hand"
    if case.review.kind == ReviewKind.DECISION and case.proposed is not None:
        return f"Is '{case.proposed}' right here?"
    return _QUESTIONS[case.review.kind]


_QUESTIONS: Mapping[str, str] = {
    ReviewKind.DECISION: "What is right here?",
    ReviewKind.AUDIT: "Blind audit: what is right here?",
    ReviewKind.SECOND: "Blind second look: what is right here?",
    ReviewKind.THIRD: "Blind third look: what is right here?",
    ReviewKind.UNDO: "The effect could not be put back: what became of it?",
}
