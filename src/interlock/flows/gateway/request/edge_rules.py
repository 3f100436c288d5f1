"""Hand-written rules about model traffic: each way out that they do not allow is closed to the request."""

from collections.abc import Sequence

from interlock.engine.gateway.wire.parsed import Parsed
from interlock.flows.gateway.request.content import Looked
from interlock.ports.guardrail import Guardrail
from interlock.terms.gateway.authority import TrafficAuthority, Way
from interlock.terms.gateway.client import Client
from interlock.terms.gateway.edge import TRAFFIC_ACTION
from interlock.terms.gateway.refusal import Refusal, RefusalKind
from interlock.terms.policy import EdgeFacts, PolicyAnswer


def allowed_ways(
    guardrail: Guardrail,
    authority: TrafficAuthority,
    client: Client,
    parsed: Parsed,
    looked: Looked,
    ways: Sequence[Way],
    *,
    output_tokens: int,
    at: str,
) -> tuple[tuple[Way, ...], tuple[str, ...]] | Refusal:
    """The ways that the rules leave, and the ids of the rules that spoke; a refusal where they leave none.

    What the engine cannot evaluate is never allowed.
    """
    if authority.edge is None:
        return tuple(ways), ()
    facts = {
        "client": client.name,
        "wire": parsed.wire.value,
        "streams": parsed.streams,
        "input_tokens": parsed.input_tokens_max,
        "output_tokens": output_tokens,
        "injection": looked.injection_permille,
        "secrets": looked.secrets,
        "personal": sum(looked.redacted.values()),
        "media": sum(parsed.media.values()),
        "tools": len(parsed.tools),
    }
    left: list[Way] = []
    rules: dict[str, None] = {}
    closed: PolicyAnswer | None = None
    for way in ways:
        extra = {**facts, "model": way.model.name, "region": way.place.region}
        asked = EdgeFacts(authority.workflow, TRAFFIC_ACTION, way.model.name, at, tenant=client.tenant, extra=extra)
        answer = guardrail.check(f"{authority.release}/traffic", authority.edge, asked)
        rules |= dict.fromkeys(answer.rules)
        if answer.allowed and not answer.failed:
            left.append(way)
        else:
            closed = closed or answer
    if left or closed is None:
        return tuple(left), tuple(rules)
    return Refusal(RefusalKind.FORBIDDEN, ", ".join(closed.rules) or "policy", "; ".join(closed.reasons))
