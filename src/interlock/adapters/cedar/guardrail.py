"""interlock.ports.guardrail.Guardrail over Cedar."""

from interlock.terms.policy import EdgeFacts, PolicyAnswer
from interlock.terms.workflow import WorkflowDefinition


class CedarGuardrail:
    """Evaluates limits and rules; what cannot be evaluated is a failed answer."""

    def check(self, release: str, definition: WorkflowDefinition, facts: EdgeFacts) -> PolicyAnswer:
        return PolicyAnswer(allowed=False, rules=(), reasons=("no policy engine is installed",), failed=True)
