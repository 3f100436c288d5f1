"""A call that changes nothing: it passes where nothing is halted and the rules about it allow it."""

from dataclasses import replace
from functools import partial

from interlock.engine.gateway.tools.authority import ToolStanding
from interlock.engine.gateway.tools.case import argument, facts_of
from interlock.engine.gateway.tools.cleaning import cleaned
from interlock.engine.gateway.tools.wording import WORDS
from interlock.engine.timestamp import stamp
from interlock.flows.action.steps import Flow, InStore, OnTarget
from interlock.flows.gateway.tools.desk import Place, ToolDesk
from interlock.flows.gateway.tools.target import ToolTarget
from interlock.ports.gateway.tool_servers import ToolServerFailed
from interlock.terms.gateway.client import Client
from interlock.terms.gateway.tool_call import Called, CallState, ToolCall
from interlock.terms.intent import scopes_of
from interlock.terms.policy import EdgeFacts
from interlock.terms.workflow import Limits

FAILED = "The tool server did not answer; nothing was to be changed, so you may try again."


def looking(
    desk: ToolDesk, client: Client, place: Place, call: ToolCall, standing: ToolStanding, target: ToolTarget
) -> Flow[Called]:
    """Make the call, or say that it was not made; why is in `rule`, for the record."""
    against = yield InStore(partial(_against, desk, client, place, call, standing))
    if against is not None:
        return Called(CallState.NOT_DONE, WORDS[CallState.NOT_DONE], rule=against)
    plan = target.plan
    ask = partial(
        target.line.call,
        call.tool,
        call.arguments,
        key=call.identity,
        timeout_s=plan.call_s,
        bytes_max=plan.result_bytes_max,
        heard=target.heard,
    )
    try:
        answer = yield OnTarget(ask)
    except ToolServerFailed as exc:
        return Called(CallState.NOT_DONE, FAILED, rule=f"upstream: {exc.failure}")
    without, redacted = cleaned(answer, target.clean)
    return Called(CallState.DONE, WORDS[CallState.DONE], answer=without, redacted=redacted)


def _against(desk: ToolDesk, client: Client, place: Place, call: ToolCall, standing: ToolStanding) -> str | None:
    """What speaks against it, as a rule's name; None where nothing does."""
    definition = place.standing.definition
    action = definition.effect.action_class
    scopes = scopes_of(client.workflow, tenant=client.tenant, segment=call.segment, action=action)
    if halted := place.standing.halted(scopes):
        return f"kill switch: {', '.join(halted)}"
    if not definition.owners.named:
        return "no owner"
    limits = definition.limits
    if not limits.policy:
        return None
    # Amounts and rates are of effects; the rules that people wrote are about every call.
    rules = replace(definition, limits=Limits(policy=limits.policy, facts=limits.facts))
    governed = standing.governed
    target = None if governed is None else argument(call.arguments, governed.target_argument)
    facts = EdgeFacts(
        workflow=client.workflow,
        action=action or client.workflow,
        label=call.tool,
        at=stamp(desk.rt.clock()),
        tenant=client.tenant,
        segment=call.segment,
        target=target if isinstance(target, str) else None,
        extra=facts_of(definition, call, standing),
    )
    answer = desk.rt.guardrail.check(f"{place.standing.release}/tools", rules, facts)
    if answer.allowed and not answer.failed:
        return None
    return f"policy: {', '.join(answer.rules) or 'it could not be evaluated'}"
