"""What people decided, as labels: the corrections that a next candidate can learn from or be judged by."""

from collections.abc import Iterator
from dataclasses import dataclass

from interlock.flows.review.settle import settled_label
from interlock.ports.queue import ReviewRow
from interlock.ports.store import DecisionRow, Reading
from interlock.terms.review import BLIND, ReviewKind


@dataclass(frozen=True, slots=True)
class Label:
    """One case as people decided it. `text` is None where the content is not kept.

    `blind`: whoever gave it had not seen the proposal. Only such labels are unbiased, and only they were drawn at
    random: judge with them; learn from all. `wrong`: 1 where the label is not what was proposed.
    """

    key: str
    at: str
    text: str | None
    label: str
    by: tuple[str, ...]
    blind: bool
    proposed: str
    confidence: float | None
    wrong: int
    applied: bool
    payload_digest: str


def labels(reading: Reading, workflow: str, *, blind_only: bool = False) -> Iterator[Label]:
    """One for each case that people have decided, streamed in the order in which their first reviews were opened.

    Of an audit the label that its looks came to; it stands before the label of a review that was not blind. Planted
    cases, refused ones, and audits on which people still disagree give none.
    """
    seen: set[str] = set()
    for review in reading.reviews_since("", workflow):
        if review.key in seen or review.kind == ReviewKind.UNDO:
            continue
        seen.add(review.key)
        case = reading.decision(review.key)
        found = None if case is None else _label(reading, case, reading.case_reviews(review.key))
        if found is not None and (found.blind or not blind_only):
            yield found


def _label(reading: Reading, case: DecisionRow, reviews: tuple[ReviewRow, ...]) -> Label | None:
    looks = {review.kind: review for review in reviews if review.kind in BLIND}
    settled = settled_label(looks) if looks else None
    if looks and settled is None:
        return None
    given = [
        r for r in reviews if r.label is not None and r.kind != ReviewKind.UNDO and (r.kind in BLIND) == bool(looks)
    ]
    if not given:
        return None
    label = str(settled or given[0].label)
    proposal = case.inputs["proposal"]
    return Label(
        key=case.key,
        at=max(str(review.closed_at) for review in given),
        text=reading.payload(case.key, proposal["payload_digest"]),
        label=label,
        by=tuple(str(review.reviewer) for review in given if review.label == label),
        blind=bool(looks),
        proposed=str(proposal["label"]),
        confidence=proposal.get("confidence"),
        wrong=int(label != str(proposal["label"]).strip()),
        applied=case.verb == "apply",
        payload_digest=str(proposal["payload_digest"]),
    )
