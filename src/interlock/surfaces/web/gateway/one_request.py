"""What the page of one request shows."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from interlock.engine.gateway.rule_words import broken_words, failure_words, rule_words, wire_words
from interlock.engine.gateway.wire.usage import is_about_usage
from interlock.flows.gateway.evidence.rows import accepted_of, outcome_of
from interlock.ports.gateway.traffic import TrafficRow
from interlock.surfaces.web.cells import Cell, Words
from interlock.surfaces.web.gateway.listed import FAILED_FROM, WAITS, state_of
from interlock.surfaces.web.gateway.overview import usd
from interlock.surfaces.web.states import State
from interlock.terms import words
from interlock.terms.gateway.trace import CLIENT_LEFT, MISS, TOOL_WIRE, Accepted, Outcome
from interlock.terms.gateway.usage import Usage


@dataclass(frozen=True, slots=True)
class RequestView:
    """One request: its conclusion, its facts, its attempts, what was taken out, and both records as they are kept.

    `rules` are (words, the rule as it is on record). `shadow_of` is the request that this one was the shadow of.
    """

    title: str
    state: State
    facts: tuple[tuple[str, str], ...]
    attempts: tuple[tuple[Cell, ...], ...]
    redacted: tuple[tuple[str, ...], ...]
    found: tuple[str, ...]
    rules: tuple[tuple[str, str], ...]
    shadow_of: str | None
    accepted: str
    outcome: str


def request_view(row: TrafficRow) -> RequestView:
    """One request."""
    accepted, outcome = accepted_of(row), outcome_of(row)
    rules = dict.fromkeys((*accepted.rules, *((row.refused,) if row.refused else ())))
    return RequestView(
        title=_title(row, accepted, outcome),
        state=state_of(row),
        facts=tuple(_facts(row, accepted, outcome)),
        attempts=tuple(_attempts(outcome)),
        redacted=tuple(_redacted(accepted, outcome)),
        found=accepted.found,
        rules=tuple((_said_of(rule, row.refused), rule) for rule in rules),
        shadow_of=outcome.shadow_of if outcome else None,
        accepted=_json(row.accepted),
        outcome="" if row.outcome is None else _json(row.outcome),
    )


def _title(row: TrafficRow, accepted: Accepted, outcome: Outcome | None) -> str:
    cost = usd(row.cost_micro_usd)
    if outcome is None:
        return f"Nobody knows how this request ended: the {cost} that it reserved stay charged"
    if row.refused is not None:
        return f"Refused: {rule_words(row.refused)}"
    if outcome.broken == CLIENT_LEFT:
        return f"The client left before its answer was complete; it cost {cost}"
    if outcome.broken is not None and not is_about_usage(outcome.broken):
        charged = f"it cost {cost}" if outcome.usage else f"the {cost} that it reserved stay charged"
        return f"The answer broke off: {broken_words(outcome.broken)}; {charged}"
    if outcome.status >= FAILED_FROM:
        return f"It failed with status {outcome.status} after {words.plural(len(outcome.attempts), 'attempt')}"
    if accepted.wire == TOOL_WIRE:
        return _of_tool(accepted.model, outcome)
    by = row.model_used or row.model_asked
    shadow = f" in the shadow of another model and {_AGREES[outcome.shadow_agrees]}" if outcome.shadow_of else ""
    return f"{by} answered in {words.milliseconds(outcome.latency_ms)} for {cost}{shadow}"


def _of_tool(tool: str, outcome: Outcome) -> str:
    if outcome.status == WAITS:
        return f"The call of {tool} waits for a person, or is still at work"
    return f"The tool {tool} was called and answered in {words.milliseconds(outcome.latency_ms)}"


_AGREES = {True: "said the same", False: "said something else", None: "was not compared"}


def _said_of(rule: str, refused: str | None) -> str:
    """What a rule says of the request: those that only spoke did not refuse it."""
    return words.capital(rule_words(rule)) if rule == refused else "A policy rule spoke"


def _facts(row: TrafficRow, accepted: Accepted, outcome: Outcome | None) -> Iterator[tuple[str, str]]:
    yield "Asked for", f"{accepted.model} ({wire_words(accepted.wire)}{', streamed' if accepted.streams else ''})"
    yield "Client", accepted.client if accepted.key is None else f"{accepted.client}, with the key {accepted.key}"
    if accepted.tenant:
        yield "Tenant", accepted.tenant
    if accepted.prompt:
        yield "Prompt", f"{accepted.prompt[0]}, version {accepted.prompt[1]}"
    if accepted.parameters:
        yield "Parameters", ", ".join(f"{name} {value}" for name, value in accepted.parameters.items())
    if outcome is not None:
        yield from _outcome_facts(accepted, outcome)
    elif accepted.reserved_micro_usd:
        yield "Reserved before it left", usd(accepted.reserved_micro_usd)
    yield "Size of the request", words.size(accepted.input_bytes)
    yield "Digest of its body", accepted.body_digest
    yield "Release in force", accepted.release
    yield "Segment of the trace", row.segment


_KEPT = {
    "hit": "given from the cache",
    "semantic": "given from the cache, where it was kept for a question that means the same",
    MISS: "asked for, not there",
}


def _outcome_facts(accepted: Accepted, outcome: Outcome) -> Iterator[tuple[str, str]]:
    if outcome.usage is not None:
        yield "Tokens", _tokens(outcome.usage)
    elif outcome.cost_micro_usd:
        doubt = f"{outcome.broken}; " if outcome.broken and is_about_usage(outcome.broken) else ""
        yield "Tokens", f"{doubt}nobody knows how many, so what was reserved stays charged"
    reserved = accepted.reserved_micro_usd
    before = f", of {usd(reserved)} reserved before it left" if reserved else ""
    prices = f" (prices {outcome.prices_version})" if outcome.prices_version else ""
    yield "Cost", f"{usd(outcome.cost_micro_usd)}{before}{prices}"
    yield "Took", words.milliseconds(outcome.latency_ms)
    if outcome.first_chunk_ms is not None:
        yield "First part of the stream after", words.milliseconds(outcome.first_chunk_ms)
    if outcome.cache in _KEPT:
        yield "Kept answers", _KEPT[outcome.cache]
    if outcome.response_model:
        yield "Model, as it calls itself", outcome.response_model
    if outcome.finish_reasons:
        yield "Ended because of", ", ".join(outcome.finish_reasons)


def _tokens(usage: Usage) -> str:
    cached = f" ({words.count(usage.cached_input_tokens)} of them cached there)" if usage.cached_input_tokens else ""
    return f"{words.count(usage.input_tokens)} in{cached}, {words.count(usage.output_tokens)} out"


def _attempts(outcome: Outcome | None) -> Iterator[tuple[Cell, ...]]:
    for number, one in enumerate(outcome.attempts if outcome else (), 1):
        end = f"status {one.status}" if one.failure in (None, "status") else failure_words(one.failure)
        took = Words(words.milliseconds(one.latency_ms))
        yield Words(f"{number}. {one.upstream}", one.region), Words(one.model), Words(end), took


def _redacted(accepted: Accepted, outcome: Outcome | None) -> Iterator[tuple[str, ...]]:
    for where, counts in (("request", accepted.redacted), ("answer", outcome.redacted_output if outcome else {})):
        yield from ((kind, where, words.count(n)) for kind, n in counts.items())


def _json(record: Mapping[str, Any]) -> str:
    return json.dumps(record, indent=2, ensure_ascii=False)
