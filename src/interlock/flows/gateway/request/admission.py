"""From an arrival to a request that may leave: who asks, for which workflow, with what, for how much at most."""

import asyncio
from dataclasses import dataclass, replace

from interlock.engine.gateway.pricing import worst_cost_micro_usd
from interlock.engine.gateway.wire.decoding import encode
from interlock.engine.gateway.wire.parsed import Parsed
from interlock.engine.gateway.wire.parsing import parse
from interlock.flows.gateway.access.clients import Clients
from interlock.flows.gateway.access.standing import TrafficStandings
from interlock.flows.gateway.request.arrival import Arrival
from interlock.flows.gateway.request.content import Looked, look
from interlock.flows.gateway.request.edge_rules import allowed_ways
from interlock.flows.gateway.request.refusals import too_large
from interlock.ports.guardrail import Guardrail
from interlock.terms.errors import BadInput
from interlock.terms.gateway.authority import TrafficAuthority, Way
from interlock.terms.gateway.client import Client
from interlock.terms.gateway.limits import Need
from interlock.terms.gateway.refusal import Refusal, RefusalKind
from interlock.terms.gateway.traffic import Unit
from interlock.terms.gateway.wire import Wire

CHANGED = Refusal(
    RefusalKind.FORBIDDEN,
    "changed meanwhile",
    "what this workflow may do changed while the request was under way, so it was not tried again; ask anew",
)


@dataclass(slots=True)
class Known:
    """Who asks, from where, and what its workflow's traffic may do."""

    client: Client
    address: str
    authority: TrafficAuthority

    @property
    def use_is_limited(self) -> bool:
        """Whether what a request costs, or its tokens, count against anything."""
        authority = self.authority
        limits = (*self.client.limits, *authority.plan.limits, *authority.gateway_limits)
        return any(one.unit is not Unit.REQUESTS for one in limits)


@dataclass(slots=True)
class Request:
    """A request that may leave by `ways`, in that order. `output_tokens` is the most that it may ask for."""

    known: Known
    parsed: Parsed
    looked: Looked
    ways: tuple[Way, ...]
    rules: tuple[str, ...]
    output_tokens: int

    def need(self, way: Way) -> Need:
        """The most that one attempt by this way can use; every choice (n) may be as long as all of them."""
        output = self.output_tokens * self.parsed.n
        price, input_tokens = way.model.price, self.parsed.input_tokens_with(self.looked.texts)
        cost = worst_cost_micro_usd(price, input_tokens=input_tokens, output_tokens=output)
        return Need(input_tokens + output, None if price is None else cost)


