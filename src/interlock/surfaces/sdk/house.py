"""What the SDK needs of a run time, wherever it is: in this process, or behind an address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from interlock.flows.action.act import Acted
from interlock.flows.action.observe import Observed
from interlock.flows.action.steps import Flow
from interlock.ports.effects import Target
from interlock.terms.decision import Decision, Proposal
from interlock.terms.evidence import Evidence, EvidenceClass
from interlock.terms.intent import KillReport
from interlock.terms.person import Person
from interlock.terms.workflow import WorkflowDefinition


@dataclass(frozen=True, slots=True)
class InForce:
    """A workflow's release in force and its definition."""

    release: str
    definition: WorkflowDefinition


@dataclass(frozen=True, slots=True)
class AuthorityNow:
    """The authority that a workflow holds at this moment, to be read only. `level` is "shadow" without a grant.

    `halted` are the kill scopes that are halted anywhere, such as 'global' or 'tenant:acme'. `expires_at` is RFC 3339.
    """

    workflow: str
    release: str
    level: str
    threshold: float | None
    expires_at: str | None
    halted: tuple[str, ...]


class House(Protocol):
    """A run time. Flows are driven by the caller: in this thread, or on an event loop."""

    def in_force(self, workflow: str) -> InForce:
        """The release in force. Raises BadInput, with a near name, for an unknown workflow."""
        ...

    def authority(self, workflow: str) -> AuthorityNow:
        """What the workflow may do now. Raises BadInput for an unknown one, Unavailable where nobody can say."""
        ...

    def acting(self, target: Target | None, workflow: str, proposal: Proposal, *, lease_s: float) -> Flow[Acted]:
        """Decide and, where allowed, do it."""
        ...

    def undoing(self, target: Target, workflow: str, key: str, *, by: Person) -> Flow[None]:
        """Undo one applied case of this workflow. Raises BadInput for another's."""
        ...

    def applied_since(self, workflow: str, since_entry: int) -> tuple[str, ...]:
        """Keys of what was applied from a ledger entry on, newest first."""
        ...

    def shadow(self, workflow: str, proposals: tuple[Proposal, ...]) -> tuple[Decision, ...]:
        """Decide and apply nothing."""
        ...

    def keep_text(self, key: str, text: str) -> str:
        """Keep a case's content where it can be erased; its digest."""
        ...

    def human(self, workflow: str, key: str, label: str, *, by: Person, note: str) -> Observed:
        """What a person decided about a case: it closes its review where one is open."""
        ...

    def approve(self, workflow: str, key: str, label: str, *, by: Person, note: str) -> Observed:
        """A person's leave to do what was proposed: it is done when the case comes again.

        Raises BadInput where no review of the case is open, or there is nothing that can be approved.
        """
        ...

    def outcome(self, workflow: str, key: str, label: str, *, by: str, evidence_class: EvidenceClass) -> Observed:
        """What turned out to be true."""
        ...

    def outcomes(self, workflow: str, known: Sequence[tuple[str, str]], *, by: str) -> tuple[Observed, ...]:
        """What turned out to be true of many cases, (key, label) each: all are recorded or none is."""
        ...

    def attest(
        self, workflow: str, kind: str, body: Mapping[str, Any], *, source: str, evidence_class: EvidenceClass
    ) -> Evidence:
        """Bind evidence to the release in force."""
        ...

    def kill(self, scope: str, *, by: Person, reason: str, wait_s: float) -> KillReport:
        """Halt a scope."""
        ...

    def resume(self, scope: str, *, by: Person, reason: str) -> int:
        """Let a halted scope work again; its epoch."""
        ...

    def close(self) -> None:
        """Close what is open."""
        ...
