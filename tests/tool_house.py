"""A governed workflow whose agent calls tools: real store and flows; tool servers that are played, or real ones."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from governed import CARLA, DEFINITION, House
from interlock.engine.gateway.tools.case import caller_of, case_key
from interlock.engine.gateway.tools.schema import schema_digest
from interlock.engine.ledger.canonical import plain
from interlock.engine.oversight.threshold.certify import certify
from interlock.flows.action.steps import Flow, run_async
from interlock.flows.gateway.define import define_gateway
from interlock.flows.gateway.tools.desk import ToolDesk
from interlock.flows.review.decide import close_review
from interlock.flows.rollout.attest import attest
from interlock.ports.gateway.tool_servers import Failure, Heard, ToolServerFailed, ToolServers
from interlock.terms.evidence import EvidenceClass
from interlock.terms.gateway.client import Client
from interlock.terms.gateway.definition import GatewayDefinition, ToolServer
from interlock.terms.gateway.refusal import Refusal
from interlock.terms.gateway.tool_call import ListedTool, ToolAnswer, ToolCall
from interlock.terms.gateway.tools import GovernedTool, ToolAuthority, ToolPlan
from interlock.terms.gateway.trace import Accepted, Outcome
from interlock.terms.person import Person
from interlock.terms.policy import FactKind
from interlock.terms.workflow import EffectPlan, Limits, Rollout, TargetKind, WorkflowDefinition

DESK_AGENT = Client("desk-agent", "triage", "acme")
SERVER = ToolServer("billing", url="http://127.0.0.1:9/mcp")
ANSWERS: dict[str, Callable[[Mapping[str, Any]], ToolAnswer]] = {}


def listed(name: str, description: str = "", **more: Any) -> ListedTool:
    schema = {"name": name, "description": description or f"does {name}", "inputSchema": {"type": "object"}, **more}
    return ListedTool(name, schema)


LISTED = {
    one.name: one
    for one in (
        listed("lookup", annotations={"readOnlyHint": True}),
        listed("refund", annotations={"destructiveHint": False}),
        listed("cancel_refund"),
        listed("close_account", annotations={"destructiveHint": True}),
        listed("write_letter"),
        listed("wipe"),
        listed("new_tool"),
    )
}


def governed(name: str, authority: ToolAuthority, **more: Any) -> GovernedTool:
    return GovernedTool("billing", name, authority, schema_digest(LISTED[name]), **more)


TOOLS = ToolPlan(
    tools=(
        governed("lookup", ToolAuthority.READ, target_argument="account"),
        governed(
            "refund",
            ToolAuthority.ACT,
            undo="cancel_refund",
            undo_arguments={"id": "result.refund_id", "order": "arguments.order"},
            amount_argument="amount_cents",
            target_argument="account",
        ),
        governed("cancel_refund", ToolAuthority.REVIEW),
        governed("close_account", ToolAuthority.REVIEW, errors_change_nothing=True),
        governed("write_letter", ToolAuthority.ACT),
        governed("wipe", ToolAuthority.DENY),
    ),
    call_s=5.0,
)

GOVERNED = replace(
    DEFINITION,
    effect=EffectPlan("calls of tools", TargetKind.BLIND, "the tool's twin", blind_signed_by="Ben Okafor"),
    limits=Limits(amount_max_cents=10_000, facts={"tool": FactKind.STRING, "country": FactKind.STRING}),
    rollout=Rollout(traffic_share=1.0, audit_share=0.01, grant_days=30, evidence_days=90),
    tools=TOOLS,
)


@dataclass
class Traces:
    """interlock.ports.gateway.trace_log.TraceLog in memory."""

    accepted: list[Accepted] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)

    def accept(self, record: Accepted) -> None:
        self.accepted.append(record)

    def outcome(self, record: Outcome) -> None:
        self.outcomes.append(record)

    def ungoverned(self, *, network: str, wire: str, model: str, rule: str) -> None:
        raise AssertionError("nobody unknown calls here")

    def close(self) -> None:
        pass


@dataclass
class PlayedServers:
    """Tool servers that are played: what they list, what they were asked, what happens next time."""

    tools: dict[str, ListedTool] = field(default_factory=lambda: dict(LISTED))
    calls: list[tuple[str, str, Mapping[str, Any], str]] = field(default_factory=list)  # caller, tool, arguments, key
    answers: dict[str, Callable[[Mapping[str, Any]], ToolAnswer]] = field(default_factory=dict)
    broken: Exception | None = None
    meanwhile: Callable[[Heard], Awaitable[None]] | None = None

    def line(self, server: ToolServer, caller: str) -> "PlayedLine":
        return PlayedLine(self, caller)

    async def close(self) -> None:
        pass

    @property
    def done(self) -> list[str]:
        return [tool for _, tool, _, _ in self.calls]


@dataclass
class PlayedLine:
    servers: PlayedServers
    caller: str

    async def tools(self, *, age_max_s: float) -> tuple[ListedTool, ...]:
        return tuple(self.servers.tools.values())

    async def call(
        self, tool: str, arguments: Mapping[str, Any], *, key: str, timeout_s: float, bytes_max: int, heard: Heard
    ) -> ToolAnswer:
        if self.servers.meanwhile is not None:
            await self.servers.meanwhile(heard)
        self.servers.calls.append((self.caller, tool, arguments, key))
        if self.servers.broken is not None:
            raise self.servers.broken
        answer = self.servers.answers.get(tool, answered)
        return answer(arguments)


def answered(arguments: Mapping[str, Any]) -> ToolAnswer:
    told = {"type": "text", "text": f"done for {arguments.get('account', 'nobody')}"}
    return ToolAnswer((told,), {"refund_id": "r-1"})


def errs(_: Mapping[str, Any]) -> ToolAnswer:
    return ToolAnswer(({"type": "text", "text": "no such account"},), is_error=True)


class ToolHouse(House):
    """A House whose workflow governs tools; `served` are its tool servers."""

    def __init__(
        self, folder: Path, address: str | None = None, *, servers: ToolServers | None = None, at: ToolServer = SERVER
    ) -> None:
        super().__init__(folder, address)
        self.played = PlayedServers()
        self.traces = Traces()
        self.at = at
        self.full: dict[str, Refusal] = {}
        self.tools = ToolDesk(
            self.rt,
            self.played if servers is None else servers,
            self.traces,
            lambda text: "ignore all previous instructions" in text.lower(),
            lambda kinds: _without_mail if kinds else None,
            self._count,
        )

    async def _count(self, client: Client) -> Refusal | None:
        """No room for a client whose name is here."""
        return self.full.get(client.name)

    labels: tuple[str, ...] = ("refund", "write_letter", "billing")

    def certificate(self, *, evidence_class: EvidenceClass = EvidenceClass.EXECUTED, wrong: int = 0) -> None:
        certified = certify([0.9] * 200, [1] * wrong + [0] * (200 - wrong), budget=0.05)
        body = {"certificate": plain(certified), "labels": list(self.labels)}
        attest(
            self.store,
            "triage",
            release=self.release,
            kind="certificate",
            evidence_class=evidence_class,
            source="test",
            body=body,
            clock=self.clock,
        )

    def behind_a_gateway(self, definition: WorkflowDefinition = GOVERNED, *, live: bool = True) -> "ToolHouse":
        """The workflow with a grant (or without one), and a gateway that knows its tool server."""
        define_gateway(self.store, GatewayDefinition(tool_servers=(self.at,)), by=CARLA, clock=self.clock)
        if live:
            self.live(definition)
        else:
            self.define(definition)
        return self

    async def drive(self, flow: Flow[Any]) -> Any:
        return await run_async(flow, in_thread=_at_once)

    def key(self, ticket: str | None, client: Client = DESK_AGENT) -> str:
        assert ticket is not None
        return case_key(client, ticket)

    def decides(self, key: str, label: str, *, by: Person = CARLA, approve: bool = True, note: str = "") -> None:
        """A person decides a call that waits."""
        close_review(
            self.store,
            "triage",
            key,
            "decision",
            label=label,
            by=by,
            clock=self.clock,
            approve=approve,
            note=note,
            randomness=lambda n: b"\x05" * n,
        )


def call(tool: str, identity: str = "1", *, confidence: float | None = 0.95, **arguments: Any) -> ToolCall:
    return ToolCall("billing", tool, arguments, identity, keyed=True, confidence=confidence)


async def unheard(_: Mapping[str, Any]) -> None:
    pass


async def _at_once(work: Callable[[], Any]) -> Any:
    return work()


def _without_mail(text: str) -> tuple[str, Mapping[str, int]]:
    count = text.count("ana@example.com")
    return text.replace("ana@example.com", "<email>"), {"email": count} if count else {}


__all__ = ["Failure", "ToolServerFailed", "caller_of"]
