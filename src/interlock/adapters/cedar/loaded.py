"""The policy of one release, parsed once: handles for Cedar, and how its answers become ours."""

import re
from collections.abc import Callable

import cedarpy
import orjson

from interlock.adapters.cedar.asking import shortest
from interlock.adapters.cedar.failure import failed
from interlock.adapters.cedar.local_time import clock_in
from interlock.adapters.cedar.own_rules import own_rules
from interlock.ports.edge_rules import EdgeRules
from interlock.terms.policy import EdgeFacts, EdgeRule, LocalTime, PolicyAnswer, PolicyFault
from interlock.terms.workflow import WorkflowDefinition
from interlock.terms.zones import UTC

ALLOW, DENY = "Allow", "Deny"
DECIDED = frozenset({ALLOW, DENY})
TIME = frozenset({"weekday", "minute"})
ALLOWED_MAX = 4_096
_BROKEN = re.compile(r"policy `(\w+)`: ([^`]*)")

ALLOWED_MAX = 4_096


class LoadedPolicy:
    """Answers for the cases of one release."""

    def __init__(self, edge: EdgeRules, definition: WorkflowDefinition) -> None:
        """Raises ValueError, in words, where the policy cannot be used."""
        own, faults = hand_written(edge, definition)
        if faults:
            raise ValueError("; ".join(fault.words for fault in faults))
        self._edge, self._definition = edge, definition
        self._workflow, self._action = definition.name, edge.action_of(definition)
        self._principal, self._doing = _entity("Workflow", self._workflow), _entity("Action", self._action)
        rules = (*edge.rules_of(definition), *own)
        reads = frozenset().union(*(rule.reads for rule in rules))
        self._rules = {f"policy{number}": rule for number, rule in enumerate(rules)}
        self._parse("\n".join(rule.cedar for rule in rules), edge.schema_of(definition, reads))
        self._as_request = edge.request_of(definition, reads)
        self._local = _clock(definition, reads)
        self._ask = shortest()
        self._allowed: set[tuple[str, bytes]] = set()
        self._within = PolicyAnswer(allowed=True, rules=(rules[0].id,), reasons=())

    def _parse(self, text: str, schema: str) -> None:
        self._schema = cedarpy.Schema.from_str(schema)
        self._policies = cedarpy.PolicySet.from_str(text)
        entities = orjson.dumps(self._edge.entities_of(self._definition)).decode()
        self._entities = cedarpy.Entities.from_json_str(entities, self._schema)
        checked = cedarpy.validate_policies(text, self._schema)
        if not checked.validation_passed:
            raise ValueError("; ".join(error.error for error in checked.errors))
        parsed = cedarpy.policies_to_pst(text).static_policies
        ids = {name: node.annotations.get("id") for name, node in parsed.items()}
        if ids != {name: rule.id for name, rule in self._rules.items()}:
            raise ValueError("Cedar read other rules than were written")

    def answer(self, facts: EdgeFacts) -> PolicyAnswer:
        """May this effect be applied? Raises what Cedar raises."""
        if (facts.workflow, facts.action) != (self._workflow, self._action):
            return failed(
                f"the case is one of '{facts.workflow}' ({facts.action}), the policy that of another workflow"
            )
        local = self._local(facts.at)
        request = self._as_request(facts, local)
        if request.doubts:
            return PolicyAnswer(allowed=False, rules=(), reasons=request.doubts, failed=request.failed)
        context = orjson.dumps(request.context)
        # All that an answer depends on. What was allowed once is allowed again: rules read few facts of traffic, and
        # those are mostly the same.
        same = (request.target, context)
        if same in self._allowed:
            return self._within
        asked = {
            "principal": self._principal,
            "action": self._doing,
            "resource": _entity("Target", request.target),
            "context": context.decode(),
        }
        result = self._ask(asked, self._policies, self._entities, self._schema)
        decision, diagnostics = result["decision"], result["diagnostics"]
        if diagnostics["errors"] or decision not in DECIDED:
            return self._failed(diagnostics["errors"])
        if decision == ALLOW:
            if len(self._allowed) >= ALLOWED_MAX:
                self._allowed.clear()
            self._allowed.add(same)
            return self._within
        return self._forbidden(diagnostics["reason"], facts, local)

    def _forbidden(self, policies: list[str], facts: EdgeFacts, local: LocalTime) -> PolicyAnswer:
        decided = [rule for name, rule in self._rules.items() if name in policies]
        if not decided:
            return PolicyAnswer(allowed=False, rules=(), reasons=("no rule permits it",))
        words = self._edge.reasons_of(self._definition, facts, local, decided)
        return PolicyAnswer(allowed=False, rules=tuple(rule.id for rule in decided), reasons=words)

    def _failed(self, errors: list[str]) -> PolicyAnswer:
        """Which rule failed and how, without the values: what Cedar says may hold a case's own facts."""
        found = [match for error in errors for match in _BROKEN.findall(error) if match[0] in self._rules]
        ids = tuple(self._rules[name].id for name, _ in found)
        words = [f"the rule '{self._rules[name].id}' could not be evaluated ({how.strip()})" for name, how in found]
        return failed(*(words or ["the facts of the case do not fit the policy"]), rules=ids)


def hand_written(
    edge: EdgeRules, definition: WorkflowDefinition
) -> tuple[tuple[EdgeRule, ...], tuple[PolicyFault, ...]]:
    """The hand-written rules of a definition, and their faults."""
    texts = definition.limits.policy
    if not texts:
        return (), ()
    taken = {rule.id for rule in edge.rules_of(definition)}
    return own_rules(texts, edge.schema_of(definition), edge.attributes_of(definition), taken)


def _entity(kind: str, name: str) -> dict[str, str]:
    return {"type": kind, "id": name}


def _clock(definition: WorkflowDefinition, reads: frozenset[str]) -> Callable[[str], LocalTime]:
    hours = definition.limits.hours
    if reads & TIME:
        return clock_in(hours.zone if hours else UTC)
    nobody_asks = LocalTime("mon", 0)
    return lambda _: nobody_asks
