"""Answers that are given again, tiers, and a second model in the shadow of the first: through a real gateway."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway_gate import Gate, gate
from gateway_upstream.behaviour import Behaviour
from interlock.terms.gateway.traffic import CacheMode, TrafficPlan
from interlock.wiring.run_time import open_address

PLANS = {
    "kept": TrafficPlan(models=("small",), cache=CacheMode.EXACT, redact=("email",)),
    "also-kept": TrafficPlan(models=("small",), cache=CacheMode.EXACT, redact=("email",)),
    "tiers": TrafficPlan(models=("small", "claude"), escalate_below=0.8),
    "shadowed": TrafficPlan(models=("small",), shadow_model="claude", shadow_share=1.0),
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Gate, Path]]:
    folder = tmp_path_factory.mktemp("gate")
    with gate(folder, PLANS) as one:
        yield one, folder / "store.db"


def ask(gate_: Gate, workflow: str, text: str, **more: Any) -> tuple[dict[str, str], bytes]:
    body = {"model": "small", "messages": [{"role": "user", "content": text}], **more}
    request = urllib.request.Request(
        f"{gate_.base_url}/chat/completions",
        json.dumps(body).encode(),
        {"authorization": f"Bearer {gate_.keys[workflow]}", "content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return dict(answer.headers), answer.read()


def content(body: bytes) -> str:
    return str(json.loads(body)["choices"][0]["message"]["content"])


@pytest.fixture(autouse=True)
def _as_it_began(house: tuple[Gate, Path]) -> None:
    house[0].upstream.clear()


@pytest.mark.parametrize("streams", [False, True])
def test_an_answer_is_given_again_to_the_same_workflow_alone(house: tuple[Gate, Path], streams: bool) -> None:
    one, _ = house
    one.upstream.always = Behaviour(echo=True)
    text = f"kept {streams}: write to ada@example.com"
    first, body = ask(one, "kept", text, stream=streams)
    again, same = ask(one, "kept", text, stream=streams)
    assert (first["interlock-cache"], again["interlock-cache"]) == ("miss", "hit")
    assert body == same
    # What was taken out is no part of what is kept: another address gets itself back.
    other, others = ask(one, "kept", text.replace("ada", "ben"), stream=streams)
    assert other["interlock-cache"] == "hit"
    assert b"ben@example.com" in others.replace(b"\n", b"")
    assert b"ada@example.com" not in others
    elsewhere, _ = ask(one, "also-kept", text, stream=streams)
    assert elsewhere["interlock-cache"] == "miss"
    assert len(one.upstream.received) == 2


def test_a_broken_answer_is_not_kept(house: tuple[Gate, Path]) -> None:
    one, _ = house
    one.upstream.always = Behaviour(without_end=True)
    ask(one, "kept", "cut off", stream=True)
    one.upstream.always = Behaviour()
    headers, _ = ask(one, "kept", "cut off", stream=True)
    assert headers["interlock-cache"] == "miss"


@pytest.mark.parametrize(
    ("first", "model"),
    [
        ('{"label": "a", "confidence": 0.9}', "small"),
        ('{"label": "a", "confidence": 0.3}', "claude"),
        ('{"label": "a"}', "claude"),
    ],
)
def test_an_unsure_answer_is_asked_of_the_next_tier(house: tuple[Gate, Path], first: str, model: str) -> None:
    one, _ = house
    one.upstream.then(Behaviour(text=first), Behaviour(text="the better answer"))
    headers, body = ask(one, "tiers", "how sure?", model="auto")
    assert headers["interlock-model"] == model
    assert content(body) == (first if model == "small" else "the better answer")


def test_where_the_next_tier_fails_the_first_answer_stands(house: tuple[Gate, Path]) -> None:
    one, _ = house
    one.upstream.then(Behaviour(text="unsure"), *(Behaviour(status=500),) * 2)
    headers, body = ask(one, "tiers", "how sure?", model="auto")
    assert (headers["interlock-model"], content(body)) == ("small", "unsure")


def test_a_shadow_is_asked_the_same_and_its_answer_goes_to_nobody(house: tuple[Gate, Path]) -> None:
    one, store = house
    one.upstream.then(Behaviour(text="refund"), Behaviour(text=" Refund "))
    headers, body = ask(one, "shadowed", "which label?")
    assert content(body) == "refund"
    outcome = loaded(store, headers["interlock-request"] + "-shadow")
    assert outcome["shadow_of"] == headers["interlock-request"]
    assert outcome["shadow_agrees"] is True
    assert [one.path for one in one.upstream.received] == ["/v1/chat/completions", "/v1/messages"]


def loaded(store: Path, request: str) -> dict[str, Any]:
    """The outcome of a request, once its segment is sealed and loaded."""
    adapters = open_address(str(store))
    try:
        for _ in range(100):
            with adapters.store.reading() as reading:
                row = reading.traffic_of(request)
            if row is not None and row.outcome is not None:
                return dict(row.outcome)
            time.sleep(0.1)
    finally:
        adapters.close()
    raise AssertionError(f"{request} was never loaded")
