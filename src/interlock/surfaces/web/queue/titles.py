"""The conclusion of a case's page in one line."""

from interlock.surfaces.web.queue.view import CaseView


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
    question = _QUESTIONS[case.review.kind]
    return f"{question} ({case.clock.word})"


_QUESTIONS = {
    "decision": "What is right here?",
    "audit": "Blind audit: what is right here?",
    "second": "Blind second look: what is right here?",
    "third": "Blind third look: what is right here?",
    "undo": "The effect could not be put back: what became of it?",
}
