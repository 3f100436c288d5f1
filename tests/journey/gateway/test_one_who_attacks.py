"""Somebody who knows the gateway well, and has a key: spending others' money, and leaving after a kill."""

import json
import os
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from gateway_gate import NOBODY
from gateway_house import PRICE, place
from gateway_in_process import Inside, inside
from gateway_upstream.behaviour import Behaviour
from gateway_upstream.played import PlayedUpstream
from governed import BEN
from interlock.flows.action.kill import fence
from interlock.ports.gateway.upstream import UpstreamAnswer
from interlock.terms.gateway.definition import ModelUpstream, Price
from interlock.terms.gateway.traffic import CacheMode, Of, Per, TrafficLimit, TrafficPlan, Unit
from interlock.wiring.run_time import open_address

CHAT = "/v1/chat/completions"
DEAR = Price(PRICE.input_micro_usd * 100, PRICE.output_micro_usd * 100)
DOWN, UNSURE = Behaviour(status=500), Behaviour(text='{"confidence": 0.1}')
ENOUGH_FOR_CHEAP = 1_000  # micro-dollars; the dear one may cost a hundred times that


def limit(unit: Unit, most: int, model: str | None = None) -> TrafficLimit:
    return TrafficLimit(Of.CLIENT, unit, Per.DAY, most, model=model)


def body(model: str = "cheap", **more: Any) -> Sequence[bytes]:
    asked = {"model": model, "messages": [{"role": "user", "content": "How large is it?"}], "max_tokens": 100, **more}
    return [json.dumps(asked).encode()]


def places(**of_cheap: Any) -> Any:
    cheap = {"fallbacks": ("dear",), "retries_max": 0, **of_cheap}
    return [place("cheap", NOBODY, model=cheap), place("dear", NOBODY, model={"price": DEAR, "retries_max": 0})]


class Meanwhile(PlayedUpstream):
    """Something happens while the first request is there."""

    def __init__(self, happens: Callable[[], object] | None) -> None:
        super().__init__()
        self._happens = happens

    async def send(self, place: ModelUpstream, path: str, body: bytes) -> UpstreamAnswer:
        happens, self._happens = self._happens, None
        if happens is not None:
            happens()
        return await super().send(place, path, body)


def asked_at(one: Inside) -> list[str]:
    return [place.name.removeprefix("at-") for place, _, _ in one.upstream.received]


@pytest.mark.parametrize(
    "limits",
    [(limit(Unit.MICRO_USD, ENOUGH_FOR_CHEAP),), (limit(Unit.REQUESTS, 1, "dear"),)],
    ids=["money", "requests of the model"],
)
def test_a_fallback_counts_by_its_own_price_and_limits(tmp_path: Path, limits: tuple[TrafficLimit, ...]) -> None:
    plan = TrafficPlan(models=("cheap", "dear"), limits=limits)
    with inside(tmp_path, plans={"scarce": plan}, places=places()) as one:
        if limits[0].model:
            assert one.ask(CHAT, body("dear"), client="scarce").status == 200
            one.upstream.received.clear()
        one.upstream.then(DOWN)
        refused = one.ask(CHAT, body(), client="scarce")
        assert (refused.status, asked_at(one)) == (429, ["cheap"])
        assert one.ask(CHAT, body(), client="scarce").status == 200


def test_a_fallback_is_charged_once_and_what_it_did_not_cost_goes_back(tmp_path: Path) -> None:
    plan = TrafficPlan(models=("cheap", "dear"), limits=(limit(Unit.REQUESTS, 3), limit(Unit.MICRO_USD, 10**6)))
    with inside(tmp_path, plans={"scarce": plan}, places=places()) as one:
        for _ in range(3):
            one.upstream.then(DOWN)
            assert one.ask(CHAT, body(), client="scarce").status == 200
        assert asked_at(one) == ["cheap", "dear"] * 3
        assert one.ask(CHAT, body(), client="scarce").status == 429


@pytest.mark.parametrize("killed", [False, True])
@pytest.mark.parametrize(
    ("plan", "first", "asked"),
    [
        (TrafficPlan(models=("cheap",)), DOWN, ["cheap", "dear"]),
        (TrafficPlan(models=("cheap",)), Behaviour(status=503), ["cheap", "cheap"]),
        (TrafficPlan(models=("cheap", "dear"), escalate_below=0.9), UNSURE, ["cheap", "dear"]),
        (TrafficPlan(models=("cheap",), shadow_model="dear", shadow_share=1.0), Behaviour(), ["cheap", "dear"]),
    ],
    ids=["fallback", "retry", "next tier", "shadow"],
)
def test_nothing_is_tried_again_after_a_kill(
    tmp_path: Path, plan: TrafficPlan, first: Behaviour, asked: list[str], killed: bool
) -> None:
    def halt() -> None:
        opened = open_address(str(tmp_path / "store.db"))
        fence(opened.store, "workflow:busy", by=BEN, reason="drill", clock=opened.clock)
        opened.close()

    busy = places(retries_max=int(first.status == 503))
    meanwhile = Meanwhile(halt if killed else None)
    with inside(tmp_path, plans={"busy": plan}, places=busy, upstream=meanwhile) as one:
        one.upstream.then(first)
        one.ask(CHAT, body("auto" if plan.escalate_below else "cheap"), client="busy")
    assert asked_at(one) == (["cheap"] if killed else asked)


