"""Where a request may go, and when a place is left alone."""

from dataclasses import replace
from pathlib import Path

import pytest

from interlock.adapters.definitions.yaml_file import read_definition
from interlock.engine.gateway.pricing import cost_micro_usd, worst_cost_micro_usd
from interlock.engine.gateway.routing.breaker import FAILURES_MAX, OPEN_S, Breaker
from interlock.engine.gateway.routing.compiled import compiled
from interlock.terms.gateway.authority import AUTO, TrafficAuthority
from interlock.terms.gateway.definition import GatewayDefinition, GatewayModel, ModelUpstream, Price, WireFormat
from interlock.terms.gateway.traffic import DataClass, Of, Per, TrafficLimit, TrafficPlan, Unit
from interlock.terms.gateway.usage import Usage
from interlock.terms.workflow import Owners, WorkflowDefinition

WORKFLOW = read_definition(Path(__file__).parents[3] / "workflows" / "message-triage.yaml")
EU = ModelUpstream("eu", WireFormat.OPENAI, "https://eu.example/v1", "eu", DataClass.CONFIDENTIAL)
US = ModelUpstream("us", WireFormat.ANTHROPIC, "https://us.example/v1", "us", DataClass.INTERNAL)
PRICE = Price(150_000, 600_000, 15_000)
GATEWAY = GatewayDefinition(
    (EU, US),
    (
        GatewayModel("small", "eu", "s-1", PRICE, fallbacks=("far", "free")),
        GatewayModel("large", "eu", "l-1", PRICE),
        GatewayModel("far", "us", "f-1", PRICE),
        GatewayModel("free", "eu", "o-1"),
    ),
)


def authority(
    plan: TrafficPlan, gateway: GatewayDefinition = GATEWAY, halted: tuple[str, ...] = ()
) -> TrafficAuthority:
    return compiled(replace(WORKFLOW, traffic=plan), gateway, release="r1", halted=halted)


def names(found: TrafficAuthority, asked: str) -> list[str]:
    return [way.model.name for way in found.ways[asked]]


def test_a_model_is_tried_first_and_then_its_fallbacks() -> None:
    found = authority(TrafficPlan(("small", "large")))
    assert found.refusal is None
    assert (names(found, "small"), names(found, "large")) == (["small", "far", "free"], ["large"])
    assert names(found, AUTO) == ["small", "far", "free", "large"]
    assert "far" not in found.ways  # a fallback is no model that a client may ask for


def test_data_leaves_neither_its_region_nor_its_class_not_even_by_a_fallback() -> None:
    assert names(authority(TrafficPlan(("small",), regions=("eu",))), "small") == ["small", "free"]
    assert names(authority(TrafficPlan(("small",), data_class=DataClass.CONFIDENTIAL)), "small") == ["small", "free"]
    found = authority(TrafficPlan(("far",), regions=("eu",)))
    assert found.refusal is not None
    assert "'far' computes in us, and this workflow's data stays in eu" in found.refusal.words


def test_what_has_no_price_is_closed_where_money_is_limited() -> None:
    limit = TrafficLimit(Of.CLIENT, Unit.MICRO_USD, Per.DAY, 100)
    assert names(authority(TrafficPlan(("small",), limits=(limit,))), "small") == ["small", "far"]
    everywhere = replace(GATEWAY, limits=(limit,))
    assert names(authority(TrafficPlan(("small",)), everywhere), "small") == ["small", "far"]


@pytest.mark.parametrize(
    ("definition", "halted", "rule"),
    [
        (WORKFLOW, ("workflow:message-triage",), "kill switch"),
        (replace(WORKFLOW, owners=Owners("Ada", None)), (), "no owner"),
        (replace(WORKFLOW, traffic=TrafficPlan()), (), "no models"),
        (replace(WORKFLOW, traffic=TrafficPlan(("unknown",))), (), "no way out"),
    ],
)
def test_without_authority_nothing_passes(definition: WorkflowDefinition, halted: tuple[str, ...], rule: str) -> None:
    found = compiled(definition, GATEWAY, release="r1", halted=halted)
    assert found.refusal is not None
    assert found.refusal.rule == rule


def test_a_place_that_fails_in_a_row_is_left_alone_and_tried_with_one_request() -> None:
    breaker = Breaker()
    for _ in range(FAILURES_MAX):
        assert breaker.lets_through(0.0)
        breaker.failed(0.0)
    assert not breaker.lets_through(OPEN_S - 0.1)
    assert breaker.lets_through(OPEN_S)
    assert not breaker.lets_through(OPEN_S)  # one alone tries
    breaker.failed(OPEN_S)
    assert not breaker.lets_through(3 * OPEN_S - 0.1)  # twice as long
    assert breaker.lets_through(3 * OPEN_S)
    breaker.left_alone()
    assert breaker.lets_through(3 * OPEN_S)
    breaker.succeeded()
    assert (breaker.is_open, breaker.lets_through(0.0)) == (False, True)


def test_money_is_rounded_up_to_whole_micro_dollars() -> None:
    assert cost_micro_usd(PRICE, Usage(1, 0)) == 1
    assert cost_micro_usd(PRICE, Usage(1_000_000, 1_000_000, 400_000)) == 90_000 + 6_000 + 600_000
    assert worst_cost_micro_usd(PRICE, input_tokens=1_000_000, output_tokens=1) == 150_001
    written = Price(100, 0, 10, 125)
    assert cost_micro_usd(written, Usage(3_000_000, 0, 1_000_000, 1_000_000)) == 100 + 10 + 125
    dear_cache = Price(100, 0, 125)
    assert worst_cost_micro_usd(dear_cache, input_tokens=1_000_000, output_tokens=0) == 125
