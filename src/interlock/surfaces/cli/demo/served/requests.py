"""Requests of an invented month, as the gateway would have recorded them: the same ones for the same day."""

import datetime as dt
import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from interlock.engine.gateway.pricing import cost_micro_usd, worst_cost_micro_usd
from interlock.engine.timestamp import stamp
from interlock.surfaces.cli.demo.served.senders import LARGE, MODELS, NEXT, PRICES, READER_DAY_MICRO_USD, SMALL, Sender
from interlock.terms.gateway.trace import HIT, MISS, Accepted, Attempt, Outcome
from interlock.terms.gateway.usage import Usage

Pair = tuple[Accepted, Outcome | None]
OPENS, OPEN_H = 7, 12.0  # at work from that hour on, for so long
WEEKEND = 0.35  # of an ordinary day's requests
OUTPUT_TOKENS_MAX = 4_096
MS_A_TOKEN, MS_BEFORE = 6.0, 260.0
# What becomes of a share of requests; the others are answered.
ENDS = (("secret", 0.006), ("injection", 0.004), ("model", 0.006), ("failed", 0.008), ("fell back", 0.02),
        ("broke", 0.004))  # fmt: skip
OVER_BUDGET = "limit gateway client micro_usd/day"
REFUSED = {"secret": 400, "injection": 400, "model": 403, OVER_BUDGET: 429}
# Of today: what a watch has to notice, and a budget that the newest of it does not fit into.
BURST_CLIENT, BURST, BURST_SIZE, BURST_OVER = "legal-reader", 34, 4.0, 7


@dataclass(frozen=True, slots=True)
class Told:
    """Chance that only looks like it: the same for the same request. Shares from 0 to under 1."""

    of: str
    digest: bytes = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", hashlib.sha256(f"authored sample {self.of}".encode()).digest())

    def share(self, number: int) -> float:
        """One of twelve."""
        return int.from_bytes(self.digest[2 * number : 2 * number + 2]) / 65_536


def day_of(sender: Sender, release: str, midnight: dt.datetime, now: dt.datetime, *, today: bool) -> Iterator[Pair]:
    """What it sent on a day, as far as that is over."""
    weekday = midnight.weekday() < 5
    spent = 0
    for number in range(round(sender.a_day * (1.0 if weekday else WEEKEND))):
        told = Told(f"{sender.client} {midnight:%Y-%m-%d} {number}")
        at = midnight + dt.timedelta(hours=OPENS + OPEN_H * told.share(0))
        if at < now:
            pairs = list(_request(sender, release, told, at))
            spent += _cost(pairs)
            yield from pairs
    if today and sender.client == BURST_CLIENT:
        for number in reversed(range(BURST)):
            told = Told(f"burst {midnight:%Y-%m-%d} {number}")
            at = max(midnight, now - dt.timedelta(minutes=3 + number))
            pairs = list(_request(sender, release, told, at, size=BURST_SIZE))
            if number < BURST_OVER or spent + _cost(pairs) > READER_DAY_MICRO_USD:
                pairs = list(_request(sender, release, told, at, size=BURST_SIZE, end=OVER_BUDGET))
            spent += _cost(pairs)
            yield from pairs


def _cost(pairs: list[Pair]) -> int:
    return sum(outcome.cost_micro_usd for _, outcome in pairs if outcome is not None)


def _request(
    sender: Sender, release: str, told: Told, at: dt.datetime, *, size: float = 1.0, end: str | None = None
) -> Iterator[Pair]:
    model = LARGE if told.share(1) < sender.large else SMALL
    end = end or _end(told.share(2))
    usage = Usage(_around(sender.input_tokens * size, told.share(3)), _around(sender.output_tokens, told.share(4)))
    begun = _accepted(sender, release, told, at, model, usage)
    if end in REFUSED:
        found = {"secret": ("secret:password",), "injection": ("injection",)}.get(end, ())
        yield (
            replace(begun, streams=False, found=found, redacted={}, reserved_micro_usd=0),
            Outcome(begun.id, begun.at, REFUSED[end], 1.1 + told.share(5), refused=end),
        )
        return
    outcome = _outcome(sender, begun, told, at, end, usage)
    yield begun, outcome
    if end is None and told.share(6) < sender.shadowed:
        yield _shadow(begun, outcome, told, at)


