"""Attestations: a person's signed statement about one check of one gate, for one release."""

import base64
import binascii
import datetime as dt
from collections.abc import Iterable
from typing import Any

from interlock.engine.evidence.timing import COLLECTED, EXPIRES
from interlock.engine.ledger.canonical import canonical
from interlock.engine.ledger.note import verifier_text
from interlock.engine.timestamp import stamp
from interlock.flows.evidence.add import CURRENT, DAYS_MAX, row_in_force
from interlock.flows.evidence.people_keys import PersonKey, live_key, person_keys, public_of
from interlock.flows.ledger.checkpoint import signer
from interlock.flows.rollout.attest import SIGNED_KIND, attest_in, is_intact
from interlock.ports.clock import Clock
from interlock.ports.signing import Signing
from interlock.ports.store import Reading, Store
from interlock.terms.errors import BadInput
from interlock.terms.evidence import Evidence, EvidenceClass
from interlock.terms.person import Person

STATEMENT_MAX = 2_000
SIGNED = ("workflow", "gate", "check", "statement", "by", COLLECTED, EXPIRES)


def attest_check(
    store: Store,
    workflow: str,
    *,
    gate: str,
    check: str,
    statement: str,
    by: Person,
    private_key: str,
    signing: Signing,
    clock: Clock,
    release: str = CURRENT,
    expires_days: int | None = None,
) -> Evidence:
    """Sign a statement and record it. Raises BadInput where a word is missing, or the key is not this person's."""
    for name, text in (("gate", gate), ("check", check), ("statement", statement)):
        if not text.strip() or len(text) > STATEMENT_MAX:
            raise BadInput(f"--{name} is empty or over {STATEMENT_MAX:,} characters")
    if expires_days is not None and not 1 <= expires_days <= DAYS_MAX:
        raise BadInput(f"--expires-days is {expires_days}; say 1 to {DAYS_MAX}")
    key, now = signer(private_key, signing=signing), clock()
    with store.transaction() as tx:
        row = row_in_force(tx, workflow, release)
        known = live_key(tx, by.name)
        if known is None or known.verifier != verifier_text(key.verifier):
            raise BadInput(f"this is not the registered key of {by.name}; `interlock evidence key` registers one")
        said = {"workflow": workflow, "gate": gate, "check": check, "statement": statement, "by": known.person}
        said[COLLECTED] = stamp(now)
        if expires_days is not None:
            said[EXPIRES] = stamp(now + dt.timedelta(days=expires_days))
        signature = base64.b64encode(signing.sign(key.seed, _signed_bytes(said, row.release))).decode()
        return attest_in(
            tx,
            workflow,
            release=row.release,
            kind=SIGNED_KIND,
            evidence_class=EvidenceClass.HUMAN,
            source=f"signed by {known.person}",
            body={**said, "key": known.verifier, "signature": signature},
            at=stamp(now),
        )


def not_to_count(reading: Reading, evidence: Iterable[Evidence], *, workflow: str, signing: Signing) -> frozenset[str]:
    """Digests of what is not as it was recorded, and of attestations that no registered key of their person signed."""
    on_file = tuple(evidence)
    altered = frozenset(item.digest for item in on_file if not is_intact(item))
    return altered | unsigned(reading, on_file, workflow=workflow, signing=signing)


def unsigned(reading: Reading, evidence: Iterable[Evidence], *, workflow: str, signing: Signing) -> frozenset[str]:
    """Digests of attestations whose words no live key of the person they name signed; each signature is checked."""
    attested = [item for item in evidence if item.kind == SIGNED_KIND]
    keys = person_keys(reading) if attested else ()
    return frozenset(item.digest for item in attested if not is_signed(item, keys, workflow=workflow, signing=signing))


def is_signed(evidence: Evidence, keys: Iterable[PersonKey], *, workflow: str, signing: Signing) -> bool:
    """Whether the person it names signed exactly this, for this workflow and release, with a key that still counts."""
    body = evidence.body
    owned = {key.verifier for key in keys if key.ended_at is None and key.person == body.get("by")}
    if body.get("workflow") != workflow or str(body.get("key")) not in owned:
        return False
    try:
        signature = base64.b64decode(str(body["signature"]), validate=True)
        said = {name: body[name] for name in SIGNED if name in body}
        return signing.holds(public_of(str(body["key"])), _signed_bytes(said, evidence.release), signature)
    except (KeyError, ValueError, binascii.Error):
        return False


def _signed_bytes(said: dict[str, Any], release: str) -> bytes:
    return canonical({"purpose": "interlock attestation", "release": release, **said})