class Admission:
    """What a request is held against. Everything that it asks of the store is kept until something changes there."""

    def __init__(self, clients: Clients, standings: TrafficStandings, guardrail: Guardrail) -> None:
        self._clients, self._standings, self._guardrail = clients, standings, guardrail

    async def known(self, arrival: Arrival) -> Known | Refusal:
        """Who asks, and whether its workflow has any traffic at all."""
        address = self._clients.origin(arrival.peer, arrival.forwarded, arrival.elements)
        if isinstance(address, Refusal):
            return address
        client = self._clients.known(arrival.credential, address)
        if client is None:
            client = await self._clients.verified(arrival.credential, address)
        if isinstance(client, Refusal):
            return client
        authority = await self._authority(client)
        return authority if isinstance(authority, Refusal) else Known(client, address, authority)

    async def still(self, known: Known, way: Way) -> Refusal | None:
        """Why a request that was let in may not leave by a way any more, None where it may: a retry, a fallback, the
        next tier and a shadow leave later than their request was let in.
        """
        now = await self._authority(known.client)
        if isinstance(now, Refusal) or now.refusal is not None:
            return now if isinstance(now, Refusal) else now.refusal
        if now is known.authority:
            return None
        then = known.authority
        if now.plan != then.plan or now.release != then.release or not any(way in ways for ways in now.ways.values()):
            return CHANGED
        return None

    async def _authority(self, client: Client) -> TrafficAuthority | Refusal:
        found = self._standings.kept(client.workflow, client.tenant)
        if found is None:
            found = await asyncio.to_thread(self._standings.read, client.workflow, client.tenant)
        return found

    def request(self, arrival: Arrival, known: Known) -> Request | Refusal:
        """What may leave of it, and by which ways."""
        authority = known.authority
        if authority.refusal is not None:
            return authority.refusal
        plan = authority.plan
        if len(arrival.body) > plan.input_bytes_max:
            return too_large(len(arrival.body), plan.input_bytes_max)
        parsed = parse(arrival.wire, arrival.body)
        if isinstance(parsed, Refusal):
            return parsed
        ways = _ways_of(known, parsed)
        if isinstance(ways, Refusal):
            return ways
        try:
            looked = look(parsed, plan, arrival.entities, tenant=known.client.tenant)
        except BadInput as exc:
            return Refusal(RefusalKind.MALFORMED, "entities", str(exc))
        if isinstance(looked, Refusal):
            return looked
        output_tokens = min(parsed.output_tokens_max or plan.output_tokens_max, plan.output_tokens_max)
        output_tokens = output_tokens if parsed.wire.writes else 0
        allowed = allowed_ways(
            self._guardrail, authority, known.client, parsed, looked, ways, output_tokens=output_tokens, at=arrival.at
        )
        if isinstance(allowed, Refusal):
            return allowed
        left, rules = allowed
        return Request(known, parsed, looked, left, rules, output_tokens)

    def shadow(self, request: Request, model: str, *, at: str) -> Request | Refusal:
        """The same request for the workflow's shadow model, under the same rules."""
        known, ways = request.known, request.known.authority.ways.get(model)
        if ways is None:
            return unknown_model(known.authority, model)
        allowed = allowed_ways(
            self._guardrail,
            known.authority,
            known.client,
            request.parsed,
            request.looked,
            ways[:1],
            output_tokens=request.output_tokens,
            at=at,
        )
        return allowed if isinstance(allowed, Refusal) else replace(request, ways=allowed[0], rules=allowed[1])

    def embedding(self, request: Request, text: str, *, at: str) -> Request | Refusal:
        """A text of a request, as it leaves, put to what embeds for the workflow's cache, under the same rules."""
        known, way = request.known, request.known.authority.cache_way
        if way is None:
            return Refusal(RefusalKind.FORBIDDEN, "cache", "nothing embeds for this workflow's cache")
        parsed = parse(Wire.EMBEDDINGS, encode({"model": way.model.name, "input": text}))
        if isinstance(parsed, Refusal):
            return parsed
        allowed = allowed_ways(
            self._guardrail, known.authority, known.client, parsed, request.looked, (way,), output_tokens=0, at=at
        )
        return allowed if isinstance(allowed, Refusal) else Request(known, parsed, Looked(), allowed[0], allowed[1], 0)


def _ways_of(known: Known, parsed: Parsed) -> tuple[Way, ...] | Refusal:
    authority = known.authority
    ways = authority.ways.get(parsed.model)
    embeds = parsed.wire is Wire.EMBEDDINGS
    if ways is None or (authority.plan.shadow_model == parsed.model and parsed.model not in authority.plan.models):
        return unknown_model(authority, parsed.model)
    fitting = tuple(way for way in ways if way.model.embeds is embeds)
    if not fitting:
        words = f"'{parsed.model}' {'answers, it does not embed' if embeds else 'embeds, it does not answer'}"
        return Refusal(RefusalKind.UNKNOWN_MODEL, "model", words, field="model")
    if not parsed.is_bounded and known.use_is_limited:
        words = "nobody can tell beforehand what a file takes, and tokens or money are limited: send its text instead"
        return Refusal(RefusalKind.CONTENT, "file", words)
    return fitting


def unknown_model(authority: TrafficAuthority, name: str) -> Refusal:
    """The refusal of a model that this workflow's clients may not ask for, with those that they may."""
    closed = authority.closed.get(name)
    if closed is not None and name in authority.plan.models:
        return Refusal(RefusalKind.FORBIDDEN, "model", closed, field="model")
    open_ones = ", ".join(authority.tiers) or "none"
    words = f"this workflow may not ask for the model '{name[:100]}'; it may ask for: {open_ones}, or auto"
    return Refusal(RefusalKind.UNKNOWN_MODEL, "model", words, field="model")
