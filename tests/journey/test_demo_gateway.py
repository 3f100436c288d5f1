"""`interlock demo gateway`: what it tells is what happened, and it says so where it did not."""

import json
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from commandline import Run
from interlock.adapters.gateway.stand_in.server import stand_in
from interlock.surfaces.cli.demo.gateway import setting
from interlock.surfaces.cli.demo.gateway.cast import DESK, PLANS
from interlock.terms.errors import Unavailable

Body = Mapping[str, Any]


def test_it_happens_as_told_and_is_on_record(run: Run) -> None:
    before = set(threading.enumerate())
    made = run("demo", "gateway", "--store", "made.db", "--json")
    assert made.status == 0, made.out
    assert made.json["holds"] is True
    assert len(made.json["steps"]) == 9
    left = [dict(step["lines"])["left"] for step in made.json["steps"]]
    assert left[1] == "Write to [NAME-1] ([EMAIL-1]): her parcel is late. She is at [PHONE-1]."
    assert left[3:] == ["nothing"] * 6
    record = made.json["record"]
    assert (record["traffic"]["requests"], record["strangers"]) == (9, 1)
    assert record["limits"][0]["name"] == "report-app"
    assert 0 < record["limits"][0]["used"] <= record["limits"][0]["most"]
    checked = run("gateway", "verify", "--store", "made.db", "--json")
    assert (checked.status, checked.json["requests"]) == (0, 9)
    assert set(threading.enumerate()) <= before, "both servers have ended"
    again = run("demo", "gateway", "--store", "made.db")
    assert again.status == 2
    assert "holds records already" in again.err


def test_what_does_not_happen_is_told_and_ends_it_with_1(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    careless = replace(PLANS[DESK], redact=())
    monkeypatch.setattr(setting, "PLANS", {**PLANS, DESK: careless})
    ended = run("demo", "gateway")
    assert ended.status == 1
    assert "✗ An e-mail address" in ended.out
    assert "✓ A plain question" in ended.out
    assert "left    Write to [NAME-1] (ada.byron@example.com)" in ended.out


@pytest.fixture
def model() -> Iterator[tuple[str, list[str]]]:
    heard: list[str] = []
    with stand_in(heard.append) as base_url:
        yield base_url, heard


def _post(url: str, body: Body) -> tuple[int, str]:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as exc:
        return exc.code, exc.read().decode()


def test_the_stand_in_says_what_it_is_and_keeps_to_what_it_is_asked_for(model: tuple[str, list[str]]) -> None:
    base_url, heard = model
    asked = {
        "model": "any",
        "max_tokens": 3,
        "messages": [{"role": "user", "content": [{"type": "text", "text": "x"}]}],
    }
    status, body = _post(f"{base_url}/messages", asked)
    answer = json.loads(body)
    assert (status, answer["content"][0]["text"]) == (200, "[stand-in, n")
    assert (answer["stop_reason"], answer["usage"]) == ("max_tokens", {"input_tokens": 1, "output_tokens": 3})
    assert json.loads(heard[0]) == asked
    status, body = _post(f"{base_url}/chat/completions", {"model": "any", "messages": []})
    assert (status, "needs a model and messages" in body) == (400, True)


def test_a_port_that_is_taken_is_told(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Unavailable, match="--port names another one"), stand_in(print, port=port):
            pass
        ended = run("demo", "model", "--port", str(port))
        assert ended.status == 3
        assert "cannot listen" in ended.err
