"""Compare a definition with the release in force: what differs, and what applying it would void."""

from collections.abc import Iterator
from dataclasses import dataclass

from interlock.engine.ledger.canonical import plain
from interlock.engine.rollout.amend import voiding_fields
from interlock.engine.rollout.definition import changed_fields, definition_of
from interlock.flows.rollout.define import keeps_release
from interlock.ports.store import Reading, WorkflowRow
from interlock.terms.release import FieldChange
from interlock.terms.workflow import WorkflowDefinition

SHOWN = 19  # of a digest: "sha256:" and twelve digits


@dataclass(frozen=True, slots=True)
class Difference:
    """What applying a definition would do. `void` are evidence and a grant in force that would no longer hold.

    `amends`: the release in force stays. `new_code`: the code that enforces it is another than at its definition.
    """

    workflow: str
    new: bool
    same: bool
    amends: bool
    new_code: bool
    changes: tuple[FieldChange, ...]
    void: tuple[str, ...]


def compare(reading: Reading, definition: WorkflowDefinition, *, code_version: str) -> Difference:
    """What `define` would do with this definition now."""
    row = reading.workflow(definition.name)
    if row is None:
        changes = tuple(FieldChange(*change, voids=False) for change in changed_fields({}, plain(definition)))
        return Difference(definition.name, new=True, same=False, amends=False, new_code=False, changes=changes, void=())
    old = definition_of(row.definition)
    voiding = voiding_fields(old, definition)
    changes = tuple(
        FieldChange(field, before, after, voids=field in voiding)
        for field, before, after in changed_fields(row.definition, plain(definition))
    )
    keeps = keeps_release(reading, row, definition, code_version=code_version)
    return Difference(
        workflow=definition.name,
        new=False,
        same=keeps and not changes,
        amends=keeps and bool(changes),
        new_code=not keeps and not voiding,
        changes=changes,
        void=() if keeps else tuple(_void(reading, row)),
    )


def _void(reading: Reading, row: WorkflowRow) -> Iterator[str]:
    of_release: dict[str, list[str]] = {}
    for item in reading.evidence(row.name):
        if item.release == row.release:
            of_release.setdefault(item.kind, []).append(item.digest)
    for kind, digests in sorted(of_release.items()):
        more = f" and {len(digests) - 1} more" if len(digests) > 1 else ""
        yield f"evidence: {kind} {digests[-1][:SHOWN]}{more}"
    if row.grant is not None:
        yield f"the grant in force, until {row.grant['expires_at']}"
