"""Attestations whose key counts: those of a person who has that key now."""

from collections.abc import Iterable

from interlock.flows.evidence.people_keys import person_keys
from interlock.flows.rollout.attest import SIGNED_KIND
from interlock.ports.store import Reading
from interlock.terms.evidence import Evidence


def unkeyed(reading: Reading, evidence: Iterable[Evidence], *, workflow: str) -> frozenset[str]:
    """Digests of attestations that name no live key of the person who made them, or another workflow.

    Their signatures were made, by that key, when they were recorded, and `interlock evidence list` checks them again.
    """
    attested = [item for item in evidence if item.kind == SIGNED_KIND]
    if not attested:
        return frozenset()
    live = {(key.person, key.verifier) for key in person_keys(reading) if key.ended_at is None}
    return frozenset(
        item.digest
        for item in attested
        if item.body.get("workflow") != workflow or (item.body.get("by"), item.body.get("key")) not in live
    )
