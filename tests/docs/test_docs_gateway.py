"""The gateway's reference lists the facts of rules, and each kind of refusal as clients see it."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from governed import DEFINITION
from interlock.engine.gateway.wire.refusals import refusal_body
from interlock.terms.gateway.edge import TRAFFIC_ACTION, TRAFFIC_FACTS, traffic_edge
from interlock.terms.gateway.refusal import Refusal, RefusalKind
from interlock.terms.gateway.traffic import TrafficPlan
from interlock.terms.gateway.wire import Wire
from interlock.terms.policy import EdgeFacts
from interlock.wiring.run_time import guardrail

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "gateway.md").read_text("utf-8")
NOTHING: dict[str, int | bool | str] = {"integer": 0, "boolean": False, "string": "x"}
ROWS = re.findall(r"^\|[^|]+\| (\d{3}) \| `(\w+)`, (?:`(\w+)`|the same) \| (?:`(\w+)`)? ?\|$", PAGE, re.MULTILINE)


def test_every_fact_of_a_rule_is_listed() -> None:
    listed = {
        name
        for line in PAGE.splitlines()
        if line.startswith("|")
        for name in re.findall(r"context\.facts\.(\w+)", line)
    }
    assert listed == set(TRAFFIC_FACTS)


@pytest.mark.parametrize(("injection", "tools", "allowed"), [(600, 1, False), (600, 0, True), (100, 1, True)])
def test_the_rule_on_the_page_does_what_its_name_says(injection: int, tools: int, *, allowed: bool) -> None:
    rule = re.search(r"^(@id\(.*?\};)$", PAGE, re.MULTILINE | re.DOTALL)
    assert rule is not None
    edge = traffic_edge(replace(DEFINITION, traffic=TrafficPlan(models=("small",), policy=(rule[1],))))
    facts = {name: NOTHING[kind.value] for name, kind in TRAFFIC_FACTS.items()}
    asked = EdgeFacts(
        "triage",
        TRAFFIC_ACTION,
        "small",
        "2026-11-26T10:00:00Z",
        extra={**facts, "injection": injection, "tools": tools},
    )
    answer = guardrail().check("page/traffic", edge, asked)
    assert (answer.allowed, answer.failed) == (allowed, False)
    assert allowed or answer.rules == ("what reads like an attack gets no tools",)


@pytest.mark.parametrize("kind", RefusalKind)
def test_every_kind_of_refusal_is_listed_as_clients_see_it(kind: RefusalKind) -> None:
    refusal = Refusal(kind, "a rule", "words")
    openai = json.loads(refusal_body(Wire.CHAT, refusal))["error"]
    anthropic = json.loads(refusal_body(Wire.MESSAGES, refusal))["error"]
    code = "" if openai["code"] == "a_rule" else openai["code"]
    other = "" if anthropic["type"] == openai["type"] else anthropic["type"]
    assert (str(refusal.status), openai["type"], other, code) in ROWS
