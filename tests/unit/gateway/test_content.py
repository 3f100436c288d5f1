"""All texts of a request are looked at together first; that finds whatever is found in one of them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.engine.gateway.redaction.folding import folded
from interlock.engine.gateway.redaction.redacting import compiled
from interlock.engine.gateway.wire.parsed import Parsed
from interlock.engine.gateway.wire.parsing import parse
from interlock.flows.gateway.request.content import BETWEEN, Looked, look, redaction_of
from interlock.terms.gateway.content import Entity, PersonalKind
from interlock.terms.gateway.traffic import TrafficPlan
from interlock.terms.gateway.wire import Wire

REDACTION = compiled([kind.value for kind in PersonalKind], [Entity("Ada Byron"), Entity("AC-77")])
VALUES = [
    "ada@example.com", "+43 660 1234567", "4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00", "078-05-1120",
    "192.168.7.1", "2001:db8::1", "Ada Byron", "AC-77", "AKIAABCDEFGHIJKLMNOP", "password: Tr0ub4dor&3x", "[EMAIL-1]",
]  # fmt: skip
around = st.sampled_from(["", " ", ".", "7", "12 ", "(", "-", "@", "a", "x.", "\n", "12345678901234", "::", "+"])
texts = st.lists(st.tuples(around, st.sampled_from(["", *VALUES]), around).map("".join), min_size=1, max_size=5)


@given(texts)
def test_what_is_found_in_one_text_is_found_in_all_of_them_together(parts: list[str]) -> None:
    alone = any(REDACTION.spans(folded(part), literals=True) for part in parts)
    together = REDACTION.spans(folded(BETWEEN.join(parts)), literals=True)
    assert not alone or together


def test_what_one_text_has_around_it_changes_nothing_of_how_another_one_is_read() -> None:
    plan = TrafficPlan(models=("small",), redact=("email", "ip_address"))
    for texts in (
        ('a "quoted" word', "OFFICE\\rk@example.com"),
        ("", ".192.168.7.1"),
        ("x", "to\\u0040x ana\\u0040example.com"),
    ):
        turns = [{"role": "user", "content": text} for text in texts]
        body = json.dumps({"model": "small", "messages": turns}).encode()
        parsed = parse(Wire.CHAT, body)
        assert isinstance(parsed, Parsed)
        looked = look(parsed, plan)
        assert isinstance(looked, Looked)
        assert sum(looked.redacted.values()) == 1, texts


@pytest.mark.parametrize("value", VALUES)
def test_each_value_is_found_at_the_end_of_a_text_that_another_one_follows(value: str) -> None:
    assert REDACTION.spans(folded(BETWEEN.join([f"it is {value}", "12 and more"])), literals=True)


def test_one_tenants_values_are_not_made_ready_by_another_one() -> None:
    values = (Entity("Ada Byron"),)
    norths = redaction_of(TrafficPlan(), values, tenant="north")
    assert redaction_of(TrafficPlan(), values, tenant="north") is norths
    assert redaction_of(TrafficPlan(), values, tenant="south") is not norths
