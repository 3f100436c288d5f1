"""A complete answer, in the format that the client speaks."""

from collections.abc import Mapping
from typing import Any

from interlock.engine.gateway.wire.answer import Answer
from interlock.engine.gateway.wire.decoding import decoded, encode
from interlock.engine.gateway.wire.parsed import Parsed
from interlock.engine.gateway.wire.translate.parts import text_of
from interlock.engine.gateway.wire.translate.taking import Taking, Untranslatable, json_object, kept
from interlock.engine.gateway.wire.translate.words import (
    call_item,
    finish_reason_of,
    response_object,
    status_of,
    stop_reason_of,
    text_item,
    usage_for_chat,
    usage_for_messages,
    usage_for_responses,
)
from interlock.terms.gateway.refusal import Refusal, RefusalKind
from interlock.terms.gateway.wire import Wire


def answer_for(parsed: Parsed, answer: Answer, body: bytes, *, created: int) -> bytes | Refusal:
    """The body for the client that sent `parsed`. `body` is what `answer.rewritten` made of the upstream's.

    `created` is the time in seconds since 1970, which some formats tell and others do not. An answer that the client's
    format has no word for is a refusal.
    """
    if answer.wire is parsed.wire:
        return body
    tree = answer.tree if body is answer.body else decoded(body)[0]
    try:
        chat = tree if answer.wire is Wire.CHAT else _messages_as_chat(tree, created)
        if parsed.wire is Wire.MESSAGES:
            return encode(_chat_as_messages(chat))
        return encode(chat if parsed.wire is Wire.CHAT else _chat_as_responses(chat, parsed.tree, created))
    except Untranslatable as wrong:
        words = (
            f"The model's answer cannot be told in the format of `/{parsed.wire.value}` ({wrong.field}): {wrong.why}."
        )
        return Refusal(RefusalKind.UPSTREAM, "untranslatable answer", words)


def _messages_as_chat(tree: dict[str, Any], created: int) -> dict[str, Any]:
    texts: list[str] = []
    calls: list[dict[str, Any]] = []
    for block in Taking(tree).objects("content"):
        kind = block.take("type")
        if kind == "text":
            texts.append(block.text("text"))
        elif kind == "tool_use":
            function = {"name": block.text("name"), "arguments": encode(block.take("input") or {}).decode()}
            calls.append({"id": block.text("id"), "type": "function", "function": function})
        elif kind not in ("thinking", "redacted_thinking"):
            raise block.refuse("type", "it is a block of one vendor")
    reason = finish_reason_of(tree.get("stop_reason"))
    message = kept(role="assistant", tool_calls=calls or None) | {"content": "".join(texts) or None, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": reason}
    head = {
        "id": tree.get("id") or "",
        "object": "chat.completion",
        "created": created,
        "model": tree.get("model") or "",
    }
    return {**head, "choices": [choice], **kept(usage=usage_for_chat(tree.get("usage")))}


def _first(chat: Mapping[str, Any]) -> tuple[str, str, list[tuple[str, str, str]], str | None]:
    """Text, refusal, calls (id, name, arguments) and finish reason of the only choice."""
    if len(chat["choices"]) != 1:
        raise Untranslatable("choices", "there must be one")
    choice = chat["choices"][0]
    message = Taking(choice["message"], "choices[0].message")
    text = text_of(message.take("content"), message.at("content"))
    calls = []
    for call in message.objects("tool_calls"):
        function = Taking(call.take("function"), call.at("function"))
        calls.append((call.text("id"), function.text("name"), function.text("arguments")))
    return text, message.word("refusal") or "", calls, choice.get("finish_reason")


def _chat_as_messages(chat: dict[str, Any]) -> dict[str, Any]:
    text, refusal, calls, reason = _first(chat)
    content: list[dict[str, Any]] = [{"type": "text", "text": one} for one in (text, refusal) if one]
    for call_id, name, arguments in calls:
        value = json_object(arguments, "tool_calls")
        content.append({"type": "tool_use", "id": call_id, "name": name, "input": value})
    return {
        "id": chat.get("id") or "",
        "type": "message",
        "role": "assistant",
        "model": chat.get("model") or "",
        "content": content,
        "stop_reason": "refusal" if refusal else stop_reason_of(reason),
        "stop_sequence": None,
        "usage": usage_for_messages(chat.get("usage")),
    }


def _chat_as_responses(chat: dict[str, Any], request: Mapping[str, Any], created: int) -> dict[str, Any]:
    text, refusal, calls, reason = _first(chat)
    answer_id = chat.get("id") or ""
    output = [text_item(answer_id, text, refusal)] if text or refusal or not calls else []
    output += [call_item(*call) for call in calls]
    when = chat.get("created")
    head = {"id": answer_id, "model": chat.get("model") or "", "created_at": when if type(when) is int else created}
    usage = kept(usage=usage_for_responses(chat.get("usage")))
    return response_object(request, head, output=output, **usage, **status_of(reason))
