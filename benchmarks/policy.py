"""What does a policy cost at the edge, with 20 and with 200 rules loaded, beside the same rules as plain Python?

    python benchmarks/policy.py [--rounds 25]

The rules are those of workflows with four limits each (five rules with the permit); a case concerns one workflow. The
floor is a list of Python closures for each workflow and action, which answers with the ids of the rules that forbid.
Other ways to call the engine stand below it, in the same run. p50 and p99 are the best of the rounds: the machine's
other work is not the policy's. Ends with status 1 where the bar is missed: README.md in this folder.
"""

import argparse
import itertools
import math
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import cedarpy
import orjson

from interlock.adapters.cedar.asking import past_the_wrapper
from interlock.adapters.cedar.guardrail import CedarGuardrail
from interlock.engine.action.decide import decide
from interlock.engine.policy import edge
from interlock.engine.policy.running import counters
from interlock.terms.decision import DecisionInputs, GrantFacts, Proposal, Verb
from interlock.terms.policy import EdgeFacts, LocalTime, PolicyAnswer
from interlock.terms.workflow import Limits, WorkflowDefinition
from runtime.governed import DEFINITION
from runtime.timing import quantile

DECIDE_BAR_US = 60.0  # check and decide, 200 rules loaded
RULES_EACH = 5
CALLS, CALLS_WITH_TEXT = 250, 5
AT = "2026-11-26T09:20:04.000000Z"
LIMITS = Limits(amount_max_cents=25_000, amount_per_day_cents=100_000, applied_per_hour=40, items_max=10)


@dataclass(frozen=True)
class Loaded:
    """Workflows with their releases and a case of each within all limits."""

    definitions: list[WorkflowDefinition]
    cases: list[EdgeFacts]

    def turns(self) -> Iterator[tuple[str, WorkflowDefinition, EdgeFacts]]:
        """(release, definition, case), one workflow after the other without an end."""
        releases = [f"sha256:{number}" for number, _ in enumerate(self.definitions)]
        return itertools.cycle(zip(releases, self.definitions, self.cases, strict=True))


