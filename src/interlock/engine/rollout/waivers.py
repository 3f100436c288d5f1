"""Exceptions: who may give one, for how long, and what nobody may except anybody from."""

import datetime as dt
from collections.abc import Iterator, Mapping

from interlock.engine.evidence.kinds import noun
from interlock.engine.rollout.gate_facts import GateFacts
from interlock.engine.rollout.people import did, is_among, known_as, same_person
from interlock.engine.timestamp import moment
from interlock.terms.evidence import EvidenceClass
from interlock.terms.gate import GateCheck
from interlock.terms.stage import Waiver

DAYS_MAX = 90

# Probes whose answer is a law: no reason that a person could give makes up for it.
LAWS = {
    "owners": "without a value owner and a safety owner there is no authority",
    "undo": "an effect has an undo, or a signed statement that there is none",
    "certificate": "nothing is applied automatically without a certified threshold",
    "promotion gate": "nothing is applied automatically unless the promotion gate passed",
    "live by drift": "what acts without a grant is stopped or granted, not excepted",
}


def why_never(check: GateCheck, facts: GateFacts) -> str | None:
    """The law that stands against waiving a check as things are, None where there is none.

    Evidence that is of another release, or a model's opinion alone, does not become evidence by a signature.
    """
    if check.probe in LAWS:
        return LAWS[check.probe]
    if check.probe == "gate":  # a whole gate set aside would set its laws aside
        within = ((inner, why_never(inner, facts)) for inner in _within(check, facts))
        return next((f"'{inner.id}' is part of it: {law}" for inner, law in within if law is not None), None)
    kind = check.told.get("kind")
    of_kind = [item for item in facts.evidence if item.kind == kind]
    own = [item for item in of_kind if item.release == facts.release]
    if of_kind and not own:
        return f"the {noun(str(kind))} on file belongs to another release, and evidence belongs to a release"
    if own and all(item.evidence_class is EvidenceClass.MODEL for item in own):
        return f"the {noun(str(kind))} rests on a model's opinion alone, and a model does not verify a model"
    return None


def _within(check: GateCheck, facts: GateFacts) -> tuple[GateCheck, ...]:
    gate = facts.gates.get(str(check.told.get("gate"))) if check.probe == "gate" else None
    return gate.checks if gate is not None else ()


def waiver_refusals(
    check: GateCheck, facts: GateFacts, *, by: str, reason: str, until: dt.datetime, proposers: Mapping[str, str]
) -> Iterator[str]:
    """Every reason why this person cannot waive this check until then."""
    rights, owners = facts.definition.rights.waive, facts.definition.owners
    law = why_never(check, facts)
    if law is not None:
        yield f"it cannot be waived by anybody: {law}"
    if not known_as(by):
        yield "a waiver needs a named person"
    elif authored := did(by, proposers):
        yield f"{by} {authored} this release and cannot waive its checks"
    elif not is_among(by, rights):
        yield f"{by} has no right to waive (who has: {', '.join(rights) or 'nobody; name them in `rights.waive`'})"
    of_safety = check.safety or any(inner.safety for inner in _within(check, facts))
    if of_safety and not (owners.safety and same_person(by, owners.safety)):
        yield f"only the safety owner may waive it ({owners.safety or 'nobody is named'})"
    if not reason.strip():
        yield "no reason is given"
    if not until > facts.now:
        yield "its end is not in the future"
    elif until - facts.now > dt.timedelta(days=DAYS_MAX):
        yield f"it would last longer than {DAYS_MAX} days"


def waiver_for(check: GateCheck, facts: GateFacts) -> Waiver | None:
    """The waiver that counts now: for this release, not at its end, and not against a law as things have become."""
    live = [
        one
        for one in facts.waivers
        if (one.gate, one.check, one.release) == (check.gate, check.id, facts.release)
        and facts.now < moment(one.expires_at)
    ]
    return live[-1] if live and why_never(check, facts) is None else None


def waiver_words(waiver: Waiver) -> str:
    """The waiver in a line."""
    return f"by {waiver.by} until {waiver.expires_at[:10]}: {waiver.reason} (entry {waiver.entry})"
