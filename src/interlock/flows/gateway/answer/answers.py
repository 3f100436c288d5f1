"""An upstream's answer on its way back: read in the format that it came in, looked through, told in the client's."""

from interlock.engine.gateway.redaction.phrases import ForbiddenPhrase
from interlock.engine.gateway.wire.answer import Answer
from interlock.engine.gateway.wire.translate.answers import answer_for
from interlock.engine.timestamp import moment
from interlock.flows.gateway.answer.filters import AnswerFilters
from interlock.flows.gateway.request.admission import Request
from interlock.flows.gateway.request.attempts import Sent
from interlock.flows.gateway.request.records import error_said
from interlock.flows.gateway.request.refusals import FORBIDDEN_OUTPUT
from interlock.flows.gateway.request.sending import wire_by
from interlock.flows.gateway.request.under_way import UnderWay
from interlock.ports.gateway.upstream import UpstreamFailed
from interlock.terms.gateway.refusal import STATUS, Refusal, RefusalKind
from interlock.terms.gateway.wire import Wire

OK = 200
ERROR_BYTES_MAX = 1_000_000


def spoken_by(sent: Sent, request: Request) -> Wire:
    """The format that an answer comes in."""
    wire = wire_by(sent.way, request.parsed.wire)
    if wire is None:
        raise ValueError("a request was sent to where it cannot be put")
    return wire


def created_at(under_way: UnderWay) -> int:
    """When the request came, in seconds from 1970."""
    return int(moment(under_way.accepted.at).timestamp())


def looked_through(under_way: UnderWay, answer: Answer, filters: AnswerFilters) -> bytes | Refusal:
    """The body for the client: what may not be told is out, its own values are in, in its own format."""
    body = answer.body
    if filters.needed:
        try:
            body = answer.rewritten(filters.whole(answer.texts))
        except ForbiddenPhrase:
            return FORBIDDEN_OUTPUT
    parsed = under_way.request.parsed
    return body if answer.wire is parsed.wire else answer_for(parsed, answer, body, created=created_at(under_way))


async def errored(request: Request, sent: Sent) -> Refusal:
    """The place says that the request is wrong: its message goes back, looked through like any answer."""
    status, place = sent.answer.status, sent.way.place.name
    try:
        said = error_said(await sent.answer.read(ERROR_BYTES_MAX))
    except UpstreamFailed:
        said = None
    filters = AnswerFilters(request.known.authority.plan, request.looked)
    try:
        words = f": {filters.whole([said])[0]}" if said else "; look at its parameters and its size"
    except ForbiddenPhrase:
        words = ""
    kind = RefusalKind.TOO_LARGE if status == STATUS[RefusalKind.TOO_LARGE] else RefusalKind.MALFORMED
    return Refusal(kind, "upstream refused", f"{place} refused the request (status {status}){words}")
