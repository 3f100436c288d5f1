"""Who may look at a case, and who has it in hand. A blind look is by somebody who has not answered for the case yet."""

from collections.abc import Sequence

from interlock.engine.rollout.people import is_among, known_as, same_person
from interlock.ports.queue import ReviewRow
from interlock.terms.errors import BadInput
from interlock.terms.person import Person
from interlock.terms.review import BLIND, ReviewKind


def check_named(by: Person) -> None:
    """Raises BadInput for a nameless person."""
    if not known_as(by.name):
        raise BadInput("say who you are: --as NAME")


def answered_before(review: ReviewRow, case: Sequence[ReviewRow], name: str) -> bool:
    """Whether the person has decided another review of this case."""
    return any(other.kind != review.kind and same_person(name, other.reviewer or "") for other in case)


def reason_against(review: ReviewRow, case: Sequence[ReviewRow], name: str, *, at: str) -> str:
    """Why the person may not decide this review, "" where they may. `case` are all reviews of the case.

    Where two people label one case blind, neither may have answered for it before, nor have its other look in hand.
    """
    if review.kind == ReviewKind.THIRD and review.asked and not is_among(name, review.asked):
        return f"only {', '.join(review.asked)} may settle it"
    if review.kind not in BLIND:
        return ""
    if answered_before(review, case, name):
        return f"{name} has answered for this case already, and this look is to be independent"
    if any(o.kind != review.kind and o.kind in BLIND and same_person(name, o.holder(at) or "") for o in case):
        return f"{name} has another look at this case in hand, and this one is to be independent"
    return ""


def check_free(review: ReviewRow, by: Person, *, at: str) -> None:
    """Raises BadInput where the review is closed, or in somebody else's hands."""
    words = f"the {review.kind} review of case '{review.key}'"
    if review.refused:
        raise BadInput(f"{words} was refused at {review.closed_at}: nobody had decided in time")
    if review.closed_at is not None:
        raise BadInput(f"{words} was closed by {review.reviewer}")
    holder = review.holder(at)
    if holder is not None and not same_person(holder, by.name):
        raise BadInput(f"{words} is claimed by {holder} until {review.claimed_until}; take another one")


def check_eligible(review: ReviewRow, case: Sequence[ReviewRow], by: Person, *, at: str) -> None:
    """Raises BadInput where the person may not decide this review."""
    reason = reason_against(review, case, by.name, at=at)
    if reason:
        raise BadInput(f"not this one: {reason}")
