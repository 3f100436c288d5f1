"""The decision by itself, as a case meets it: facts for the policy, its answer, the recorded inputs, `decide`."""

from dataclasses import replace

from interlock.adapters.cedar.guardrail import CedarGuardrail
from interlock.engine.action.decide import decide
from interlock.engine.policy import edge
from interlock.terms.decision import Verb
from policy import Row, case_of, closures, inputs, loaded, p50_us
from runtime.bars import Bars

RULES = 200
ROUNDS = 25
P50_MAX_US = 60.0


def decided(bars: Bars) -> None:
    """Measure and judge, with 200 policies loaded."""
    rules = loaded(RULES)
    guard, turns, floor_turns = CedarGuardrail(edge), rules.turns(), rules.turns()
    ask = closures(rules)
    prepared = {definition.name: inputs(definition) for definition in rules.definitions}

    def one() -> Verb:
        release, definition, _ = next(turns)
        answer = guard.check(release, definition, case_of(definition))
        return decide(replace(prepared[definition.name], policy=answer)).verb

    for _ in rules.definitions:
        if one() is not Verb.APPLY:
            raise RuntimeError("a case within the limits must be applied")
    print(f"\nDecision, {RULES} policies loaded; microseconds a case, best of {ROUNDS} rounds {'p50':>20} {'p99':>9}")
    floor, whole = "floor: closures by workflow and action", "facts, check, inputs, decide"
    found = p50_us([Row(floor, lambda: ask(next(floor_turns)[2])), Row(whole, one)], ROUNDS)
    bars.at_most("decision, p50 in microseconds", found[whole], P50_MAX_US)
