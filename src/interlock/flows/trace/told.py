"""A ledger entry in one sentence."""

from collections.abc import Callable, Mapping
from typing import Any

from interlock.engine.ledger.merkle import is_intact
from interlock.flows.trace.told_others import SENTENCES
from interlock.terms.ledger import LedgerEntry

Body = Mapping[str, Any]


def told(entry: LedgerEntry) -> str:
    """The entry in words; its kind where there are none for it. One that was altered says so first."""
    return _told(entry) if is_intact(entry) else f"ALTERED since it was written; it reads now: {_told(entry)}"


def _told(entry: LedgerEntry) -> str:
    tell = WORDS.get(entry.kind)
    try:
        return SENTENCES.get(entry.kind, entry.kind).format_map(entry.body) if tell is None else tell(entry.body)
    except (KeyError, TypeError, ValueError):  # a record that was altered must not hide the others
        return f"{entry.kind}, but its record is not as it was written: run `interlock ledger verify`"


def _gate(body: Body) -> str:
    findings = ", ".join(f"{one['check']} {one['verdict']}" for one in body["findings"])
    return f"the gate '{body['gate']}' was judged {body['verdict']}: {findings}"


def _grant(body: Body) -> str:
    grant = body["grant"]
    known = "authenticated" if body.get("authenticated") else "name asserted, not authenticated"
    return (
        f"{body['approver']} ({known}) granted authority until {grant['expires_at']}: at or over confidence "
        f"{grant['threshold']:.4f}, {100 * grant['traffic_share']:g} % of traffic, "
        f"{100 * grant['audit_share']:g} % audited"
    )


def _review_opened(body: Body) -> str:
    asked = f", asked for by {body['by']}" if "by" in body else ""
    article = "an" if body["kind"][:1] in "aeiou" else "a"
    return f"{article} {body['kind']} review was opened, due {body['due_at']}{asked}"


def _review_closed(body: Body) -> str:
    second = " (approved: what was proposed may be done)" if body.get("approved_until") else ""
    return f"{body['reviewer']} decided '{body['label']}' in the {body['kind']} review{second}"


def _review_reopened(body: Body) -> str:
    outcome = ", and what it made known counts no more" if "outcome" in body else ""
    return f"{body['reviewer']} took back the decision of the {body['kind']} review (entry {body['closing']}){outcome}"


def _review_escalated(body: Body) -> str:
    why = (
        f"{body['by']} put the {body['kind']} review" if "by" in body else f"the {body['kind']} review was late and put"
    )
    return f"{why} before {', '.join(body['to']) or 'others'}"


def _outcome(body: Body) -> str:
    blind = "blind, in the audit sample" if body.get("audit") else "not blind"
    right = "wrong" if body.get("wrong") else "right"
    return f"it turned out to be '{body['label']}' ({right}), says {body['by']} ({blind})"


WORDS: Mapping[str, Callable[[Body], str]] = {
    "release.defined": lambda b: f"{b['proposed_by']} defined release {b['release'][:19]}, code {b['code_version']}",
    "evidence.recorded": lambda b: f"{b['class']} evidence '{b['kind']}' from {b['source']}, {b['digest'][:19]}",
    "gate.judged": _gate,
    "grant.given": _grant,
    "decision.made": lambda b: f"decided: {b['verb']}, because {'; '.join(b['reasons'])}",
    "intent.admitted": lambda b: f"the intent was durable before the effect, held by {b['owner']}",
    "intent.approved": lambda b: f"what a person approved was begun by {b['owner']}",
    "intent.claimed": lambda b: f"{b['owner']} took the intent over, because its holder's lease had ended",
    "intent.completed": lambda b: f"the target answered with receipt '{b['receipt']}'",
    "intent.failed": lambda b: f"nothing was changed at the target: {b['reason']}",
    "intent.in_doubt": lambda b: f"nobody knows whether it was done: {b['reason']}",
    "intent.answered_late": lambda b: f"the receipt '{b['receipt']}' came after it was taken for not applied",
    "review.opened": _review_opened,
    "review.claimed": lambda b: f"{b['reviewer']} took the {b['kind']} review",
    "review.released": lambda b: f"{b['reviewer']} gave the {b['kind']} review back",
    "review.escalated": _review_escalated,
    "review.refused": lambda b: f"nobody decided the {b['kind']} review in time: it was refused",
    "review.closed": _review_closed,
    "review.reopened": _review_reopened,
    "undo.admitted": lambda b: f"{b['by']} began to undo it",
    "undo.refused": lambda b: f"it was not undone: {b['reason']}",
    "intent.undone": lambda b: f"{b['by']} undid it, receipt '{b['receipt']}'",
    "payload.erased": lambda b: f"{b['by']} erased what was kept of {len(b['cases']):,} cases: {b['reason']}",
    "outcome.observed": _outcome,
}
