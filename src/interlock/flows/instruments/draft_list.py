"""Which sheets somebody is writing on, so that they find them again."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from interlock.engine.rollout.people import known_as
from interlock.ports.store import Reading, Transaction
from interlock.terms.errors import BadInput
from interlock.terms.person import Person

LISTED_MAX = 500


@dataclass(frozen=True, slots=True)
class Listed:
    """One sheet that somebody is writing on, and when they last did."""

    instrument: str
    subject: str
    at: str


def drafts_by(reading: Reading, person: Person) -> tuple[Listed, ...]:
    """The sheets that a person is writing on, the newest first."""
    return tuple(sorted(_read(reading.secret(_name(person))), key=lambda one: one.at, reverse=True))


def note(tx: Transaction, person: Person, instrument: str, subject: str, at: str) -> None:
    """A person wrote on a sheet at a time. Raises BadInput where they write on too many."""
    others = _others(tx, person, instrument, subject)
    if len(others) >= LISTED_MAX:
        raise BadInput(f"you are writing on {LISTED_MAX} sheets; give or drop one of them first")
    _keep(tx, person, [*others, Listed(instrument, subject, at)])


def drop(tx: Transaction, person: Person, instrument: str, subject: str) -> None:
    """They gave it, or dropped it."""
    _keep(tx, person, _others(tx, person, instrument, subject))


def _others(tx: Transaction, person: Person, instrument: str, subject: str) -> list[Listed]:
    listed = _read(tx.take_secret(_name(person)))
    return [one for one in listed if (one.instrument, one.subject) != (instrument, subject)]


def _keep(tx: Transaction, person: Person, listed: Sequence[Listed]) -> None:
    if listed:
        rows = [[one.instrument, one.subject, one.at] for one in listed]
        tx.keep_secret(_name(person), json.dumps(rows, ensure_ascii=False).encode("utf-8", "replace"))


def _read(kept: bytes | None) -> list[Listed]:
    return [Listed(*row) for row in json.loads(kept)] if kept else []


def _name(person: Person) -> str:
    return f"drafts:{known_as(person.name)}"
