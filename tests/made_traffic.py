"""Traffic of the gateway, authored for tests and pictures: every kind of end, of three workflows, and strangers."""

import datetime as dt
from collections.abc import Iterator

from interlock.engine.timestamp import stamp
from interlock.flows.gateway.evidence.rows import kept_row, row_of
from interlock.ports.gateway.traffic import TrafficRow
from interlock.ports.store import Store
from interlock.terms.gateway.trace import Accepted, Attempt, Outcome
from interlock.terms.gateway.ungoverned import Ungoverned
from interlock.terms.gateway.usage import Usage

SEGMENT = "authored-0001"
MODELS = ("small", "large")
DIGEST = "5f" * 32


def accepted(id_: str, at: str, workflow: str, tenant: str | None, **more: object) -> Accepted:
    fields: dict[str, object] = {
        "id": id_,
        "at": at,
        "client": f"app-of-{tenant or 'all'}",
        "workflow": workflow,
        "release": "sha256:" + "ab" * 32,
        "wire": "openai",
        "model": "small",
        "streams": False,
        "input_bytes": 1_840,
        "body_digest": DIGEST,
        "tenant": tenant,
        "parameters": {"temperature": 0.2, "max_tokens": 512},
        "reserved_micro_usd": 2_100,
    }
    return Accepted(**{**fields, **more})  # type: ignore[arg-type]


def outcome(id_: str, at: str, **more: object) -> Outcome:
    fields: dict[str, object] = {
        "id": id_,
        "at": at,
        "status": 200,
        "latency_ms": 640.0,
        "attempts": (Attempt("eu", "small", "eu", 630.0, status=200),),
        "usage": Usage(460, 120, 40),
        "cost_micro_usd": 1_310,
        "prices_version": "2026-11",
        "response_model": "small-2026-10",
        "finish_reasons": ("stop",),
    }
    return Outcome(**{**fields, **more})  # type: ignore[arg-type]


def rows(workflow: str, tenant: str | None, now: dt.datetime) -> Iterator[TrafficRow]:
    """One of each end, a quarter of an hour apart, the newest just before `now`."""
    fell_back = (
        Attempt("eu", "small", "eu", 5_000.0, failure="timeout"),
        Attempt("eu", "large", "eu", 900.0, status=200),
    )
    ends: tuple[tuple[dict[str, object], dict[str, object] | None], ...] = (
        ({}, {}),
        (
            {"streams": True, "redacted": {"email": 2, "iban": 1}},
            {"first_chunk_ms": 210.0, "redacted_output": {"phone": 1}},
        ),
        ({"wire": "anthropic", "model": "auto"}, {"attempts": fell_back, "latency_ms": 5_910.0}),
        ({}, {"cache": "hit", "attempts": (), "usage": None, "cost_micro_usd": 0, "latency_ms": 3.1}),
        (
            {"found": ("injection",), "rules": ("no-injection",)},
            {
                "status": 400,
                "refused": "injection",
                "attempts": (),
                "usage": None,
                "cost_micro_usd": 0,
                "latency_ms": 1.2,
                "response_model": None,
                "finish_reasons": (),
            },
        ),
        (
            {},
            {
                "status": 502,
                "attempts": (Attempt("eu", "small", "eu", 40.0, failure="connect"),),
                "usage": None,
                "latency_ms": 60.0,
                "response_model": None,
                "finish_reasons": (),
            },
        ),
        ({"streams": True}, {"broken": "upstream", "usage": None, "cost_micro_usd": 2_100}),
        (
            {"wire": "mcp", "model": "desk/close_ticket"},
            {
                "attempts": (),
                "usage": None,
                "cost_micro_usd": 0,
                "latency_ms": 88.0,
                "response_model": None,
                "finish_reasons": (),
            },
        ),
        ({}, None),
    )
    for number, (begun, ended) in enumerate(ends):
        at = stamp(now - dt.timedelta(minutes=15 * (number + 1)))
        id_ = f"req-{workflow[:3]}-{number}"
        yield row_of(
            accepted(id_, at, workflow, tenant, **begun), None if ended is None else outcome(id_, at, **ended), SEGMENT
        )


def load(store: Store, workflows: dict[str, str | None], now: dt.datetime) -> None:
    """Put it all into a store, with callers that nobody knows."""
    at = stamp(now)
    strangers = (
        Ungoverned("203.0.113.0/24", "openai", "large", "unknown_caller", 41, at, at),
        Ungoverned("2001:db8:7::/48", "anthropic", "", "unknown_caller", 3, at, at),
    )
    with store.transaction() as tx:
        tx.load_traffic([kept_row(row) for name, tenant in workflows.items() for row in rows(name, tenant, now)])
        tx.count_ungoverned(strangers)