def _accepted(sender: Sender, release: str, told: Told, at: dt.datetime, model: str, usage: Usage) -> Accepted:
    personal = told.share(7) < sender.personal
    kinds = ("email", "phone") if told.share(8) < 0.3 else ("email",)
    price = MODELS[model].price
    return Accepted(
        id=f"sample-{told.digest.hex()[:20]}",
        at=stamp(at),
        client=sender.client,
        workflow=sender.workflow,
        release=release,
        wire=sender.wire,
        model=model,
        streams=told.share(9) < sender.streams,
        input_bytes=usage.input_tokens * 4,
        body_digest=told.digest.hex(),
        prompt=sender.prompt,
        parameters={"temperature": 0.2},
        redacted=dict.fromkeys(kinds, 1) if personal else {},
        reserved_micro_usd=worst_cost_micro_usd(
            price, input_tokens=usage.input_tokens * 4, output_tokens=OUTPUT_TOKENS_MAX
        ),
        key=sender.key,
    )


def _outcome(sender: Sender, begun: Accepted, told: Told, at: dt.datetime, end: str | None, usage: Usage) -> Outcome:
    if end is None and told.share(10) < sender.cached:
        return Outcome(begun.id, begun.at, 200, 2.0 + told.share(5), cache=HIT, response_model=begun.model)
    first, last = _attempt(begun.model, 5_000.0, failed=True), begun.model
    attempts: tuple[Attempt, ...] = (first,)
    latency_ms = MS_BEFORE * (1 + told.share(5)) + MS_A_TOKEN * usage.output_tokens
    if end == "failed":
        ended = stamp(at + dt.timedelta(seconds=10))
        return Outcome(begun.id, ended, 502, 10_020.0, attempts * 2, usage=Usage(0, 0))
    if end == "fell back":
        last, latency_ms = LARGE, latency_ms + first.latency_ms
    attempts = (*(attempts if end == "fell back" else ()), _attempt(last, latency_ms))
    cost = begun.reserved_micro_usd if end == "broke" else cost_micro_usd(MODELS[last].price, usage)
    return Outcome(
        id=begun.id,
        at=stamp(at + dt.timedelta(milliseconds=latency_ms)),
        status=200,
        latency_ms=round(latency_ms, 1),
        attempts=attempts,
        usage=None if end == "broke" else usage,
        cost_micro_usd=cost,
        prices_version=PRICES,
        response_model=MODELS[last].at_upstream,
        finish_reasons=() if end == "broke" else ("stop",),
        first_chunk_ms=round(latency_ms / 4, 1) if begun.streams else None,
        cache=MISS if sender.cached else "off",
        broken="upstream" if end == "broke" else None,
    )


def _attempt(model: str, latency_ms: float, *, failed: bool = False) -> Attempt:
    place = MODELS[model].upstream
    status, failure = (None, "timeout") if failed else (200, None)
    return Attempt(place, model, "eu", round(latency_ms, 1), status=status, failure=failure)


def _shadow(begun: Accepted, outcome: Outcome, told: Told, at: dt.datetime) -> Pair:
    """The next model, asked the same a moment later; both say the same in 19 of 20."""
    usage = outcome.usage or Usage(0, 0)
    latency_ms = round(outcome.latency_ms * (0.6 + 0.3 * told.share(11)), 1)
    id_ = f"{begun.id}-shadow"
    asked_at = stamp(at + dt.timedelta(milliseconds=outcome.latency_ms + 1))
    return (
        replace(begun, id=id_, at=asked_at, model=NEXT, streams=False),
        replace(
            outcome,
            id=id_,
            at=asked_at,
            latency_ms=latency_ms,
            attempts=(_attempt(NEXT, latency_ms),),
            cost_micro_usd=cost_micro_usd(MODELS[NEXT].price, usage),
            response_model=MODELS[NEXT].at_upstream,
            first_chunk_ms=None,
            shadow_of=begun.id,
            shadow_agrees=told.share(0) < 0.95,
        ),
    )


def _end(drawn: float) -> str | None:
    for name, share in ENDS:
        if drawn < share:
            return name
        drawn -= share
    return None


def _around(middling: float, drawn: float) -> int:
    """Between half of it and twice as much."""
    return max(1, round(middling * math.pow(4.0, drawn - 0.5)))
