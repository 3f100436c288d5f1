"""The body that leaves by each way, and the format that its answer comes in."""

from interlock.engine.gateway.wire.translate.requests import request_for, wire_at
from interlock.flows.gateway.request.admission import Request
from interlock.flows.gateway.request.attempts import BodyOf
from interlock.terms.gateway.authority import Way
from interlock.terms.gateway.refusal import Refusal, RefusalKind
from interlock.terms.gateway.wire import Wire


def wire_by(way: Way, wire: Wire) -> Wire | None:
    """The format in which a client's request is put to a place; None where it has nothing like it."""
    return wire_at(wire, way.place.wire, has_responses=way.place.has_responses)


def body_of(request: Request) -> BodyOf:
    """How a request is put to each place, made when it is needed."""

    def made(way: Way) -> tuple[str, bytes] | Refusal:
        parsed = request.parsed
        wire = wire_by(way, parsed.wire)
        if wire is None:
            words = f"the place of '{way.model.name}' has nothing like this; ask for another model"
            return Refusal(RefusalKind.MALFORMED, "format", words, field="model")
        output = request.output_tokens or None
        texts = request.looked.texts
        body = request_for(
            parsed,
            wire,
            model=way.model.at_upstream,
            texts=texts,
            output_tokens_max=output,
            output_field=way.place.output_field,
        )
        return body if isinstance(body, Refusal) else (wire.path, body)

    return made