def test_a_file_passes_nowhere_where_tokens_are_limited(tmp_path: Path) -> None:
    file = {"type": "file", "file": {"file_data": "data:application/pdf;base64,JVBERi0=", "filename": "a.pdf"}}
    plans = {
        "tokens": TrafficPlan(models=("cheap",), limits=(limit(Unit.TOKENS, 10**6),)),
        "requests": TrafficPlan(models=("cheap",), limits=(limit(Unit.REQUESTS, 10**6),)),
    }
    with inside(tmp_path, plans=plans, places=places()) as one:
        asked = body(messages=[{"role": "user", "content": [file]}])
        refused = one.ask(CHAT, asked, client="tokens")
        assert (refused.status, b"tokens or money are limited" in refused.body) == (400, True)
        assert one.ask(CHAT, asked, client="requests").status == 200


def test_the_name_of_a_request_tells_nothing_of_others(tmp_path: Path) -> None:
    with inside(tmp_path, plans={"plain": TrafficPlan(models=("cheap",))}, places=places()) as one:
        names = [dict(one.ask(CHAT, body(), client="plain").headers)[b"interlock-request"].decode() for _ in range(3)]
    ends = {name.rpartition("-")[2] for name in names}
    assert len(ends) == len(names)
    assert all(len(end) == 18 and int(end, 16) for end in ends), names
    assert not any(socket.gethostname() in name or f"-{os.getpid()}-" in name for name in names)


def test_what_an_upstream_says_of_itself_is_kept_short(tmp_path: Path) -> None:
    long = "x" * 100_000
    choices = [{"index": 0, "finish_reason": long, "message": {"role": "assistant", "content": "Hi"}}]
    usage = {"prompt_tokens": 5, "completion_tokens": 5, "total_tokens": 10}
    raw = json.dumps({"id": long, "model": long, "object": "chat.completion", "choices": choices * 9, "usage": usage})
    with inside(tmp_path, plans={"plain": TrafficPlan(models=("cheap",))}, places=places()) as one:
        one.upstream.always = Behaviour(raw=raw)
        assert one.ask(CHAT, body(), client="plain").status == 200
        outcome = one.records[-1]
    assert (len(outcome.response_id), len(outcome.response_model), len(outcome.finish_reasons[0])) == (200, 200, 200)


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_that_is_too_large_is_not_read_and_on_record(tmp_path: Path, announced: bool) -> None:
    plans = {"small": TrafficPlan(models=("cheap",), input_bytes_max=100_000)}
    with inside(tmp_path, plans=plans, places=places()) as one:
        pieces = [b"x" * 60_000] * 3
        more = [(b"content-length", b"180000")] if announced else []
        refused = one.ask(CHAT, pieces, client="small", more=more)
        assert (refused.status, b"100,000 bytes" in refused.body) == (413, True)
        assert (one.records[-1].refused, one.records[-2].input_bytes) == ("input_bytes_max", 0)
        assert one.bare(CHAT, pieces, more).status == 401


@pytest.mark.parametrize("streams", [False, True])
@pytest.mark.parametrize(
    ("reason", "kept"), [("stop", True), ("length", True), ("content_filter", False), (None, False)]
)
def test_what_was_taken_away_or_never_said_is_not_given_again(
    tmp_path: Path, reason: str | None, kept: bool, streams: bool
) -> None:
    plan = TrafficPlan(models=("cheap",), cache=CacheMode.EXACT)
    usage = {"prompt_tokens": 1, "completion_tokens": 1}
    words = {"role": "assistant", "content": "x"}
    said = {"index": 0, "delta" if streams else "message": words, "finish_reason": reason}
    raw = json.dumps({"choices": [] if reason is None else [said], "usage": usage})
    with inside(tmp_path, plans={"kept": plan}, places=places()) as one:
        one.upstream.then(Behaviour(raw=f"data: {raw}\n\ndata: [DONE]\n\n" if streams else raw))
        for _ in range(2):
            assert one.ask(CHAT, body(stream=streams), client="kept").status == 200
        assert len(asked_at(one)) == (1 if kept else 2)
