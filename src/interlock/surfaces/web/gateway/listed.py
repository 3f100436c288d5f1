"""What the list of requests, the page of one, and the page of strangers show."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from interlock.flows.gateway.evidence.rows import accepted_of, outcome_of
from interlock.ports.gateway.traffic import TrafficRow
from interlock.surfaces.web.cells import Link, Moment, Status, Words
from interlock.surfaces.web.gateway.asked import DAYS, period
from interlock.surfaces.web.gateway.overview import usd
from interlock.surfaces.web.states import ERROR, FAILED, INCONCLUSIVE, PASSED, State, said
from interlock.surfaces.web.tables import Column, Filter, Table
from interlock.terms import words
from interlock.terms.gateway.trace import CLIENT_LEFT, GIVEN_AGAIN, Accepted, Outcome
from interlock.terms.gateway.ungoverned import Ungoverned
from interlock.terms.gateway.usage import Usage

FAILED_FROM = 400
ID_MAX = 16  # characters of an id in a list; its page has all
NONE = "–"


def state_of(row: TrafficRow) -> State:
    """How a request ended."""
    if row.status is None:
        return said(INCONCLUSIVE, "End not known")
    if row.refused is not None:
        return said(FAILED, "Refused")
    broken = None if row.outcome is None else row.outcome.get("broken")
    if broken == CLIENT_LEFT:
        return said(INCONCLUSIVE, "Client left")
    if row.status >= FAILED_FROM:
        return said(ERROR, f"Failed ({row.status})")
    if broken:
        return said(ERROR, "Broke off")
    return said(PASSED, "From the cache" if row.cache in GIVEN_AGAIN else "Answered")


def list_title(rows: Sequence[TrafficRow], *, more: bool) -> str:
    """The conclusion of a page of the list: how those on it ended."""
    ends = Counter(state_of(row).word.partition(" (")[0] for row in rows)
    if not rows:
        return "No request is here"
    told = ", ".join(f"{words.count(n)} {end.lower()}" for end, n in ends.most_common())
    return f"{words.plural(len(rows), 'request')}{' of more' if more else ''}: {told}"


def request_href(row: TrafficRow) -> str:
    """The page of a request."""
    return f"/gateway/requests/{quote(row.id, safe='')}"


def _end(row: TrafficRow) -> Status:
    return Status(state_of(row), row.refused or "")


def _workflow(row: TrafficRow) -> Link:
    return Link(row.workflow, f"/workflows/{quote(row.workflow, safe='')}")


def _cost(row: TrafficRow) -> Words:
    return Words(usd(row.cost_micro_usd))


def _took(row: TrafficRow) -> Words:
    return Words(_ms(row.latency_ms))


def _model(row: TrafficRow) -> Words:
    other = row.model_used not in ("", row.model_asked)
    return Words(row.model_asked, f"answered by {row.model_used}" if other else "")


LIST: Table[TrafficRow] = Table(
    "/gateway/requests",
    "Requests, newest first",
    (
        Column(
            "id",
            "Request",
            lambda row: row.id,
            lambda row: Link(words.shorten(row.id, ID_MAX), request_href(row)),
            sortable=False,
        ),
        Column("at", "Came", lambda row: row.at, lambda row: Moment(row.at), sortable=False),
        Column("end", "End", lambda row: state_of(row).word, _end, sortable=False),
        Column("status", "Status", lambda row: row.status, numeric=True, sortable=False),
        Column("workflow", "Workflow", lambda row: row.workflow, _workflow, sortable=False),
        Column("client", "Client", lambda row: row.client, lambda row: Words(row.client, row.tenant), sortable=False),
        Column("model_asked", "Model", lambda row: row.model_asked, _model, sortable=False),
        Column(
            "model_used",
            "Answered by",
            lambda row: row.model_used,
            lambda row: Words(row.model_used, row.region),
            sortable=False,
        ),
        Column("region", "Region", lambda row: row.region, sortable=False, in_files_only=True),
        Column("input_tokens", "Tokens in", lambda row: row.input_tokens, numeric=True, sortable=False),
        Column("output_tokens", "Tokens out", lambda row: row.output_tokens, numeric=True, sortable=False),
        Column("cost_micro_usd", "Cost", lambda row: row.cost_micro_usd, _cost, numeric=True, sortable=False),
        Column("latency_ms", "Took", lambda row: row.latency_ms, _took, numeric=True, sortable=False),
    ),
    "Nothing passed the gateway yet. Make a key under Settings, and give an application the gateway's address.",
    (
        Filter("workflow", "Workflow"),
        Filter("client", "Client"),
        Filter("amiss", "End", options=(("1", "refused, failed or not known"),)),
        Filter("since", "From (UTC)"),
        Filter("until", "Before (UTC)"),
    ),
)


def _ms(value: float | None) -> str:
    return NONE if value is None else words.milliseconds(value)


def further_href(rows: Sequence[TrafficRow], limit: int, query: Mapping[str, str], ending: str = "") -> str | None:
    """The address of the next page; None where this one is not full."""
    if len(rows) < limit:
        return None
    kept = {one.name: value for one in LIST.filters if (value := query.get(one.name, "").strip())}
    last = {"after_at": rows[-1].at, "after_id": rows[-1].id}
    return f"{LIST.address}{ending}?{urlencode({**kept, **last})}"


@dataclass(frozen=True, slots=True)
class RequestView:
    """One request: its conclusion, its facts, its attempts, what was taken out, and both records as they are kept."""

    title: str
    state: State
    facts: tuple[tuple[str, str], ...]
    attempts: tuple[tuple[str, ...], ...]
    redacted: tuple[tuple[str, ...], ...]
    found: tuple[str, ...]
    rules: tuple[str, ...]
    accepted: str
    outcome: str


def request_view(row: TrafficRow) -> RequestView:
    """One request."""
    accepted, outcome = accepted_of(row), outcome_of(row)
    return RequestView(
        title=_title(row, outcome),
        state=state_of(row),
        facts=tuple(_facts(row, accepted, outcome)),
        attempts=tuple(_attempts(outcome)),
        redacted=tuple(_redacted(accepted, outcome)),
        found=accepted.found,
        rules=tuple(dict.fromkeys((*accepted.rules, *((row.refused,) if row.refused else ())))),
        accepted=_json(row.accepted),
        outcome="" if row.outcome is None else _json(row.outcome),
    )


def _title(row: TrafficRow, outcome: Outcome | None) -> str:
    cost = usd(row.cost_micro_usd)
    if outcome is None:
        return f"Nobody knows how this request ended: the {cost} that it reserved stay charged"
    if row.refused is not None:
        return f"Refused by the rule {row.refused}"
    if outcome.broken == CLIENT_LEFT:
        return f"The client left before its answer was complete; it cost {cost}"
    if outcome.broken is not None:
        return f"The answer broke off ({outcome.broken}); it cost {cost}"
    if outcome.status >= FAILED_FROM:
        return f"It failed with status {outcome.status} after {words.plural(len(outcome.attempts), 'attempt')}"
    by = row.model_used or row.model_asked
    return f"{by} answered in {words.milliseconds(outcome.latency_ms)} for {cost}"


def _facts(row: TrafficRow, accepted: Accepted, outcome: Outcome | None) -> Iterator[tuple[str, str]]:
    yield "Asked for", f"{accepted.model} ({accepted.wire}{', streamed' if accepted.streams else ''})"
    yield "Client", accepted.client
    yield "Tenant", accepted.tenant or NONE
    yield "Release in force", accepted.release
    yield "Parameters", ", ".join(f"{name} {value}" for name, value in accepted.parameters.items()) or NONE
    yield "Prompt", " ".join(accepted.prompt) if accepted.prompt else "not said"
    yield "Size of the request", words.size(accepted.input_bytes)
    yield "Digest of its body", accepted.body_digest
    yield "Reserved before it left", usd(accepted.reserved_micro_usd)
    if outcome is not None:
        yield from _outcome_facts(row, outcome)
    yield "Segment of the trace", row.segment


_KEPT = {
    "hit": "given from the cache",
    "semantic": "given from the cache, where it was kept for a question that means the same",
    "miss": "asked for, not there",
}


def _outcome_facts(row: TrafficRow, outcome: Outcome) -> Iterator[tuple[str, str]]:
    usage = outcome.usage
    told = "the upstream did not say, so what was reserved stays charged"
    yield "Tokens", told if usage is None else _tokens(usage)
    prices = f" (prices {outcome.prices_version})" if outcome.prices_version else ""
    yield "Cost", f"{usd(outcome.cost_micro_usd)}{prices}"
    yield "Took", words.milliseconds(outcome.latency_ms)
    yield "First part of the stream after", _ms(outcome.first_chunk_ms)
    yield "Kept answers", _KEPT.get(outcome.cache, "not used")
    yield "Region", row.region or NONE
    yield "Said it was", outcome.response_model or NONE
    yield "Ended because of", ", ".join(outcome.finish_reasons) or NONE
    if outcome.shadow_of:
        yield "Shadow of", outcome.shadow_of


def _tokens(usage: Usage) -> str:
    cached = f" ({words.count(usage.cached_input_tokens)} of them cached there)" if usage.cached_input_tokens else ""
    return f"{words.count(usage.input_tokens)} in{cached}, {words.count(usage.output_tokens)} out"


def _attempts(outcome: Outcome | None) -> Iterator[tuple[str, ...]]:
    for number, one in enumerate(outcome.attempts if outcome else (), 1):
        end = one.failure or f"status {one.status}"
        yield str(number), one.upstream, one.model, one.region or NONE, end, words.milliseconds(one.latency_ms)


def _redacted(accepted: Accepted, outcome: Outcome | None) -> Iterator[tuple[str, ...]]:
    for where, counts in (("request", accepted.redacted), ("answer", outcome.redacted_output if outcome else {})):
        yield from ((kind, where, words.count(n)) for kind, n in counts.items())


def _json(record: Mapping[str, Any]) -> str:
    return json.dumps(record, indent=2, ensure_ascii=False)


STRANGERS: Table[Ungoverned] = Table(
    "/gateway/ungoverned",
    "Requests of callers that nobody knows; every one was refused",
    (
        Column("network", "From the network", lambda one: one.network),
        Column("model", "Asked for", lambda one: one.model, lambda one: Words(one.model or "no plain name")),
        Column("wire", "In the format", lambda one: one.wire),
        Column("rule", "Turned away by", lambda one: one.rule),
        Column("requests", "Requests", lambda one: one.requests, numeric=True),
        Column("first_at", "First", lambda one: one.first_at, lambda one: Moment(one.first_at)),
        Column("last_at", "Last", lambda one: one.last_at, lambda one: Moment(one.last_at)),
    ),
    "Nobody whom the gateway does not know asked for anything in this time.",
    (
        Filter("days", "Since", options=tuple((str(days), period(days)) for days in DAYS)),
        Filter("network", "Network", lambda one, asked: asked in one.network),
        Filter("model", "Model", lambda one, asked: asked.casefold() in one.model.casefold()),
    ),
)


def strangers_title(found: Sequence[Ungoverned], days: int) -> str:
    """The conclusion."""
    if not found:
        return f"No caller was unknown {period(days)}"
    requests = words.plural(sum(one.requests for one in found), "request")
    networks = words.plural(len({one.network for one in found}), "network")
    return f"{requests} {period(days)} came from nobody that the gateway knows, out of {networks}"
