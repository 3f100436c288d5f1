"""The request that leaves, in the format that the upstream speaks."""

from collections.abc import Sequence

from interlock.engine.gateway.wire.decoding import encode
from interlock.engine.gateway.wire.parsed import Parsed
from interlock.engine.gateway.wire.translate import chat_to_messages, messages_to_chat, responses_to_chat
from interlock.engine.gateway.wire.translate.taking import Untranslatable
from interlock.engine.gateway.wire.unsupported import not_supported
from interlock.terms.gateway.definition import WireFormat
from interlock.terms.gateway.refusal import Refusal
from interlock.terms.gateway.wire import Wire


def wire_at(client: Wire, speaks: WireFormat, *, has_responses: bool = True) -> Wire | None:
    """The wire format that a client's request is sent in to an upstream; None: it has nothing like it.

    `has_responses`: an upstream that speaks OpenAI's format also has its Responses; many have chat completions only.
    """
    if speaks is WireFormat.ANTHROPIC:
        return None if client is Wire.EMBEDDINGS else Wire.MESSAGES
    if client is Wire.MESSAGES or (client is Wire.RESPONSES and not has_responses):
        return Wire.CHAT
    return client


def request_for(
    parsed: Parsed,
    target: Wire,
    *,
    model: str,
    texts: Sequence[str] | None = None,
    output_tokens_max: int | None = None,
) -> bytes | Refusal:
    """The body for an upstream that is sent `target`: rewritten as `Parsed.rewritten` says, and translated if need be.

    What the other format has no word for is a refusal that names the field.
    """
    if target is parsed.wire:
        return parsed.rewritten(model=model, texts=texts, output_tokens_max=output_tokens_max)
    body = parsed.replaced(model=model, texts=texts, output_tokens_max=output_tokens_max)
    try:
        if parsed.wire is Wire.MESSAGES:
            return encode(messages_to_chat.chat_request(body))
        chat = responses_to_chat.chat_request(body) if parsed.wire is Wire.RESPONSES else body
        return encode(chat_to_messages.messages_request(chat) if target is Wire.MESSAGES else chat)
    except Untranslatable as wrong:
        return not_supported(wrong.field, wrong.why)
