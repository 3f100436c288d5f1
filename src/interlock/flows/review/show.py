"""One case as its reviewer may see it. Audits are blind: the AI's answer is shown only to who has answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from interlock.engine.rollout.people import same_person
from interlock.flows.erasure.told import erased_words
from interlock.flows.oversight.audits.known_cases import planted_case
from interlock.flows.review.open import plan_of
from interlock.ports.queue import ReviewRow
from interlock.ports.store import Reading
from interlock.terms.errors import BadInput
from interlock.terms.review import BLIND, ReviewReason


@dataclass(frozen=True, slots=True)
class ReviewView:
    """What a reviewer sees. `proposed` is None in a blind review that is still open; so are the reasons.

    `arguments` are what the effect was proposed with (a tool's, say), None where nothing was or it is hidden or erased.
    `canned` are the reasons that the definition offers for a decision. `erased` says when and by whom the content was
    erased, "" where it was not.
    """

    key: str
    kind: str
    text: str | None
    due_at: str
    proposed: str | None
    reasons: tuple[str, ...]
    claimed_by: str | None = None
    claimed_until: str | None = None
    asked: tuple[str, ...] = ()
    canned: tuple[ReviewReason, ...] = ()
    erased: str = ""
    arguments: Mapping[str, Any] | None = None


def show_review(reading: Reading, key: str, kind: str, *, viewer: str | None = None) -> ReviewView:
    """One case as `viewer` may see it. Raises BadInput where there is no such review.

    While several people look at a case blind, the answer is hidden from whoever has not given theirs.
    """
    review, row = reading.review(key, kind), reading.decision(key)
    if review is None:
        raise BadInput(f"there is no {kind} review of case '{key}'")
    blind = kind in BLIND and answer_is_hidden(reading.case_reviews(key), viewer)
    planted = planted_case(reading, key) if kind in BLIND else None
    if planted is not None:  # in the queue it is an audit like any other; what it was is said once it is closed
        told: tuple[str, ...] = () if blind else (f"planted: the truth is '{planted.truth}'",)
        return _view(reading, review, planted.payload_digest, None if blind else planted.proposed, told)
    if row is None:
        raise BadInput(f"there is no {kind} review of case '{key}'")
    proposal = row.inputs["proposal"]
    told = () if blind else row.reasons
    view = _view(reading, review, proposal["payload_digest"], None if blind else proposal["label"], told)
    return view if blind else replace(view, arguments=(row.payload or {}).get("arguments"))


def answer_is_hidden(case: Sequence[ReviewRow], viewer: str | None) -> bool:
    """Whether what the AI answered is kept from `viewer`: people look at the case blind, and theirs is not given."""
    looks = [review for review in case if review.kind in BLIND]
    answered = viewer is not None and any(same_person(viewer, review.reviewer or "") for review in looks)
    return not answered and any(review.closed_at is None for review in looks)


def _view(
    reading: Reading, review: ReviewRow, payload_digest: str, proposed: str | None, reasons: tuple[str, ...]
) -> ReviewView:
    return ReviewView(
        key=review.key,
        kind=review.kind,
        text=reading.payload(review.key, payload_digest),
        due_at=review.due_at,
        proposed=proposed,
        reasons=reasons,
        claimed_by=review.claimed_by,
        claimed_until=review.claimed_until,
        asked=review.asked,
        canned=plan_of(reading, review.workflow).reasons,
        erased=erased_words(reading, reading.decision(review.key)),
    )
