"""The review queue: look at a case and decide. Audits are blind: the AI's answer is shown only afterwards."""

from dataclasses import dataclass

from interlock.engine.rollout.people import known_as
from interlock.engine.timestamp import stamp
from interlock.flows.action.observe import Observed, observe_in
from interlock.flows.ledger.record import record
from interlock.flows.oversight.audits.known_cases import open_planted, planted_case
from interlock.ports.clock import Clock
from interlock.ports.store import Reading, Store
from interlock.terms.errors import BadInput
from interlock.terms.person import Person


@dataclass(frozen=True, slots=True)
class ReviewView:
    """What a reviewer sees. `proposed` is None in an audit that is still open; so are the reasons."""

    key: str
    kind: str
    text: str | None
    due_at: str
    proposed: str | None
    reasons: tuple[str, ...]


def show_review(reading: Reading, key: str, kind: str) -> ReviewView:
    """One case as its reviewer may see it. Raises BadInput where there is no such review."""
    review, row = reading.review(key, kind), reading.decision(key)
    if review is None:
        raise BadInput(f"there is no {kind} review of case '{key}'")
    blind = kind == "audit" and review.closed_at is None
    planted = planted_case(reading, key) if kind == "audit" else None
    if planted is not None:  # in the queue it is an audit like any other; what it was is said once it is closed
        answer, told = (None, ()) if blind else (planted.proposed, (f"planted: the truth is '{planted.truth}'",))
        return ReviewView(key, kind, reading.payload(planted.payload_digest), review.due_at, answer, told)
    if row is None:
        raise BadInput(f"there is no {kind} review of case '{key}'")
    proposal = row.inputs["proposal"]
    text = reading.payload(proposal["payload_digest"])
    return ReviewView(
        key, kind, text, review.due_at, None if blind else proposal["label"], () if blind else row.reasons
    )


def close_review(store: Store, workflow: str, key: str, kind: str, *, label: str, by: Person, clock: Clock) -> Observed:
    """Record what a person decided; it is the case's outcome and, in an audit, feeds the monitor.

    Where an outcome is known already (the review of an undo), that one stays. A planted case has no outcome: the answer
    only counts for its reviewer, and `wrong` says whether the planted error was found. Raises BadInput where there is
    no such open review, and where the label or the name is blank.
    """
    if not known_as(by.name) or not label.strip():
        raise BadInput("a review needs a label and the name of the person who decides")
    now = clock()
    with store.transaction() as tx:
        review = tx.review(key, kind)
        if review is None or review.workflow != workflow:
            raise BadInput(f"there is no {kind} review of case '{key}' in '{workflow}'")
        if review.closed_at is not None:
            raise BadInput(f"the {kind} review of case '{key}' was closed by {review.reviewer}")
        body = {"workflow": workflow, "key": key, "kind": kind, "reviewer": by.name, "label": label.strip()}
        record(tx, "review.closed", {**body, "authenticated": by.authenticated}, at=stamp(now))
        planted = planted_case(tx, key) if kind == "audit" else None
        if planted is not None:
            found = open_planted(tx, planted, reviewer=by.name, label=label, at=stamp(now))
            return Observed(found, counted=False, demoted=False)
        case = tx.decision(key)
        if kind == "undo" and case is not None and case.outcome is not None:
            return Observed(bool(case.wrong), counted=False, demoted=False)
        return observe_in(tx, workflow, key, label=label, by=by.name, audit=kind == "audit", now=now)
