"""Cases whose truth is known, sealed until a reviewer has answered: only their hash is in the ledger before that."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from interlock.engine.ledger.canonical import canonical
from interlock.flows.ledger.record import record
from interlock.ports.store import Reading, Transaction
from interlock.terms.errors import BadInput
from interlock.terms.table import RawTable

NONCE_BYTES = 32  # without it, the few possible answers could be tried against the hash


@dataclass(frozen=True, slots=True)
class KnownCase:
    """A case with its content, a `proposed` answer that is wrong, and the `truth`; its key looks like any other."""

    key: str
    text: str
    proposed: str
    truth: str


@dataclass(frozen=True, slots=True)
class SealedCase:
    """What is kept beside the ledger of a planted case; its hash is committed to when it is planted."""

    workflow: str
    key: str
    payload_digest: str
    proposed: str
    truth: str
    nonce_hex: str

    def sealed(self) -> bytes:
        """The bytes whose SHA-256 is the commitment."""
        return canonical(asdict(self))

    @property
    def sha256(self) -> str:
        """The commitment, in hex."""
        return hashlib.sha256(self.sealed()).hexdigest()


def known_cases_in(table: RawTable) -> tuple[KnownCase, ...]:
    """The known cases of a file with the columns key, text, proposed and truth; others are not read.

    Raises BadInput where a column is missing.
    """
    names = [field.name for field in fields(KnownCase)]
    absent = [name for name in names if name not in table.columns]
    if absent:
        raise BadInput(
            f"{table.source.name} has no column {', '.join(absent)}: known cases need {', '.join(names)}; "
            "proposed is the wrong answer, truth the right one"
        )
    places = [table.columns.index(name) for name in names]
    return tuple(KnownCase(*(row[place] for place in places)) for row in table.rows)


def secret_name(key: str) -> str:
    """Where a planted case is kept."""
    return f"known-case:{key}"


def planted_case(reading: Reading, key: str) -> SealedCase | None:
    """The planted case of that key; None where there is none, or where a real case has come to have the key.

    The real one always wins: an audit of it must never be taken for a planted case.
    """
    if reading.decision(key) is not None:
        return None
    kept = reading.secret(secret_name(key))
    try:
        return None if kept is None else SealedCase(**json.loads(kept))
    except (ValueError, TypeError):
        return None


def open_planted(tx: Transaction, case: SealedCase, *, reviewer: str, label: str, at: str) -> bool:
    """Record what a reviewer answered, with the seal opened; whether the planted error was found.

    Found means that the answer is not the planted wrong one. It is no outcome and feeds no monitor.
    """
    found = label.strip() != case.proposed
    body: Mapping[str, Any] = {**asdict(case), "sha256": case.sha256, "reviewer": reviewer, "label": label.strip()}
    record(tx, "known_case.opened", {**body, "found": int(found)}, at=at)
    return found
