"""Parts of a message: text, pictures and documents."""

from collections.abc import Iterator
from typing import Any

from interlock.engine.gateway.wire.translate.taking import Taking, Untranslatable

_NOT_THERE = "the model's vendor takes text, pictures and documents only"


def data_of(url: str, field: str) -> tuple[str, str]:
    """Media type and base64 data of a data URL."""
    head, comma, data = url.partition(";base64,")
    if not (comma and head.startswith("data:")):
        raise Untranslatable(field, "it must be a data URL with base64")
    return head.removeprefix("data:"), data


def blocks_of_chat(message: Taking) -> list[dict[str, Any]]:
    """The content of a chat message as content blocks."""
    content = message.take("content")
    if content is None or type(content) is str:
        return [{"type": "text", "text": content}] if content else []
    return [_block_of_part(part) for part in _taking(content, message.at("content"))]


def _block_of_part(part: Taking) -> dict[str, Any]:
    kind = part.take("type")
    if kind == "text":
        block: dict[str, Any] = {"type": "text", "text": part.text("text")}
    elif kind == "refusal":
        block = {"type": "text", "text": part.text("refusal")}
    elif kind == "image_url":
        inner = _inner(part, "image_url")
        block = {"type": "image", "source": _source(inner.text("url"), inner.at("url"))}
        inner.over(hints=("detail",))
    elif kind == "file":
        inner = _inner(part, "file")
        block = {"type": "document", "source": _source(inner.text("file_data"), inner.at("file_data"))}
        if (name := inner.word("filename")) is not None:
            block["title"] = name
        inner.over()
    else:
        raise part.refuse("type", _NOT_THERE)
    part.over(hints=("cache_control", "annotations", "logprobs"))
    return block


def _source(url: str, field: str) -> dict[str, str]:
    if url.startswith(("https://", "http://")):
        return {"type": "url", "url": url}
    media_type, data = data_of(url, field)
    return {"type": "base64", "media_type": media_type, "data": data}


def parts_of_block(block: Taking, kind: str) -> dict[str, Any]:
    """A content block that is no tool's as a part of a chat message."""
    if kind == "text":
        part: dict[str, Any] = {"type": "text", "text": block.text("text")}
    elif kind == "image":
        part = {"type": "image_url", "image_url": {"url": _url(_inner(block, "source"))}}
    elif kind == "document":
        part = _document(block)
    else:
        raise block.refuse("type", _NOT_THERE)
    block.over(hints=("cache_control", "citations") if kind == "text" else ("cache_control",))
    return part


def _document(block: Taking) -> dict[str, Any]:
    source = _inner(block, "source")
    title = block.word("title")
    if source.take("type") == "text":
        text = source.text("data")
        source.over(hints=("media_type",))
        return {"type": "text", "text": f"{title}\n\n{text}" if title else text}
    media_type, data = source.text("media_type"), source.text("data")
    source.over()
    return {"type": "file", "file": {"filename": title or "document", "file_data": f"data:{media_type};base64,{data}"}}


def _url(source: Taking) -> str:
    if source.take("type") == "url":
        url = source.text("url")
    else:
        url = f"data:{source.text('media_type')};base64,{source.text('data')}"
    source.over()
    return url


def text_of(content: Any, field: str, *, kinds: tuple[str, ...] = ("text",)) -> str:
    """Content that may only be text, as one string."""
    if content is None or type(content) is str:
        return content or ""
    texts = []
    for part in _taking(content, field):
        if part.take("type") not in kinds:
            raise part.refuse("type", "there may only be text here")
        texts.append(part.text("text"))
        part.over(hints=("cache_control", "citations", "annotations", "logprobs"))
    return "\n\n".join(texts)


def _taking(content: Any, field: str) -> Iterator[Taking]:
    if type(content) is not list:
        raise Untranslatable(field, "it is no list")
    return (Taking(one, f"{field}[{index}]") for index, one in enumerate(content))


def _inner(part: Taking, name: str) -> Taking:
    return Taking(part.take(name), part.at(name))
