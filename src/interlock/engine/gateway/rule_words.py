"""What a rule in the trace means, in words for a person; beside them the exact rule stays for the record."""

from collections.abc import Mapping

from interlock.engine.gateway.limits.counted import GATEWAY, OWN
from interlock.terms.decision import Verb
from interlock.terms.gateway.trace import GIVEN_UP, TOOL_WIRE
from interlock.terms.gateway.traffic import Of, Per, Unit
from interlock.terms.gateway.wire import Wire

RULES: Mapping[str, str] = {
    # who asks
    "no credential": "nothing said who asks",
    "two credentials": "it came with two different credentials",
    "mistyped key": "its key was mistyped or cut",
    "unknown key": "nobody here made its key",
    "revoked key": "its key was revoked",
    "expired key": "its key had ended",
    "token": "its token was not valid here",
    "network": "it came from a network that is not let in",
    "client": "its client is shut out, or may not use this workflow",
    "strangers": "too much that is not known came from its address",
    "no caller": "nobody knows who asked",
    "access": "who asks could not be looked up",
    # what its workflow may
    "kill switch": "its workflow, or something it needs, was halted",
    "changed meanwhile": "what its workflow may do changed while it was under way",
    "no gateway definition": "the gateway was not defined yet",
    "no workflow": "its workflow is not on record",
    "no owner": "its workflow lacks a value owner or a safety owner",
    "no models": "its workflow names no model",
    "no way out": "no model of its workflow could be asked",
    "model": "its workflow may not ask that model",
    "tenant": "its workflow is another tenant's",
    "store": "what its workflow may do could not be read",
    "policy": "a policy rule did not allow it",
    "cache": "its workflow's cache has no model that embeds",
    # how it was written
    "malformed": "it could not be read",
    "head": "its head could not be read",
    "method": "it was sent with the wrong method",
    "path": "it named no tool server",
    "format": "no place of that model takes its format",
    "not supported": "it asked for what is not supported here",
    "entities": "the names that it gave to be taken out could not be used",
    "input_bytes_max": "it was larger than its workflow allows",
    "bodies": "too many large requests were being read",
    "requests under way": "too many requests were under way",
    # what was in it
    "secret": "a secret was found in it",
    "injection": "it read like an attack on the model's instructions",
    "unreadable content": "it held what nobody can look into",
    "file": "nobody could tell what its file would use",
    "forbidden output": "the answer said what its workflow forbids",
    # what came back
    "upstream": "the model's place did not answer as it should",
    "upstream refused": "the model's place refused it",
    "malformed answer": "the model's answer could not be read",
    "untranslatable answer": "the model's answer did not fit the format that was asked for",
    "no way": "no place was left that could be asked",
    # the gateway itself
    "trace": "it could not be put on record",
    "fault": "the gateway itself was at fault; its log says how",
    # tools
    "no such server": "the gateway knows no such tool server",
    "tool server": "the tool server gave no list of its tools",
    "unreachable": "the tool server could not be reached",
    "no tools": "its workflow may use no tools of that server",
    "no such tool": "the server has no such tool",
    "tool name": "it named no tool",
    "spelling": "a name in its arguments could be taken for another one",
    "sessions": "its client had as many sessions with tools as are allowed",
    "denied by the definition": "its workflow's definition denies the tool",
    "arguments": "its arguments could not be kept as they were",
    "argument_bytes_max": "its arguments were larger than its workflow allows",
    "idempotency key": "its key was used for another call",
    "not a case": "no case could be made of it",
    "_meta": "what it said about itself could not be read",
    "no such ticket": "it asked for a ticket that is not there",
    "no such ticket here": "it asked for a ticket that is not its own",
    "its content was erased": "the content of its ticket was erased",
}
"""By the rule as it stands in the trace; clauses about a request that follow "refused:"."""
BROKEN: Mapping[str, str] = {
    "upstream": "the model's place ended it",
    "timeout": "nothing more came in time",
    "broken": "the connection broke",
    "oversized": "it was larger than what is passed on",
    "malformed": "it could not be read further",
    "ended early": "it ended before its last part",
    "error": "the model's place told an error",
    "the stream is not complete": "it did not come to its end",
}
FAILURES: Mapping[str, str] = {
    "connect": "could not be reached",
    "busy": "all connections to it in use",
    "timeout": "took too long",
    "broken": "the connection broke",
    "oversized": "the answer was too large",
    "key": "the gateway has no key for it",
    "not sent": "it could not be reached",
    "not taken": "it did not take the call",
    "lost": "nobody knows what became of it",
    GIVEN_UP: "the client left meanwhile",
}
WIRES: Mapping[str, str] = {
    Wire.CHAT: "OpenAI chat",
    Wire.RESPONSES: "OpenAI responses",
    Wire.EMBEDDINGS: "OpenAI embeddings",
    Wire.MESSAGES: "Anthropic messages",
    Wire.COUNT: "Anthropic count of tokens",
    TOOL_WIRE: "a tool, over MCP",
}
_DECIDED: Mapping[str, str] = {
    Verb.DENY: "the decision about it was to deny it",
    Verb.REVIEW: "a person was to decide about it and declined",
    Verb.SHADOW: "its workflow only watches yet, so it was not done",
    Verb.APPLY: "it was to be done and was not",
}
_UNITS = {Unit.REQUESTS: "requests", Unit.TOKENS: "tokens", Unit.MICRO_USD: "money"}
_EVERY = {Per.MINUTE: "per-minute", Per.DAY: "daily", Per.MONTH: "monthly"}
_WHOSE = {
    Of.CLIENT: "the client's",
    Of.WORKFLOW: "the workflow's",
    Of.TENANT: "the tenant's",
    Of.EVERYTHING: "everybody's common",
}


