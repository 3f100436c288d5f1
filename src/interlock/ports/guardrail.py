"""The policy at the edge: may this effect be applied?"""

from typing import Protocol

from interlock.terms.policy import EdgeFacts, PolicyAnswer
from interlock.terms.workflow import WorkflowDefinition


class Guardrail(Protocol):
    """Evaluates the limits and rules of a release. Never raises: what cannot be evaluated is a failed answer."""

    def check(self, release: str, definition: WorkflowDefinition, facts: EdgeFacts) -> PolicyAnswer:
        """The answer for one case. `release` is the digest under which a parsed policy may be kept."""
        ...
