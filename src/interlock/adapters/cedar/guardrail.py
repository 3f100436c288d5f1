"""interlock.ports.guardrail.Guardrail over Cedar."""

from typing import Protocol

from interlock.adapters.cedar.failure import Unanswerable, failed
from interlock.ports.edge_rules import EdgeRules
from interlock.terms.errors import BadInput
from interlock.terms.policy import EdgeFacts, PolicyAnswer, PolicyFault
from interlock.terms.workflow import WorkflowDefinition

KEPT_MAX = 256
INSTALL = "limits at the edge need a policy engine: pip install 'interlock[policy]'"


class _Policy(Protocol):
    def answer(self, facts: EdgeFacts) -> PolicyAnswer: ...


class CedarGuardrail:
    """Evaluates limits and rules; what cannot be evaluated is a failed answer.

    The parsed policies of the releases in use are kept, at most `KEPT_MAX`; the one that was parsed first goes first.
    """

    def __init__(self, edge: EdgeRules) -> None:
        self._edge = edge
        self._kept: dict[str, _Policy] = {}

    def check(self, release: str, definition: WorkflowDefinition, facts: EdgeFacts) -> PolicyAnswer:
        try:
            kept = self._kept.get(release) or self._load(release, definition)
            return kept.answer(facts)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as exc:  # noqa: BLE001 - a panic of the engine is no Exception, and nothing may fail open
            return failed(f"the policy could not be evaluated ({type(exc).__name__})")

    def _load(self, release: str, definition: WorkflowDefinition) -> _Policy:
        # No lock, which a fork could leave held for ever: two threads may parse the same policy, and one is kept.
        policy = _loaded(self._edge, definition)
        newest = list(self._kept.items())[1 - KEPT_MAX :]
        self._kept = {**dict(newest), release: policy}
        return policy


def policy_faults(edge: EdgeRules, definition: WorkflowDefinition) -> tuple[PolicyFault, ...]:
    """What is wrong with the hand-written rules of a definition.

    Raises BadInput where no policy engine is installed, and where its limits cannot become a policy.
    """
    if not definition.limits.at_the_edge:
        return ()
    try:
        from interlock.adapters.cedar.loaded import LoadedPolicy, hand_written
    except ModuleNotFoundError as exc:
        raise BadInput(INSTALL) from exc
    _, faults = hand_written(edge, definition)
    if not faults:
        try:
            LoadedPolicy(edge, definition)
        except ValueError as exc:
            raise BadInput(f"the limits of '{definition.name}' cannot become a policy: {exc}") from exc
    return faults


def _loaded(edge: EdgeRules, definition: WorkflowDefinition) -> _Policy:
    try:
        from interlock.adapters.cedar.loaded import LoadedPolicy

        return LoadedPolicy(edge, definition)
    except ModuleNotFoundError:
        return Unanswerable(INSTALL)
    except ValueError as exc:
        return Unanswerable(f"the policy cannot be used: {exc}")