def loaded(rules: int) -> Loaded:
    definitions = [replace(DEFINITION, name=f"refunds-{n}", limits=LIMITS) for n in range(rules // RULES_EACH)]
    return Loaded(definitions, [case_of(definition) for definition in definitions])


def case_of(definition: WorkflowDefinition) -> EdgeFacts:
    return EdgeFacts(
        workflow=definition.name,
        action=edge.action_of(definition),
        label="billing",
        at=AT,
        confidence_permille=950,
        tenant="north",
        segment="retail",
        target="account 1",
        amount_cents=20_000,
        used=dict.fromkeys(counters(definition.limits, AT), 3),
        extra={"country": "DE"},
    )


def closures(rules: Loaded) -> Callable[[EdgeFacts], list[str]]:
    """The floor."""
    by_case = {(d.name, edge.action_of(d)): written_out(d.limits) for d in rules.definitions}

    def ask(facts: EdgeFacts) -> list[str]:
        return [name for name, forbids in by_case[facts.workflow, facts.action] if forbids(facts)]

    return ask


def written_out(limits: Limits) -> list[tuple[str, Callable[[EdgeFacts], bool]]]:
    most, day = limits.amount_max_cents or 0, limits.amount_per_day_cents or 0
    hour, items = limits.applied_per_hour or 0, limits.items_max or 0

    def known(facts: EdgeFacts) -> int:
        amount = facts.amount_cents
        return most + day if amount is None or amount < 0 else amount

    return [
        ("amount of a case", lambda facts: known(facts) > most),
        ("amount a day", lambda facts: known(facts) + facts.used["amount_per_day:" + facts.at[:10]] > day),
        ("cases an hour", lambda facts: facts.used["applied_per_hour:" + facts.at[:13]] >= hour),
        ("things at once", lambda facts: not 1 <= facts.items <= items),
    ]


def inputs(definition: WorkflowDefinition) -> DecisionInputs:
    return DecisionInputs(
        proposal=Proposal("case-1", "sha256:1", "billing", 0.95, "sha256:2", amount_cents=20_000),
        current_release="sha256:1",
        owners_named=True,
        effect_allowed=True,
        label_known=True,
        limits=definition.limits,
        grant=GrantFacts("sha256:1", 0.9, 1.0, 0.1, "2027-01-01T00:00:00.000000Z"),
        halted=(),
        applied_today=0,
        traffic_draw=0.5,
        audit_draw=0.5,
        at=AT,
        policy=PolicyAnswer(allowed=True, rules=("within the limits",), reasons=()),
    )


class Engine:
    """Ways to put one case to Cedar, without what is ours around it."""

    def __init__(self, rules: Loaded, *, whole_context: bool = False, indexed: bool = True) -> None:
        definition = rules.definitions[0]
        own = edge.rules_of(definition)
        reads = None if whole_context else frozenset().union(*(rule.reads for rule in own))
        local = LocalTime("thu", 560)
        request = edge.request_of(definition, edge.attributes_of(definition) if reads is None else reads)
        self.context = dict(request(rules.cases[0], local).context)
        some = rules.definitions[:1] if indexed else rules.definitions
        self.text = "\n".join(rule.cedar for one in some for rule in edge.rules_of(one))
        self.schema_text = edge.schema_of(definition, reads)
        self.policies = cedarpy.PolicySet.from_str(self.text)
        self.schema = cedarpy.Schema.from_str(self.schema_text)
        self.entities = cedarpy.Entities.from_json_str("[]", self.schema)
        self.asked = {
            "principal": {"type": "Workflow", "id": definition.name},
            "action": {"type": "Action", "id": edge.action_of(definition)},
            "resource": {"type": "Target", "id": "account 1"},
        }

    def with_handles(self) -> object:
        context = orjson.dumps(self.context).decode()
        return cedarpy.is_authorized({**self.asked, "context": context}, self.policies, self.entities, self.schema)

    def without_schema(self) -> object:
        context = orjson.dumps(self.context).decode()
        return cedarpy.is_authorized({**self.asked, "context": context}, self.policies, self.entities)

    def with_a_dict(self) -> object:
        names = {name: f'{entity["type"]}::"{entity["id"]}"' for name, entity in self.asked.items()}
        return cedarpy.is_authorized({**names, "context": self.context}, self.policies, self.entities, self.schema)

    def past_the_wrapper(self) -> object:
        asked = {**self.asked, "context": orjson.dumps(self.context).decode()}
        return past_the_wrapper(asked, self.policies, self.entities, self.schema)

    def with_text(self) -> object:
        return cedarpy.is_authorized({**self.asked, "context": self.context}, self.text, "[]", self.schema_text)


def hand_written(rules: int) -> Loaded:
    """One workflow with so many rules of its own: nothing can be left out by an index."""
    texts = tuple(
        f'@id("rule {n}") forbid (principal, action, resource)\n'
        f'when {{ context.label == "label {n}" && context has amount_cents && context.amount_cents > {n} }};'
        for n in range(rules - 1)
    )
    definition = replace(DEFINITION, name="refunds", limits=Limits(policy=texts))
    return Loaded([definition], [case_of(definition)])


@dataclass(frozen=True)
class Row:
    """A way to ask, and how often it is timed in one round."""

    name: str
    call: Callable[[], object]
    calls: int = CALLS


def p50_us(rows: list[Row], rounds: int) -> dict[str, float]:
    """Prints the rows, floor first. All take turns in each round, so that other work on the machine meets all alike."""
    best = {row.name: (math.inf, math.inf) for row in rows}
    for _ in range(rounds):
        for row in rows:
            each_us = timed_us(row)
            p50, p99 = best[row.name]
            best[row.name] = min(p50, quantile(each_us, 0.5)), min(p99, quantile(each_us, 0.99))
    floor, _ = best[rows[0].name]
    for name, (p50, p99) in best.items():
        print(f"  {name:<62} {p50:9.1f} {p99:9.1f}   {p50 / floor:8.1f} x the floor")
    return {name: p50 for name, (p50, _) in best.items()}


def timed_us(row: Row) -> list[float]:
    call, each_us = row.call, []
    for _ in range(row.calls):
        start = time.perf_counter_ns()
        call()
        each_us.append((time.perf_counter_ns() - start) / 1_000)
    return each_us


def checked(rules: Loaded) -> Callable[[], bool]:
    guard, turns = CedarGuardrail(edge), rules.turns()
    for release, definition, facts in itertools.islice(rules.turns(), len(rules.definitions)):
        assert guard.check(release, definition, facts).allowed, "a case within the limits must be allowed"

    def call() -> bool:
        release, definition, facts = next(turns)
        return guard.check(release, definition, facts).allowed

    return call


def decided(rules: Loaded) -> Callable[[], Verb]:
    guard, turns = CedarGuardrail(edge), rules.turns()
    prepared = {definition.name: inputs(definition) for definition in rules.definitions}

    def call() -> Verb:
        release, definition, facts = next(turns)
        if guard.check(release, definition, facts).failed:
            return Verb.DENY
        return decide(prepared[definition.name]).verb

    for _ in rules.definitions:
        assert call() is Verb.APPLY
    return call


def measure(rules: int, rounds: int) -> float:
    """Prints the rows for so many rules; microseconds of check and decide."""
    many = loaded(rules)
    one, everything, all_rules = Engine(many), Engine(many, whole_context=True), Engine(many, indexed=False)
    ask, turns = closures(many), many.turns()
    both = "guardrail: check, and decide"
    rows = [
        Row("floor: closures by workflow and action", lambda: ask(next(turns)[2])),
        Row("guardrail: check", checked(many)),
        Row(both, decided(many)),
        Row("guardrail: check, all rules hand-written for one workflow", checked(hand_written(rules))),
        Row("engine: handles, what rules read, indexed, no wrapper (adopted)", one.past_the_wrapper),
        Row("engine: the same by the public wrapper", one.with_handles),
        Row("engine: the wrapper, context and names as Python objects", one.with_a_dict),
        Row("engine: the wrapper without a schema (fails open)", one.without_schema),
        Row("engine: the wrapper, every attribute of a case", everything.with_handles),
        Row("engine: the wrapper, rules not indexed", all_rules.with_handles),
        Row("engine: the wrapper, all rules as text at each call", all_rules.with_text, CALLS_WITH_TEXT),
    ]
    print(f"{rules} rules, {len(many.definitions)} workflows; microseconds a case {'p50':>30} {'p99':>9}")
    return p50_us(rows, rounds)[both]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=25, metavar="N", help="the best of so many (25)")
    rounds: int = parser.parse_args().rounds
    measure(20, rounds)
    both = measure(200, rounds)
    held = both <= DECIDE_BAR_US
    print(f"check and decide with 200 rules: {both:.1f} us, bar {DECIDE_BAR_US:.0f}: {'held' if held else 'MISSED'}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
