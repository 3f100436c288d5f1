"""Keys of people: who may sign an attestation with which key."""

from collections.abc import Callable
from dataclasses import dataclass

from interlock.engine.ledger.note import verifier_of, verifier_text
from interlock.engine.rollout.people import known_as, same_person
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.checkpoint import new_key
from interlock.flows.ledger.record import record
from interlock.ports.clock import Clock
from interlock.ports.randomness import Randomness
from interlock.ports.signing import Signing
from interlock.ports.store import Reading, Store
from interlock.terms.errors import BadInput
from interlock.terms.person import Person

CREATED, ENDED = "person.key", "person.key_ended"


@dataclass(frozen=True, slots=True)
class PersonKey:
    """A person's public key; `ended_at` None while it counts."""

    person: str
    verifier: str
    at: str
    ended_at: str | None


def person_keys(reading: Reading) -> tuple[PersonKey, ...]:
    """Every key that was ever registered, in that order."""
    ended = {entry.body["verifier"]: entry.at for entry in reading.entries_of(ENDED)}
    return tuple(
        PersonKey(e.body["person"], e.body["verifier"], e.at, ended.get(e.body["verifier"]))
        for e in reading.entries_of(CREATED)
    )


def live_key(reading: Reading, person: str) -> PersonKey | None:
    """The key with which a person signs now, None where there is none."""
    return next((k for k in person_keys(reading) if k.ended_at is None and same_person(k.person, person)), None)


def register_key(
    store: Store,
    by: Person,
    *,
    clock: Clock,
    randomness: Randomness,
    signing: Signing,
    keep: Callable[[str], None],
) -> str:
    """A fresh verifier key; `keep` is handed its private half before the public one is on record.

    Raises BadInput where the person has a live key.
    """
    if not known_as(by.name):
        raise BadInput("say whose key it is")
    key, private = new_key("", randomness=randomness, signing=signing)
    verifier = verifier_text(key.verifier)
    with store.transaction() as tx:
        tx.fence()
        if live_key(tx, by.name) is not None:
            raise BadInput(f"{by.name} has a key already; `interlock evidence end-key` ends it, then make another")
        keep(private)  # a key on record whose private half could not be kept would lock the person out
        body = {"workflow": None, "person": by.name, "verifier": verifier, "authenticated": by.authenticated}
        record(tx, CREATED, body, at=stamp(clock()))
    return verifier


def end_key(store: Store, person: str, *, by: Person, reason: str, clock: Clock) -> str:
    """End a person's key; nothing that was signed with it counts any more. Raises BadInput where there is none."""
    if not known_as(by.name):
        raise BadInput("say who you are: --as NAME")
    if not reason.strip():
        raise BadInput("say why: --reason")
    with store.transaction() as tx:
        tx.fence()
        key = live_key(tx, person)
        if key is None:
            raise BadInput(f"{person} has no live key")
        body = {"workflow": None, "person": key.person, "verifier": key.verifier, "by": by.name, "reason": reason}
        record(tx, ENDED, {**body, "authenticated": by.authenticated}, at=stamp(clock()))
    return key.verifier


def public_of(verifier: str) -> bytes:
    """The 32 bytes of a verifier key. Raises ValueError where it is none."""
    return verifier_of(verifier).public
