"""What do the gateway's wire formats cost beside the bare JSON of the same bodies?

    python benchmarks/wire.py

Requests of about 1 and 57 KB are read and rewritten, a stream of 100 events is relayed untouched, looked through, and
translated. Floor and product take turns; printed are the medians of the turns' ratios. The floor of a body is decoding
and encoding it, that of a stream is cutting it at blank lines and decoding its events. Ends with status 1 where a
request of 1 KB costs more than 12 times its floor, one of 57 KB more than 6 times, or an untouched stream more than
8 times.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from interlock.engine.gateway.wire.parsed import Parsed
from interlock.engine.gateway.wire.parsing import parse
from interlock.engine.gateway.wire.streams.relay import Relay
from interlock.engine.gateway.wire.translate.requests import request_for
from interlock.engine.gateway.wire.translate.streams import stream_for
from interlock.terms.gateway.wire import Wire

TURNS, TURN_S = 40, 0.01
EVENTS = 100
SENTENCE = "The customer asks where the parcel is that was sent on Monday. "
BARS = {"1 KB": 12.0, "57 KB": 6.0, "untouched": 8.0}


class AsItIs:
    """Looks through text and finds nothing."""

    def feed(self, text: str, /) -> str:
        return text

    def finish(self) -> str:
        return ""


def body(turns: int, sentences: int) -> bytes:
    """A chat request with so many turns of so many sentences."""
    roles = ["system", *(["user", "assistant"] * turns)][: turns + 1]
    messages = [{"role": role, "content": SENTENCE * sentences} for role in roles]
    request = {"model": "small", "messages": messages, "temperature": 0.2, "max_tokens": 100, "stream": True}
    return msgspec.json.encode(request)


def stream() -> bytes:
    """A chat completion in events of one word."""
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_760_000_000, "model": "s-1"}
    delta = {"index": 0, "delta": {"content": " parcel"}, "logprobs": None, "finish_reason": None}
    last = {"index": 0, "delta": {}, "logprobs": None, "finish_reason": "stop"}
    usage = {"prompt_tokens": 9, "completion_tokens": EVENTS, "total_tokens": EVENTS + 9}
    events: list[dict[str, Any]] = [{**head, "choices": [delta]}] * EVENTS
    events += [{**head, "choices": [last]}, {**head, "choices": [], "usage": usage}]
    return b"".join(b"data: " + json.dumps(one).encode() + b"\n\n" for one in events) + b"data: [DONE]\n\n"


def ratio(floor: Callable[[], object], product: Callable[[], object]) -> tuple[float, float]:
    """How many times the floor the product costs, and its microseconds."""
    ratios, costs = [], []
    for _ in range(TURNS):
        one, other = _cost_us(floor), _cost_us(product)
        ratios.append(other / one)
        costs.append(other)
    return statistics.median(ratios), statistics.median(costs)


def _cost_us(work: Callable[[], object]) -> float:
    calls, began_s, until_s = 0, time.perf_counter(), time.perf_counter() + TURN_S
    while time.perf_counter() < until_s:
        work()
        calls += 1
    return 1e6 * (time.perf_counter() - began_s) / calls


def read(wire: Wire, sent: bytes) -> Parsed:
    """A request that must be readable."""
    found = parse(wire, sent)
    if not isinstance(found, Parsed):
        raise TypeError(found)
    return found


def requests() -> list[tuple[str, float, float]]:
    """Read and rewrite, and translate."""
    rows = []
    for name, sent in (("1 KB", body(1, 7)), ("57 KB", body(95, 9))):
        floor = lambda sent=sent: msgspec.json.encode(msgspec.json.decode(sent))  # noqa: E731
        work = lambda sent=sent: read(Wire.CHAT, sent).rewritten(model="s-1", output_tokens_max=50)  # noqa: E731
        rows.append((name, *ratio(floor, work)))
        other = lambda sent=sent: request_for(read(Wire.CHAT, sent), Wire.MESSAGES, model="c-1")  # noqa: E731
        rows.append((f"{name}, translated", *ratio(floor, other)))
    return rows


def streams() -> list[tuple[str, float, float]]:
    """Relay a stream, a chunk an event."""
    sent = stream()
    chunks = [part + b"\n\n" for part in sent.split(b"\n\n")[:-1]]
    asked = read(Wire.MESSAGES, body(1, 7))

    def floor() -> None:
        for chunk in chunks[:-1]:
            msgspec.json.decode(chunk.partition(b"\n\n")[0][6:])

    def relayed(relay: Relay, parts: Sequence[bytes] = tuple(chunks)) -> None:
        for part in parts:
            relay.feed(part)
        if not relay.told.complete:
            raise RuntimeError(relay.told.error)

    return [
        ("untouched", *ratio(floor, lambda: relayed(Relay(Wire.CHAT)))),
        ("looked through", *ratio(floor, lambda: relayed(Relay(Wire.CHAT, filters=AsItIs)))),
        (
            "translated",
            *ratio(
                floor,
                lambda: relayed(Relay(Wire.CHAT, translation=stream_for(asked, Wire.CHAT, created=1_760_000_000))),
            ),
        ),
    ]


def main() -> int:
    """Measure, tell, and say whether the bars were held."""
    held = True
    for name, times, cost_us in [*requests(), *streams()]:
        bar = BARS.get(name)
        held &= bar is None or times <= bar
        told = "" if bar is None else f" (at most {bar:g}: {'held' if times <= bar else 'missed'})"
        print(f"{name}: {times:.1f} times the floor{told}, {cost_us:,.1f} us")
    print(f"a stream has {EVENTS + 3} events; medians of {TURNS} turns")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
