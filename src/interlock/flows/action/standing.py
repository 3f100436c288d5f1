"""What a workflow may do now, as this process last saw it. The journal refuses a wish that rests on an older view."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from interlock.engine.ledger.canonical import known_number, plain
from interlock.engine.policy.running import counters
from interlock.engine.rollout.definition import definition_of
from interlock.engine.rollout.gate import effect_allowed
from interlock.flows.oversight.audits.salts import salt_in_force
from interlock.ports.store import Reading, Store
from interlock.terms.decision import GrantFacts
from interlock.terms.errors import BadInput
from interlock.terms.workflow import WorkflowDefinition


@dataclass(frozen=True, slots=True)
class Standing:
    """The authority of one workflow at a `version` of the store's authority.

    `grant` is None without a grant, and without the salt that draws its audits: unaudited authority is none. `limited`:
    some limit at the edge has to be asked for. `labels` are those of the certificate, `scopes` every scope ever killed
    with its epoch and whether it is halted. `granted` is the grant as a decision's record holds it, `fractions` the
    numbers in it.
    """

    version: int
    workflow: str
    release: str
    definition: WorkflowDefinition
    effect_allowed: bool
    limited: bool
    grant: GrantFacts | None
    labels: frozenset[str]
    salt: bytes | None
    scopes: Mapping[str, tuple[int, bool]]
    granted: Mapping[str, Any] | None
    fractions: tuple[float | None, ...]

    def halted(self, scopes: tuple[str, ...]) -> tuple[str, ...]:
        """Which of the scopes are halted."""
        return tuple(scope for scope in scopes if self.scopes.get(scope, (0, False))[1]) if self.scopes else ()

    def epoch(self, scopes: tuple[str, ...]) -> int:
        """The fencing token: how often the scopes were killed; only rises."""
        return sum(self.scopes.get(scope, (0, False))[0] for scope in scopes) if self.scopes else 0


class Standings:
    """The standing of each workflow of one store, kept until it is found to be old."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[str, Standing] = {}

    def current(self, workflow: str) -> Standing:
        """As last seen. Raises BadInput for an unknown workflow, Unavailable where the store cannot be read."""
        kept = self._kept.get(workflow)
        return self.refreshed(workflow) if kept is None else kept

    def refreshed(self, workflow: str) -> Standing:
        """As it is now. Raises as `current`."""
        with self._store.reading() as reading:
            standing = standing_of(reading, workflow)
        self._kept[workflow] = standing
        return standing


def standing_of(reading: Reading, workflow: str) -> Standing:
    """Read a workflow's standing. Raises BadInput for an unknown workflow."""
    row = reading.workflow(workflow)
    if row is None:
        raise BadInput(f"there is no workflow '{workflow}'; apply its definition first")
    definition = definition_of(row.definition)
    salt = salt_in_force(reading, row.name, row.release)
    grant = None if row.grant is None or salt is None else row.grant
    facts = None if grant is None else grant_facts(grant)
    granted = None if facts is None else {name: _as_recorded(value) for name, value in plain(facts).items()}
    return Standing(
        version=reading.authority_version(),
        workflow=row.name,
        release=row.release,
        definition=definition,
        effect_allowed=effect_allowed(definition),
        limited=definition.limits.at_the_edge or bool(counters(definition.limits, "")),
        grant=facts,
        labels=frozenset() if row.grant is None else frozenset(row.grant["labels"]),
        salt=salt,
        scopes=reading.scopes(),
        granted=granted,
        fractions=tuple(value for value in (granted or {}).values() if isinstance(value, float)),
    )


def grant_facts(grant: Mapping[str, Any]) -> GrantFacts:
    """What a decision reads of a grant, or of a decision's record of one; older records lack what came later."""
    named = (field.name for field in fields(GrantFacts) if field.name in grant)
    held: dict[str, Any] = {
        name: tuple(grant[name]) if isinstance(grant[name], list) else grant[name] for name in named
    }
    return GrantFacts(**held)


def _as_recorded(value: Any) -> Any:
    return known_number(value) if isinstance(value, float) else value
