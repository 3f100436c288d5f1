"""Record answers to an instrument; what was answered before stays on record."""

from collections.abc import Mapping
from typing import Any

from interlock.engine.instruments.scales import answer_of, said_value
from interlock.engine.instruments.subjects import check_subject
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import record
from interlock.flows.rollout.attest import is_intact
from interlock.flows.rollout.known import known_row
from interlock.ports.clock import Clock
from interlock.ports.store import Reading, Store, Transaction
from interlock.terms.errors import BadInput
from interlock.terms.instrument import Answer, Instrument, Sheet
from interlock.terms.person import Person

FIELDS = {"value", "words", "evidence"}


def answer(
    store: Store, instrument: Instrument, subject: str, answers: Mapping[str, Any], *, by: Person, clock: Clock
) -> Sheet:
    """Record the answers of one person; items that are left out keep their earlier answers.

    An answer is a value, or a mapping of `value`, `words` and `evidence` (digests). Raises BadInput with every fault,
    and then nothing is recorded: a value off the scale, an unknown item, evidence that is not in the store or was
    changed, an unknown workflow.
    """
    with store.transaction() as tx:
        return answer_within(tx, instrument, subject, answers, by=by, at=stamp(clock()))


def answer_within(
    tx: Transaction, instrument: Instrument, subject: str, answers: Mapping[str, Any], *, by: Person, at: str
) -> Sheet:
    """The same inside a transaction, at the time `at`."""
    if not by.name.strip():
        raise BadInput("say who answers: the name may not be empty")
    check_subject(subject)
    if not answers:
        raise BadInput("there is no answer; give at least one item")
    about_workflow = instrument.about == "workflow"
    if about_workflow:
        known_row(tx, subject)
    taken = _taken(tx, instrument, answers)
    body = {
        "workflow": subject if about_workflow else None,
        "subject": subject,
        "instrument": instrument.id,
        "version": instrument.version,
        "answers": [
            {"item": one.item, "value": one.value, "words": one.words, "evidence": list(one.evidence)} for one in taken
        ],
        "by": by.name,
        "authenticated": by.authenticated,
    }
    entry = record(tx, "instrument.answered", body, at=at).index
    return Sheet(instrument.id, instrument.version, subject, taken, by.name, at, entry)


def as_given(instrument: Instrument, one: Answer) -> Mapping[str, Any]:
    """An answer as `answer` takes it, with its value as people write it."""
    value = None if one.value is None else said_value(instrument.scale, one.value)
    return {"value": value, "words": one.words, "evidence": one.evidence}


def _taken(reading: Reading, instrument: Instrument, answers: Mapping[str, Any]) -> tuple[Answer, ...]:
    taken, faults = [], []
    for item, given in answers.items():
        try:
            one = _one(instrument, item, given)
            faults.extend(_bad_evidence(reading, one))
            taken.append(one)
        except BadInput as exc:
            faults.append(str(exc))
    if faults:
        raise BadInput("nothing was recorded:\n" + "\n".join(f"  {fault}" for fault in faults))
    return tuple(taken)


def _one(instrument: Instrument, item: str, given: Any) -> Answer:
    if not isinstance(given, Mapping):
        return answer_of(instrument, item, given)
    unknown = sorted(str(name) for name in given if name not in FIELDS)
    if unknown:
        raise BadInput(f"{item}: {', '.join(unknown)} is no part of an answer; it has value, words, evidence")
    words, evidence = given.get("words", ""), given.get("evidence", ())
    if not isinstance(words, str):
        raise BadInput(f"{item}: words are a sentence in quotes")
    if not isinstance(evidence, list | tuple) or not all(isinstance(one, str) for one in evidence):
        raise BadInput(f"{item}: evidence is a list of digests, such as [sha256:...]")
    return answer_of(instrument, item, given.get("value"), words=words, evidence=tuple(evidence))


def _bad_evidence(reading: Reading, one: Answer) -> list[str]:
    faults = []
    for digest in one.evidence:
        found = reading.evidence_by_digest(digest)
        if found is None:
            faults.append(f"{one.item}: the store holds no evidence {digest[:19]}; record it first")
        elif not is_intact(found):
            faults.append(f"{one.item}: evidence {digest[:19]} was changed since it was recorded; record it anew")
    return faults
