"""A call of a tool as a case: its key, its proposal, and the facts that rules read."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from interlock.engine.gateway.tools.authority import ToolStanding
from interlock.engine.ledger.canonical import canonical, digest
from interlock.terms.decision import Proposal
from interlock.terms.gateway.client import Client
from interlock.terms.gateway.tool_call import ToolCall
from interlock.terms.policy import FactKind
from interlock.terms.workflow import WorkflowDefinition

TICKET_DIGITS, CALLER_DIGITS = 32, 16  # hexadecimal: 128 and 64 bits
SERVER_FACT, TOOL_FACT = "server", "tool"
_KINDS: Mapping[FactKind, type] = {FactKind.STRING: str, FactKind.INTEGER: int, FactKind.BOOLEAN: bool}


def caller_of(client: Client) -> str:
    """One client of one tenant, in characters that a key may hold; no two clients have the same."""
    return _hashed([client.workflow, client.tenant, client.name, client.known_by], CALLER_DIGITS)


def ticket_of(client: Client, call: ToolCall, standing: ToolStanding) -> str:
    """What tells an action from others: the arguments that make a case, where the definition names them; else the key
    that the client gave, else its session and request. So a call that is delivered twice is done once.

    Raises ValueError where these cannot be written as JSON.
    """
    governed = standing.governed
    if governed is not None and governed.key_arguments:
        made_of = [(name, argument(call.arguments, name)) for name in governed.key_arguments]
        return _hashed([client.workflow, client.tenant, call.server, call.tool, made_of], TICKET_DIGITS)
    return _hashed([caller_of(client), call.server, call.tool, call.keyed, call.identity], TICKET_DIGITS)


def case_key(client: Client, ticket: str) -> str:
    """The key of a case. It holds who asked, so that a ticket leads nobody else to it."""
    return f"{client.workflow}/tool/{caller_of(client)}/{ticket}"


def proposal_of(
    client: Client, definition: WorkflowDefinition, release: str, call: ToolCall, standing: ToolStanding, key: str
) -> Proposal:
    """The call as it is proposed. Raises ValueError where its arguments cannot be written as JSON."""
    governed = standing.governed
    amount = None if governed is None else argument(call.arguments, governed.amount_argument)
    target = None if governed is None else argument(call.arguments, governed.target_argument)
    return Proposal(
        key=key,
        release=release,
        label=call.tool,
        confidence=call.confidence,
        payload_digest=digest(call.arguments),
        novelty=call.novelty,
        tenant=client.tenant,
        segment=call.segment,
        target=target if isinstance(target, str) else None,
        amount_cents=amount if _is_count(amount) else None,
        facts=facts_of(definition, call, standing),
        arguments={"server": call.server, "tool": call.tool, "schema": standing.digest, "arguments": call.arguments},
        doubt=standing.doubt or _unreadable(standing, target, amount),
    )


def facts_of(definition: WorkflowDefinition, call: ToolCall, standing: ToolStanding) -> Mapping[str, str | int | bool]:
    """The facts that the definition names, as far as the call holds them in the kind that it names."""
    paths = {} if standing.governed is None else standing.governed.facts
    given = {SERVER_FACT: call.server, TOOL_FACT: call.tool}
    found = {
        name: given[name] if name in given else argument(call.arguments, paths.get(name, name))
        for name in definition.limits.facts
    }
    return {name: value for name, value in found.items() if _is(value, definition.limits.facts[name])}


def argument(arguments: Mapping[str, Any], path: str | None) -> Any:
    """The argument at a path such as `refund.amount`, None where there is none."""
    value: Any = None if path is None else arguments
    for part in (path or "").split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for, as a recorded proposal keeps it."""

    server: str
    tool: str
    schema: str | None
    arguments: Mapping[str, Any]


def asked_of(arguments: Mapping[str, Any]) -> Asked:
    """From the arguments of a proposal or an effect. Raises KeyError where they are not those of a tool's call."""
    return Asked(*(arguments[name] for name in ("server", "tool", "schema", "arguments")))


def _unreadable(standing: ToolStanding, target: Any, amount: Any) -> str | None:
    """What a limit would read is there and is of no kind that it could: then the limit would not be asked."""
    if target is not None and not isinstance(target, str):
        return f"the argument '{standing.governed and standing.governed.target_argument}' is not text"
    if amount is not None and not _is_count(amount):
        return f"the argument '{standing.governed and standing.governed.amount_argument}' is no whole number of cents"
    return None


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is(value: Any, kind: FactKind) -> bool:
    return isinstance(value, _KINDS[kind]) and (kind is FactKind.BOOLEAN or not isinstance(value, bool))


def _hashed(made_of: Any, digits: int) -> str:
    return hashlib.sha256(canonical(made_of)).hexdigest()[:digits]
