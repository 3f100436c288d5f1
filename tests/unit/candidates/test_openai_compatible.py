"""The outside candidate against a server on this machine."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from interlock.adapters.candidates.address import Address
from interlock.adapters.candidates.crew import in_crew
from interlock.adapters.candidates.openai_compatible import OpenAICompatible, pause_seconds
from interlock.ports.progress import silent
from interlock.terms.errors import Unavailable

GOOD = {"label": "card", "confidence": 0.5}
# (number of the request, its body and headers) -> (status, headers, body)
Respond = Callable[[int, dict[str, Any], Any], tuple[int, dict[str, str], bytes]]


def completion(content: Any = GOOD) -> bytes:
    return json.dumps({"choices": [{"message": {"content": json.dumps(content)}}]}).encode()


@contextmanager
def serving(respond: Respond) -> Iterator[str]:
    count = iter(range(1_000_000))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, headers, content = respond(next(count), body, self.headers)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def candidate(base: str, *, key: str | None = None) -> OpenAICompatible:
    return OpenAICompatible(Address(base, "m", None, None), key=key, wait_seconds=0.01)


def fitted(base: str, *, key: str | None = None) -> OpenAICompatible:
    one = candidate(base, key=key)
    one.fit(["a lost card", "a refund"], ["card", "refund"], progress=silent)
    return one


def test_it_answers_in_order_with_its_key() -> None:
    keys = set()

    def respond(number: int, body: dict[str, Any], headers: Any) -> tuple[int, dict[str, str], bytes]:
        keys.add(headers["Authorization"])
        label = "refund" if "refund" in body["messages"][1]["content"] else "card"
        return 200, {}, completion({"label": label, "confidence": 0.5})

    with serving(respond) as base:
        answers = fitted(base, key="k-1").answer(["refund", "card", "refund"] * 10, progress=silent)
    assert [answer.label for answer in answers] == ["refund", "card", "refund"] * 10
    assert all(answer.latency_ms is not None for answer in answers)
    assert keys == {"Bearer k-1"}


@pytest.mark.parametrize("status", [429, 500, 503])
def test_it_tries_again_where_that_may_help(status: int) -> None:
    def respond(number: int, body: dict[str, Any], headers: Any) -> tuple[int, dict[str, str], bytes]:
        return (status, {"Retry-After": "0"}, b"busy") if number < 2 else (200, {}, completion())

    with serving(respond) as base:
        assert [answer.label for answer in fitted(base).answer(["x"], progress=silent)] == ["card"]


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("100000", 60.0), (None, 2.0), ("Fri, 31 Dec", 2.0)])
def test_a_server_may_say_how_long_to_wait_within_reason(header: str | None, seconds: float) -> None:
    assert pause_seconds(1, own_seconds=1.0, retry_after=header) == seconds


@pytest.mark.parametrize(("status", "requests"), [(401, 1), (404, 1), (400, 1), (503, 3)])
def test_an_address_that_refuses_is_found_by_one_probe(status: int, requests: int) -> None:
    seen = []

    def respond(number: int, body: dict[str, Any], headers: Any) -> tuple[int, dict[str, str], bytes]:
        seen.append(number)
        return status, {}, b"the key k-1 is not known here"

    with serving(respond) as base, pytest.raises(Unavailable) as refusal:
        fitted(base, key="k-1")
    assert f"HTTP {status}: the key [key] is not known here" in str(refusal.value)
    assert len(seen) == requests


def test_an_address_where_nobody_listens() -> None:
    with serving(lambda number, body, headers: (200, {}, b"")) as base:
        pass
    with pytest.raises(Unavailable, match="cannot be used: ConnectError"):
        fitted(base)


def test_an_address_that_dies_is_not_asked_for_ever() -> None:
    seen = []

    def respond(number: int, body: dict[str, Any], headers: Any) -> tuple[int, dict[str, str], bytes]:
        seen.append(number)
        return (200, {}, completion()) if number == 0 else (400, {}, b"no more")

    with serving(respond) as base:
        answers = fitted(base).answer(["x"] * 200, progress=silent)
    assert [answer.confidence for answer in answers] == [0.0] * 200
    assert {answer.error for answer in answers} == {
        "HTTP 400: no more",
        "not asked: 20 requests in a row had failed",
    }
    assert len(seen) < 60


def test_an_endless_reply_is_cut() -> None:
    def respond(number: int, body: dict[str, Any], headers: Any) -> tuple[int, dict[str, str], bytes]:
        return 200, {}, completion() if number == 0 else b"x" * 1_100_000

    with serving(respond) as base:
        (answer,) = fitted(base).answer(["x"], progress=silent)
    assert answer.error == "a reply of more than 1000000 bytes"


def test_facts_never_hold_the_key() -> None:
    with serving(lambda number, body, headers: (200, {}, completion())) as base:
        one = fitted(base, key="k-1")
    assert "k-1" not in repr(one.facts) + one.description + one.name
    assert one.facts["address"] == base


def test_what_goes_wrong_in_a_thread_is_raised_here() -> None:
    def work(item: int, stop: threading.Event) -> int:
        if item == 3:
            raise ZeroDivisionError("three")
        return item

    with pytest.raises(ZeroDivisionError, match="three"):
        in_crew(work, range(10), 2, silent)
    assert in_crew(lambda item, stop: item * 2, range(10), 3, silent) == [item * 2 for item in range(10)]
    assert in_crew(lambda item, stop: item, (), 3, silent) == []
