"""One call of a tool, from the client's words to its answer. What changes nothing passes; everything else is a case."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from interlock.engine.gateway.tools.authority import ToolStanding, tool_standing
from interlock.engine.gateway.tools.capitals import unclear_argument
from interlock.engine.gateway.tools.case import caller_of, case_key, proposal_of, ticket_of
from interlock.engine.gateway.tools.wording import OTHER_CALL, TOO_LARGE, UNCLEAR, WORDS, call_state
from interlock.engine.timestamp import stamp
from interlock.flows.action.act import Acted, acting
from interlock.flows.action.runtime import RunTime
from interlock.flows.action.steps import Flow, InStore, OnTarget
from interlock.flows.gateway.tools.desk import LEASE_BEYOND_S, LISTED_AGE_MAX_S, Place, ToolDesk, place_of
from interlock.flows.gateway.tools.hear import cleaned_heard
from interlock.flows.gateway.tools.look import looking
from interlock.flows.gateway.tools.target import ToolTarget, answer_kept
from interlock.flows.gateway.tools.traced import Trace, body_of
from interlock.ports.gateway.tool_servers import Heard, ToolServerFailed
from interlock.terms.decision import Verb
from interlock.terms.errors import BadInput
from interlock.terms.gateway.client import Client
from interlock.terms.gateway.refusal import Refusal, RefusalKind
from interlock.terms.gateway.tool_call import Called, CallState, ListedTool, ToolAnswer, ToolCall
from interlock.terms.gateway.tools import ToolAuthority, ToolPlan, WaitFor
from interlock.terms.review import ReviewKind

NO_TOOL = "The server has no such tool."
UNREACHABLE = "The tool server did not answer."


def calling(desk: ToolDesk, client: Client, call: ToolCall, heard: Heard) -> Flow[Called | Refusal]:
    """Decide on a call and, where it may be, make it. The steps, for either driver.

    `heard` gets the server's notifications while it is at work. A call that is delivered again (see `ticket_of`) is
    answered as it stands, and never made twice. Raises Unavailable where it could not be recorded: then nothing was
    done, or what was done stands in the journal.
    """
    place = yield InStore(partial(place_of, desk.rt, client, call.server))
    release = "" if isinstance(place, Refusal) else place.standing.release
    trace = Trace(desk, client, call, release)
    told = yield from _told(desk, client, place, call, heard)
    trace.end(told)
    return told


def _told(
    desk: ToolDesk, client: Client, place: Place | Refusal, call: ToolCall, heard: Heard
) -> Flow[Called | Refusal]:
    if isinstance(place, Refusal):
        return place
    against = (yield OnTarget(partial(desk.count, client))) or _unusable(place.standing.definition.tools, call)
    if against is not None:
        return against
    line = desk.servers.line(place.server, caller_of(client))
    try:
        listed = yield from _listed(line.tools, call.tool)
    except ToolServerFailed:
        return Called(CallState.NOT_DONE, UNREACHABLE, rule="unreachable")
    if listed is None:
        return Called(CallState.NOT_DONE, NO_TOOL, rule="no such tool")
    definition = place.standing.definition
    standing = tool_standing(definition, call.server, listed, desk.suspects)
    if standing.authority is ToolAuthority.DENY:
        words = WORDS[CallState.NOT_DONE]
        return Called(CallState.NOT_DONE, words, rule="denied by the definition", authority=ToolAuthority.DENY.value)
    governed = standing.governed
    unclear = unclear_argument(call.arguments, governed, definition.limits.facts)
    if unclear is not None:
        return Refusal(RefusalKind.MALFORMED, "spelling", UNCLEAR)
    clean = desk.cleaner(definition.tools.redact)
    target = ToolTarget(line, definition.tools, governed, clean, cleaned_heard(heard, clean))
    doing = looking if standing.authority is ToolAuthority.READ else _acting
    told: Called | Refusal = yield from doing(desk, client, place, call, standing, target)
    return told if isinstance(told, Refusal) else replace(told, authority=standing.authority.value)


def _unusable(plan: ToolPlan, call: ToolCall) -> Refusal | None:
    body = body_of(call.arguments)
    if body is None:
        return Refusal(
            RefusalKind.MALFORMED,
            "arguments",
            "its arguments hold what cannot be kept as JSON, such as a whole number over 2^53; send that as text",
        )
    if len(body) > plan.argument_bytes_max:
        words = TOO_LARGE.format(most=plan.argument_bytes_max)
        return Refusal(RefusalKind.TOO_LARGE, "argument_bytes_max", words)
    return None


def _listed(tools: Callable[..., object], name: str) -> Flow[ListedTool | None]:
    """The tool as listed lately; one that is not there may be new, so that the server is asked again."""
    for age_max_s in (LISTED_AGE_MAX_S, 0.0):
        listed = yield OnTarget(partial(tools, age_max_s=age_max_s))
        found: ListedTool | None = next((one for one in listed if one.name == name), None)
        if found is not None:
            return found
    return None


def _acting(
    desk: ToolDesk, client: Client, place: Place, call: ToolCall, standing: ToolStanding, target: ToolTarget
) -> Flow[Called | Refusal]:
    definition, release = place.standing.definition, place.standing.release
    ticket = ticket_of(client, call, standing)
    key = case_key(client, ticket)
    proposal = proposal_of(client, definition, release, call, standing, key)
    other = partial(_is_other_call, desk.rt, key, proposal.payload_digest)
    if (yield InStore(other)):
        return Refusal(RefusalKind.MALFORMED, "idempotency key", OTHER_CALL)
    lease_s = definition.tools.call_s + LEASE_BEYOND_S
    try:
        acted = yield from acting(desk.rt, target, client.workflow, proposal, lease_s=lease_s)
    except BadInput as exc:
        return Refusal(RefusalKind.MALFORMED, "not a case", str(exc))
    if (yield InStore(other)):  # of two at the same moment, the other one was first
        return Refusal(RefusalKind.MALFORMED, "idempotency key", OTHER_CALL)
    return (yield from answering(desk.rt, definition.tools, ticket, key, acted, target))


def answering(
    rt: RunTime, plan: ToolPlan, ticket: str, key: str, acted: Acted, target: ToolTarget | None
) -> Flow[Called]:
    """What the client is told of a case: the tool's own answer where it was done, also where that was before."""
    state = call_state(acted.decision.verb, acted.state)
    if state is CallState.WAITS and acted.recorded and (yield InStore(partial(_is_declined, rt, key))):
        state = CallState.NOT_DONE
    answer = None if target is None else target.answer
    if answer is None and state is CallState.DONE:
        answer = yield InStore(partial(_kept_answer, rt, key))
    waits = plan.wait_s if state is CallState.WAITS and plan.wait_for is WaitFor.DECISION else None
    verdict = acted.decision.verb.value
    rule = None if state is not CallState.NOT_DONE else f"decided: {verdict}"
    redacted = {} if target is None else target.redacted
    approval = _approval(acted.decision.verb, state)
    return Called(state, WORDS[state], ticket, answer, redacted, waits, rule, verdict=verdict, approval=approval)


_SAID = {CallState.WAITS: "pending", CallState.NOT_DONE: "declined"}


def _approval(verb: Verb, state: CallState) -> str | None:
    """What a person said where one had to: whatever else became of it, nobody did it without leave."""
    return _SAID.get(state, "approved") if verb is Verb.REVIEW else None


def _kept_answer(rt: RunTime, key: str) -> ToolAnswer | None:
    with rt.store.reading() as reading:
        intent = reading.intent(key)
    return None if intent is None else answer_kept(intent.after)


def _is_declined(rt: RunTime, key: str) -> bool:
    """Whether a person has decided, and gave no leave to do it (or the leave has ended)."""
    with rt.store.reading() as reading:
        review = reading.review(key, ReviewKind.DECISION)
    if review is None or review.closed_at is None:
        return False
    return review.approved_until is None or not stamp(rt.clock()) < review.approved_until


def _is_other_call(rt: RunTime, key: str, payload_digest: str) -> bool:
    """Whether another call was decided under this key."""
    with rt.store.reading() as reading:
        row = reading.decision(key)
    return row is not None and row.inputs["proposal"]["payload_digest"] != payload_digest
