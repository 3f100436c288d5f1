"""One case as its reviewer sees it: text with what is known in it, proposal, choices, clock, and what can be done."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from interlock.engine.review.changes import FieldChange, field_changes
from interlock.engine.review.entities import Piece, pieces_of
from interlock.engine.rollout.people import same_person
from interlock.engine.timestamp import stamp
from interlock.flows.review.approve import reason_against_approval
from interlock.flows.review.eligible import reason_against
from interlock.flows.review.offered import offered_labels
from interlock.flows.review.open import plan_of
from interlock.flows.review.reopen import closing_of, reason_against_reopening, undo_ends
from interlock.flows.review.show import ReviewView, show_review
from interlock.ports.queue import ReviewRow
from interlock.ports.store import DecisionRow, Reading
from interlock.surfaces.web.queue.clock import due_state
from interlock.surfaces.web.states import State
from interlock.terms.person import Person
from interlock.terms.review import BLIND, ReviewKind
from interlock.terms.words import money

TEXT_MAX = 8_000  # signs shown at first
MARKED_MAX = 100_000  # signs in which known things are looked for
KEYS = "123456789"


@dataclass(frozen=True, slots=True)
class Choice:
    """A label that can be chosen; `key` is the key that chooses it, "" for none."""

    label: str
    key: str
    proposed: bool


@dataclass(frozen=True, slots=True)
class Done:
    """A decision of the person's own that is on record. `agreed`: with the AI, None where that cannot be told.

    `undo_until` is "" where it cannot be taken back, and `final` says why.
    """

    workflow: str
    key: str
    kind: str
    label: str
    entry: int
    agreed: bool | None
    answered: str
    undo_until: str
    final: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """What the page of one case shows. `stands` is one of free, mine, held, closed and refused.

    `pieces` is the text (None: not shown), `cut` how many signs of it are left out. `hidden`: the proposal is not shown
    before the reviewer has answered. `against` says why this person may not decide it, `not_approvable` why its effect
    cannot be approved, "" for nothing.
    """

    review: ReviewRow
    clock: State
    stands: str
    holder: str
    blind: bool
    hidden: bool
    pieces: tuple[Piece, ...] | None
    cut: int
    erased: str
    known: tuple[Piece, ...]
    proposed: str | None
    confidence: float | None
    reasons: tuple[str, ...]
    choices: tuple[Choice, ...]
    canned: list[tuple[str, str]]
    changes: tuple[FieldChange, ...]
    against: str
    not_approvable: str
    together_max: int
    done: Done | None

    @property
    def decides(self) -> bool:
        """Whether the form to decide with is shown."""
        return self.stands == "mine" and not self.against


def case_view(
    reading: Reading, review: ReviewRow, *, by: Person, now: dt.datetime, shows: bool, whole: bool
) -> CaseView:
    """The view of one review. `shows`: its content is shown too (and that was recorded), all of it where `whole`."""
    at = stamp(now)
    shown, case = show_review(reading, review.key, review.kind, viewer=by.name), reading.decision(review.key)
    hidden = shown.proposed is None
    text = shown.text if shows else None
    pieces = None if text is None else _pieces(text if whole else text[:TEXT_MAX])
    plan = plan_of(reading, review.workflow)
    known = {} if hidden else {"proposed": shown.proposed}
    return CaseView(
        review=review,
        clock=due_state(review.due_at, now),
        stands=stands(review, by.name, at),
        holder=review.holder(at) or "",
        blind=review.kind in BLIND,
        hidden=hidden,
        pieces=pieces,
        cut=0 if text is None or whole else max(len(text) - TEXT_MAX, 0),
        erased=shown.erased,
        known=tuple(dict.fromkeys(piece for piece in pieces or () if piece.word)),
        proposed=shown.proposed,
        confidence=None if hidden or case is None else case.inputs["proposal"].get("confidence"),
        reasons=shown.reasons,
        choices=_choices(reading, review, **known),
        canned=[(one.id, one.words) for one in shown.canned],
        changes=() if hidden or not shows else _changes(reading, case),
        against="" if review.closed_at else reason_against(review, reading.case_reviews(review.key), by.name, at=at),
        not_approvable=_not_approvable(reading, review, case, shown),
        together_max=plan.together_max if review.kind == ReviewKind.DECISION else 0,
        done=done_of(reading, review, by=by, now=now),
    )


def stands(review: ReviewRow, name: str, at: str) -> str:
    """Whether a review is closed, or in whose hands it is, as seen by one person."""
    if review.closed_at is not None:
        return "refused" if review.refused else "closed"
    holder = review.holder(at)
    return "free" if holder is None else "mine" if same_person(holder, name) else "held"


def done_of(reading: Reading, review: ReviewRow, *, by: Person, now: dt.datetime) -> Done | None:
    """The person's own decision of a review, as it is on record; None where there is none."""
    if not same_person(review.reviewer or "", by.name) or (closing := closing_of(reading, review)) is None:
        return None
    final = reason_against_reopening(reading, review, by=by, now=now)
    shown = show_review(reading, review.key, review.kind, viewer=by.name)
    return Done(
        workflow=review.workflow,
        key=review.key,
        kind=review.kind,
        label=str(review.label),
        entry=closing.index,
        agreed=None if shown.proposed is None else shown.proposed.strip() == review.label,
        answered=shown.proposed or "",
        undo_until="" if final else stamp(undo_ends(closing)),
        final=final,
    )


def _pieces(text: str) -> tuple[Piece, ...]:
    rest = text[MARKED_MAX:]
    return (*pieces_of(text[:MARKED_MAX]), *((Piece(rest),) if rest else ()))


def _choices(reading: Reading, review: ReviewRow, proposed: str | None = None) -> tuple[Choice, ...]:
    if review.kind == ReviewKind.UNDO:
        return ()
    case = reading.case(review.key)
    labels = offered_labels(reading, review.workflow, tenant=None if case is None else case.tenant)
    if proposed is not None and proposed.strip() not in labels:
        labels = (proposed.strip(), *labels)
    return tuple(
        Choice(label, KEYS[i] if i < len(KEYS) else "", proposed=proposed is not None and label == proposed.strip())
        for i, label in enumerate(labels)
    )


def _not_approvable(reading: Reading, review: ReviewRow, case: DecisionRow | None, shown: ReviewView) -> str:
    if shown.proposed is None or review.closed_at is not None:
        return "it is no open decision"
    return reason_against_approval(reading, review, case, shown.proposed.strip())


def _changes(reading: Reading, case: DecisionRow | None) -> tuple[FieldChange, ...]:
    """What the effect changed or, where it was not begun, what is on record of what it would."""
    if case is None:
        return ()
    intent = reading.intent(case.key)
    if intent is not None and (intent.before is not None or intent.after is not None):
        return field_changes(intent.before, intent.after)
    proposal, payload = case.inputs["proposal"], case.payload or {}
    wanted: dict[str, Any] = {name: payload[name] for name in ("target",) if name in payload}
    if proposal.get("amount_cents") is not None:
        wanted["amount"] = money(proposal["amount_cents"] / 100)
    if proposal.get("items", 1) != 1:
        wanted["items"] = proposal["items"]
    arguments = payload.get("arguments")
    wanted |= arguments if isinstance(arguments, Mapping) else {}
    before = payload.get("before")
    return field_changes(before if isinstance(before, Mapping) else None, wanted)
