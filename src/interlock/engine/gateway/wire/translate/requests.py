"""The request that leaves, in the format that the upstream speaks."""

from collections.abc import Sequence
from typing import Any

from interlock.engine.gateway.wire.decoding import encode
from interlock.engine.gateway.wire.parsed import Parsed
from interlock.engine.gateway.wire.translate import chat_to_messages, messages_to_chat, responses_to_chat
from interlock.engine.gateway.wire.translate.taking import Untranslatable
from interlock.engine.gateway.wire.unsupported import not_supported
from interlock.terms.gateway.definition import OutputField, WireFormat
from interlock.terms.gateway.refusal import Refusal
from interlock.terms.gateway.wire import Wire


def wire_at(client: Wire, speaks: WireFormat, *, has_responses: bool = True) -> Wire | None:
    """The wire format that a client's request is sent in to an upstream; None: it has nothing like it.

    `has_responses`: an upstream that speaks OpenAI's format also has its Responses; many have chat completions only.
    """
    if speaks is WireFormat.ANTHROPIC:
        return client if client is Wire.COUNT else None if client is Wire.EMBEDDINGS else Wire.MESSAGES
    if client is Wire.COUNT:
        return None
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
    output_field: OutputField = OutputField.MAX_COMPLETION_TOKENS,
) -> bytes | Refusal:
    """The body for an upstream that is sent `target`: rewritten as `Parsed.rewritten` says, and translated if need be.

    `output_field` is what the upstream's chat completions call the largest output. What the other format has no word
    for is a refusal that names the field.
    """
    if target is parsed.wire:
        field = output_field.value if target is Wire.CHAT and output_field is OutputField.MAX_TOKENS else None
        return parsed.rewritten(model=model, texts=texts, output_tokens_max=output_tokens_max, output_field=field)
    body = parsed.replaced(model=model, texts=texts, output_tokens_max=output_tokens_max)
    try:
        if parsed.wire is Wire.MESSAGES:
            return encode(_bounded(messages_to_chat.chat_request(body), output_field))
        chat = responses_to_chat.chat_request(body) if parsed.wire is Wire.RESPONSES else body
        if target is Wire.MESSAGES:
            return encode(chat_to_messages.messages_request(chat))
        return encode(_bounded(chat, output_field))
    except Untranslatable as wrong:
        return not_supported(wrong.field, wrong.why)


def _bounded(chat: dict[str, Any], field: OutputField) -> dict[str, Any]:
    """A request of chat completions with its largest output under the name that the upstream knows."""
    most = chat.pop(OutputField.MAX_COMPLETION_TOKENS, None)
    return chat if most is None else {**chat, field.value: most}
