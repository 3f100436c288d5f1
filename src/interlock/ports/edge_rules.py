"""What limits become at the edge: a policy engine is given it, the rules are the core's."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

from interlock.terms.policy import EdgeFacts, EdgeRequest, EdgeRule, LocalTime
from interlock.terms.workflow import WorkflowDefinition


class EdgeRules(Protocol):
    """The rules of a definition, the schema of its cases, and what an answer means in words."""

    def action_of(self, definition: WorkflowDefinition) -> str:
        """The action that rules speak of."""
        ...

    def rules_of(self, definition: WorkflowDefinition) -> tuple[EdgeRule, ...]:
        """The rules that limits became, the permit first; without hand-written ones."""
        ...

    def attributes_of(self, definition: WorkflowDefinition) -> Mapping[str, bool]:
        """Every attribute that a rule may read, and whether a case may be without it."""
        ...

    def entities_of(self, definition: WorkflowDefinition) -> Sequence[Mapping[str, object]]:
        """The entities that rules name, as Cedar's JSON."""
        ...

    def schema_of(self, definition: WorkflowDefinition, reads: Collection[str] | None = None) -> str:
        """The schema with the attributes in `reads`; None for all of them."""
        ...

    def request_of(
        self, definition: WorkflowDefinition, reads: Collection[str]
    ) -> Callable[[EdgeFacts, LocalTime], EdgeRequest]:
        """How facts become a request with the attributes in `reads`."""
        ...

    def reasons_of(
        self, definition: WorkflowDefinition, facts: EdgeFacts, local: LocalTime, rules: Sequence[EdgeRule]
    ) -> tuple[str, ...]:
        """A sentence for each rule that forbade a case."""
        ...
