"""A client comes back with its ticket: where its call stands, and what a person approved is done now, once."""

import re
from dataclasses import dataclass
from functools import partial

from interlock.engine.gateway.tools.authority import governed_tool
from interlock.engine.gateway.tools.case import TICKET_DIGITS, asked_of, caller_of, case_key
from interlock.engine.gateway.tools.wording import WORDS
from interlock.flows.action.act import acting
from interlock.flows.action.runtime import RunTime
from interlock.flows.action.steps import Flow, InStore, OnTarget
from interlock.flows.gateway.tools.call import answering
from interlock.flows.gateway.tools.desk import LEASE_BEYOND_S, Place, ToolDesk, place_of
from interlock.flows.gateway.tools.hear import cleaned_heard
from interlock.flows.gateway.tools.target import ToolTarget
from interlock.flows.gateway.tools.traced import Trace
from interlock.flows.review.carry_out import recorded_proposal
from interlock.ports.gateway.tool_servers import Heard
from interlock.terms.decision import Proposal
from interlock.terms.errors import Unavailable
from interlock.terms.gateway.client import Client
from interlock.terms.gateway.refusal import Refusal
from interlock.terms.gateway.tool_call import Called, CallState, ToolCall
from interlock.terms.review import ReviewKind

_TICKET = re.compile(f"[0-9a-f]{{{TICKET_DIGITS}}}")


@dataclass(frozen=True, slots=True)
class _Known:
    """A case of this client; `proposal` None: what it was to be done with is not kept any more. `is_due`: a person gave
    leave, and nobody has begun to do it.
    """

    workflow: str
    proposal: Proposal | None
    is_due: bool


def collecting(desk: ToolDesk, client: Client, server: str, ticket: str, heard: Heard) -> Flow[Called | Refusal]:
    """Where the call stands. Only the client that made it is told; for others there is no such ticket.

    Raises Unavailable.
    """
    place = yield InStore(partial(place_of, desk.rt, client, server))
    if isinstance(place, Refusal):
        return place
    no_room: Refusal | None = yield OnTarget(partial(desk.count, client))
    if no_room is not None:
        return no_room
    key = case_key(client, ticket)
    known = (yield InStore(partial(_known, desk.rt, key))) if _TICKET.fullmatch(ticket) else None
    if known is None or known.workflow != client.workflow:
        return Called(CallState.UNKNOWN, WORDS[CallState.UNKNOWN], rule="no such ticket")
    plan = place.standing.definition.tools
    if known.proposal is None:
        return Called(CallState.NOT_DONE, WORDS[CallState.NOT_DONE], ticket, rule="its content was erased")
    target = _target(desk, client, place, known.proposal, heard)
    if target is None:  # of another server, which is asked there
        return Called(CallState.UNKNOWN, WORDS[CallState.UNKNOWN], rule="no such ticket here")
    # What is done now is a call like any other; whoever asks how one stands that was done is answered, and no more.
    trace = _traced(desk, client, known.proposal, ticket, place.standing.release) if known.is_due else None
    lease_s = plan.call_s + LEASE_BEYOND_S
    acted = yield from acting(desk.rt, target, client.workflow, known.proposal, lease_s=lease_s)
    if not acted.recorded:
        raise Unavailable("where the call stands cannot be told now; ask again later")
    told = yield from answering(desk.rt, plan, ticket, key, acted, target)
    if trace is not None:
        trace.end(told)
    return told


def is_decided(rt: RunTime, client: Client, ticket: str) -> bool:
    """Whether nobody has to be waited for any more. Raises Unavailable."""
    with rt.store.reading() as reading:
        review = reading.review(case_key(client, ticket), ReviewKind.DECISION)
    return review is None or review.closed_at is not None


def _known(rt: RunTime, key: str) -> _Known | None:
    with rt.store.reading() as reading:
        row = reading.decision(key)
        if row is None:
            return None
        review = reading.review(key, ReviewKind.DECISION)
        allowed = review is not None and review.closed_at is not None and review.approved_until is not None
        return _Known(row.workflow, recorded_proposal(reading, key), allowed and reading.intent(key) is None)


def _traced(desk: ToolDesk, client: Client, proposal: Proposal, ticket: str, release: str) -> Trace:
    asked = asked_of(proposal.arguments)
    call = ToolCall(asked.server, asked.tool, asked.arguments, ticket, keyed=True, segment=proposal.segment)
    return Trace(desk, client, call, release)


def _target(desk: ToolDesk, client: Client, place: Place, proposal: Proposal, heard: Heard) -> ToolTarget | None:
    asked = asked_of(proposal.arguments)
    if asked.server != place.server.name:
        return None
    plan = place.standing.definition.tools
    line = desk.servers.line(place.server, caller_of(client))
    clean = desk.cleaner(plan.redact)
    governed = governed_tool(plan, asked.server, asked.tool)
    return ToolTarget(line, plan, governed, clean, cleaned_heard(heard, clean))
