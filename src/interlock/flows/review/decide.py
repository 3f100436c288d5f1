"""A person decides a case in the queue. What they say is its outcome, and may be leave to do what was proposed."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from interlock.engine.rollout.people import known_as
from interlock.engine.timestamp import stamp
from interlock.flows.action.observe import Observed, observe_in
from interlock.flows.ledger.record import record
from interlock.flows.oversight.audits.known_cases import open_planted, planted_case
from interlock.flows.review.approve import approval
from interlock.flows.review.eligible import check_eligible, check_free
from interlock.flows.review.open import plan_of
from interlock.flows.review.settle import second_look, settle
from interlock.ports.clock import Clock
from interlock.ports.queue import ReviewRow
from interlock.ports.randomness import Randomness
from interlock.ports.store import DecisionRow, Store, Transaction
from interlock.terms.errors import BadInput
from interlock.terms.intent import IntentState
from interlock.terms.person import Person
from interlock.terms.review import BLIND, ReviewKind, ReviewPlan

NOTE_MAX = 2_000
NONCE_BYTES = 16


@dataclass(frozen=True, slots=True)
class Said:
    """What a person decides, and why. `together`: with how many cases at once, None for one by itself."""

    label: str
    reason: str = ""
    note: str = ""
    approve: bool = False
    together: int | None = None


def close_review(
    store: Store,
    workflow: str,
    key: str,
    kind: str,
    *,
    label: str,
    by: Person,
    clock: Clock,
    reason: str = "",
    note: str = "",
    approve: bool = False,
    randomness: Randomness | None = None,
) -> Observed:
    """Record what a person decided; it is the case's outcome and, in an audit, feeds the monitor.

    Where an outcome is known already (the review of an undo), that one stays. A planted case has no outcome: the answer
    only counts for its reviewer, and `wrong` says whether the planted error was found. Who decides otherwise than was
    proposed says why: `reason` is one of the definition's, `note` words of their own (kept where they can be erased,
    which takes `randomness`). `approve`: what was proposed may now be done, see flows.review.approve.

    Raises BadInput where there is no such open review, where it is in other hands or for another person, and where the
    label, the name or the reason is missing.
    """
    said = Said(label.strip(), reason, note.strip(), approve=approve)
    now = clock()
    with store.transaction() as tx:
        return close_in(tx, workflow, key, kind, said, by=by, now=now, randomness=randomness)


def close_in(
    tx: Transaction,
    workflow: str,
    key: str,
    kind: str,
    said: Said,
    *,
    by: Person,
    now: dt.datetime,
    randomness: Randomness | None,
) -> Observed:
    """The same inside an open transaction."""
    if not known_as(by.name) or not said.label:
        raise BadInput("a review needs a label and the name of the person who decides")
    review = _held(tx, workflow, key, kind)
    check_free(review, by, at=stamp(now))
    check_eligible(review, tx.case_reviews(key), by, at=stamp(now))
    case, plan = tx.decision(key), plan_of(tx, workflow)
    _check_reason(plan, kind, case, said.label, said.reason, said.note)
    body: dict[str, Any] = {"workflow": workflow, "key": key, "kind": kind, "reviewer": by.name, "label": said.label}
    body |= {"authenticated": by.authenticated, **({"reason": said.reason} if said.reason else {})}
    body |= {} if said.together is None else {"together": said.together}
    body |= approval(tx, review, case, said.label, plan, now) if said.approve else {}
    second = second_look(tx, review, case, plan)
    body |= {} if second is None else {"second": second}
    record(tx, "review.closed", body, at=stamp(now), payload=_payload(said.note, randomness))
    return _decided(tx, review, case, said.label, by, now, second_owed=bool(second and second["drawn"]))


def _held(tx: Transaction, workflow: str, key: str, kind: str) -> ReviewRow:
    if kind in BLIND:
        tx.hold_review(key, ReviewKind.AUDIT)  # the looks at one case are settled one after the other
    review = tx.hold_review(key, kind)
    if review is None or review.workflow != workflow:
        raise BadInput(f"there is no {kind} review of case '{key}' in '{workflow}'")
    return review


def _check_reason(plan: ReviewPlan, kind: str, case: DecisionRow | None, label: str, reason: str, note: str) -> None:
    known = {one.id: one.words for one in plan.reasons}
    offered = "; ".join(f"{id_} ({words})" for id_, words in known.items())
    if reason and reason not in known:
        has = f"there are: {offered}" if known else "the definition lists none"
        raise BadInput(f"there is no reason '{reason}'; {has}. Your own words go into the note")
    if len(note) > NOTE_MAX:
        raise BadInput(f"the note has {len(note):,} characters, at most {NOTE_MAX:,} are kept; shorten it")
    proposed = None if case is None else str(case.inputs["proposal"]["label"]).strip()
    if kind == ReviewKind.DECISION and label != proposed and not (reason or note):
        raise BadInput(
            f"'{proposed}' was proposed and you decide '{label}': say why, in a note"
            + (f" or with one of the reasons: {offered}" if known else "")
        )


def _payload(note: str, randomness: Randomness | None) -> Mapping[str, Any] | None:
    if not note:
        return None
    if randomness is None:
        raise ValueError("a note is kept with a nonce: give the randomness to make it from")
    return {"note": note, "nonce": randomness(NONCE_BYTES).hex()}


def _decided(
    tx: Transaction,
    review: ReviewRow,
    case: DecisionRow | None,
    label: str,
    by: Person,
    now: dt.datetime,
    *,
    second_owed: bool,
) -> Observed:
    key, kind = review.key, review.kind
    planted = planted_case(tx, key) if kind in BLIND else None
    if planted is not None and kind == ReviewKind.AUDIT:
        found = open_planted(tx, planted, reviewer=by.name, label=label, at=stamp(now))
        return Observed(found, counted=False, demoted=False)
    if kind in BLIND:
        return settle(tx, review, case, label, second_owed=second_owed, by=by.name, now=now)
    if case is not None and case.outcome is not None and _stays(tx, case, kind, label):
        return Observed(bool(case.wrong), counted=False, demoted=False)
    return observe_in(tx, review.workflow, key, label=label, by=by.name, audit=False, now=now)


def _stays(tx: Transaction, case: DecisionRow, kind: str, label: str) -> bool:
    """Whether an outcome that is known already needs no further word: an effect failed after it was decided, say."""
    begun = tx.intent_state(case.key) in {IntentState.FAILED, IntentState.IN_DOUBT}
    return kind == ReviewKind.UNDO or begun or case.outcome == label