def rule_words(rule: str) -> str:
    """Why a request was refused, as a clause about it: "a secret was found in it".

    What is none of the gateway's own rules is a rule that people wrote, and is named.
    """
    if (known := RULES.get(rule)) is not None:
        return known
    head, _, rest = rule.partition(": ")
    if rest:
        return _told(head, rest) or _by_hand(rule)
    return _limit(rule) or _by_hand(rule)


def failure_words(failure: str) -> str:
    """Why an attempt gave no answer, said of the place that was asked."""
    return FAILURES.get(failure, failure)


def broken_words(broken: str) -> str:
    """Why an answer that had begun did not end, or does not count as one."""
    return BROKEN.get(broken, broken)


def wire_words(wire: str) -> str:
    """The format of a request."""
    return WIRES.get(wire, wire)


def _told(head: str, rest: str) -> str | None:
    """A rule that says more behind a colon."""
    match head:
        case "kill switch":
            return f"{rest} was halted"
        case "policy":
            return f"the policy rule {rest} did not allow it"
        case "upstream":
            return f"the tool server failed: {failure_words(rest)}"
        case "decided":
            return _DECIDED.get(rest, f"it was decided: {rest}")
        case _:
            return None


def _by_hand(rule: str) -> str:
    return f"the policy rule {rule} did not allow it"


def _limit(rule: str) -> str | None:
    """What `engine.gateway.limits.words.rule` composed; None for anything else. A workflow's name may hold blanks."""
    parts = rule.split(" ")
    for at in range(2, len(parts) - 1):
        found = _limit_at(parts[0], " ".join(parts[1:at]), parts[at], parts[at + 1], " ".join(parts[at + 2 :]))
        if found is not None:
            return found
    return None


def _limit_at(kind: str, where: str, of: str, counts: str, model: str) -> str | None:
    unit, _, per = counts.partition("/")
    if kind != "limit" or of not in set(Of) or unit not in set(Unit) or per not in set(Per):
        return None
    about = f" for the model {model}" if model else ""
    limit = f"{_WHOSE[Of(of)]} {_EVERY[Per(per)]} limit on {_UNITS[Unit(unit)]}"
    return f"{limit}{about}{_where(where)} did not let it through"


def _where(where: str) -> str:
    if where == GATEWAY:
        return ""
    return " (of its own key)" if where == OWN else " (in the workflow's definition)"
