"""Admit a case: decide and, where it applies, write the intent, in one transaction under authority that holds."""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from numbers import Real

from interlock.engine.ledger.canonical import Encoded
from interlock.engine.timestamp import moment
from interlock.flows.action.runtime import RunTime
from interlock.flows.action.wish import Decided, decided_wish
from interlock.ports.journal import Admission, Answer
from interlock.terms.decision import Decision, Proposal, Verb
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.intent import Effect, Intent, IntentState
from interlock.terms.policy import Reservation

LEASE_S = 30.0
TRIES_MAX = 20


@dataclass(frozen=True, slots=True)
class Admitted:
    """What was decided, and the effect to carry out (None unless applied now).

    `repeated`: the key was known already; `state` is then where its intent stands (None: it had none). `admission`
    holds the drain locks until the effect is settled or released.
    """

    decision: Decision
    effect: Effect | None
    repeated: bool = False
    state: IntentState | None = None
    admission: Admission = field(default_factory=lambda: Admission(Answer.KNOWN))
    reserved: tuple[Reservation, ...] = ()
    durable: bool = True


class Unanswered(Unavailable):
    """The store was lost while it was asked to admit: a wish may be written. `leaves` are theirs, hexadecimal."""

    def __init__(self, words: str, leaves: tuple[str, ...]) -> None:
        super().__init__(words)
        self.leaves = leaves


def admit(
    rt: RunTime, workflow: str, proposal: Proposal, *, before: Encoded | None, lease_s: float = LEASE_S
) -> Admitted:
    """Decide on a proposal and record it; where it applies, the intent is durable when this returns.

    `before` is the target's state as just read (`encoded`); None where there is no target, and then nothing is applied.
    A key that was decided before returns that decision and no effect. Raises BadInput for an unknown workflow, for a
    key under which another workflow decided, and for a lease that is none; Unavailable where the store cannot be
    reached: then no effect may begin, and nothing was written, unless the connection was lost just then (Unanswered).
    """
    (admitted,) = admit_all(rt, workflow, (proposal,), before=before, lease_s=lease_s)
    return admitted


def admit_all(
    rt: RunTime,
    workflow: str,
    proposals: Sequence[Proposal],
    *,
    before: Encoded | None,
    lease_s: float = LEASE_S,
    unreached_at: Sequence[str | None] | None = None,
) -> tuple[Admitted, ...]:
    """The same for many in one transaction: all are recorded or none is.

    `unreached_at`: for each, when it was made, where the store could not be reached then.
    """
    if not 0 < lease_s < math.inf:
        raise BadInput(f"a lease of {lease_s} s is none: give the seconds within which the effect will be done")
    proposals = [_measured(proposal) for proposal in proposals]
    pairs = tuple(zip(proposals, unreached_at or (None,) * len(proposals), strict=True))
    standing = rt.standings.current(workflow)
    for _ in range(TRIES_MAX):
        decided = [decided_wish(rt, standing, proposal, before, lease_s, unreached) for proposal, unreached in pairs]
        try:
            admissions = rt.journal.admit([one.wish for one in decided])
        except Unavailable as exc:
            raise Unanswered(str(exc), tuple(one.wish.entry.leaf.hex() for one in decided)) from exc
        if all(a.answer is Answer.ADMITTED or a.answer is Answer.KNOWN for a in admissions):
            return tuple(_admitted(workflow, *pair) for pair in zip(decided, admissions, strict=True))
        if any(a.answer is Answer.STALE for a in admissions):
            standing = rt.standings.refreshed(workflow)
    raise Unavailable(f"the authority of '{workflow}' changes faster than a case can be admitted; nothing was applied")


def _admitted(workflow: str, decided: Decided, admission: Admission) -> Admitted:
    known = admission.known
    if known is None:
        wish = decided.wish
        return Admitted(
            decided.decision,
            decided.effect,
            admission=admission,
            reserved=wish.reservations,
            durable=wish.durable,
        )
    if known.workflow != workflow:
        raise BadInput(f"the key '{known.key}' was used by '{known.workflow}': put the workflow's name into its keys")
    decision = Decision(Verb(known.verb), known.reasons, known.audited)
    intent = admission.known_intent
    return Admitted(decision, None, repeated=True, state=intent.state if intent else None)


def _measured(proposal: Proposal) -> Proposal:
    confidence, novelty = _number(proposal.confidence), _number(proposal.novelty)
    if confidence is proposal.confidence and novelty is proposal.novelty:
        return proposal
    return replace(proposal, confidence=confidence, novelty=novelty)


def _number(measured: object) -> float | None:
    """A measure as it can be recorded; what is no finite number is unknown, and then a person decides."""
    if type(measured) is float and math.isfinite(measured):
        return measured
    if isinstance(measured, bool) or not isinstance(measured, Real):
        return None
    number = float(measured)
    return number if math.isfinite(number) else None


def lease_is_live(intent: Intent, *, now: dt.datetime) -> bool:
    """Whether the holder of an executing intent may still be at work."""
    return now < moment(intent.lease_until)
