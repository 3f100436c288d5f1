"""What the ledger keeps of the gateway's terms comes back as the same terms."""

import json

import pytest

from interlock.engine.gateway.recorded import term_of
from interlock.engine.ledger.canonical import plain
from interlock.terms.gateway.definition import (
    GatewayDefinition,
    GatewayModel,
    ModelUpstream,
    NetworkRules,
    Price,
    TokenIssuer,
    ToolServer,
    WireFormat,
)
from interlock.terms.gateway.tools import GovernedTool, ToolAuthority, ToolPlan
from interlock.terms.gateway.trace import Accepted, Attempt, Outcome
from interlock.terms.gateway.traffic import CacheMode, DataClass, Of, OnFinding, Per, TrafficLimit, TrafficPlan, Unit
from interlock.terms.gateway.usage import Usage

LIMIT = TrafficLimit(Of.CLIENT, Unit.MICRO_USD, Per.DAY, 5_000_000, name="desk", model="small")
TERMS = [
    TrafficPlan(),
    TrafficPlan(
        ("small", "large"), ("eu",), DataClass.CONFIDENTIAL, redact=("email",), on_secret=OnFinding.REFUSE,
        cache=CacheMode.EXACT, limits=(LIMIT,), escalate_below=0.5,
    ),
    ToolPlan((GovernedTool("hub", "open", ToolAuthority.ACT, undo="close", undo_arguments={"n": "result.n"}),)),
    GatewayDefinition(
        upstreams=(ModelUpstream("eu-1", WireFormat.ANTHROPIC, "https://models.example", "eu"),),
        models=(GatewayModel("small", "eu-1", "small-2026", Price(100, 400, 10), fallbacks=("large",)),),
        issuers=(TokenIssuer("https://id.example", "gateway", "https://id.example/jwks"),),
        network=NetworkRules(("10.0.0.0/8",)),
        limits=(LIMIT,),
        tool_servers=(ToolServer("github", command=("github-mcp",)),),
    ),
    Accepted("1", "2026-01-01T00:00:00Z", "desk", "triage", "r", "chat", "small", True, 3, "d", prompt=("p", "2"),
             redacted={"email": 1}),
    Outcome("1", "2026-01-01T00:00:01Z", 200, 12.5, (Attempt("eu-1", "small", "eu", 3.5, 200),), Usage(3, 4)),
]  # fmt: skip


@pytest.mark.parametrize("term", TERMS, ids=[type(term).__name__ for term in TERMS])
def test_a_term_comes_back_as_it_was(term: object) -> None:
    assert term_of(type(term), json.loads(json.dumps(plain(term)))) == term


def test_what_the_term_does_not_have_is_refused() -> None:
    with pytest.raises(TypeError, match="has no colour"):
        term_of(TrafficPlan, {"colour": "red"})
    with pytest.raises(ValueError, match="sometimes"):
        term_of(TrafficPlan, {"cache": "sometimes"})
