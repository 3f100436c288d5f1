"""The body that leaves by each way, and the format that its answer comes in."""

from interlock.flows.gateway.admission import Request
from interlock.flows.gateway.attempts import BodyOf
from interlock.terms.gateway.authority import Way
from interlock.terms.gateway.definition import WireFormat
from interlock.terms.gateway.refusal import Refusal, RefusalKind
from interlock.terms.gateway.wire import Wire


def wire_at(way: Way, wire: Wire) -> Wire | None:
    """The format in which a request is put to a place that may speak another one; None where it cannot be put."""
    if way.place.wire is WireFormat.ANTHROPIC:
        return None if wire is Wire.EMBEDDINGS else Wire.MESSAGES
    return Wire.CHAT if wire is Wire.MESSAGES else wire


def body_of(request: Request) -> BodyOf:
    """How a request is put to each place, made when it is needed."""

    def made(way: Way) -> tuple[str, bytes] | Refusal:
        parsed, looked = request.parsed, request.looked
        wire = wire_at(way, parsed.wire)
        output = request.output_tokens or None
        if wire is parsed.wire:
            body = parsed.rewritten(model=way.model.at_upstream, texts=looked.texts, output_tokens_max=output)
            return wire.path, body
        words = f"'{way.model.name}' does not speak this format; ask for it in its own"
        return Refusal(RefusalKind.MALFORMED, "format", words, field="model")

    return made
