"""What a tool answered, without what may not come out: in text, in structured content, in names, in resources."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from interlock.terms.gateway.tool_call import ToolAnswer

Clean = Callable[[str], tuple[str, Mapping[str, int]]]  # the text without what may not come out, and how much of what
BINARY = frozenset({"data", "blob"})  # base64 of pictures, sounds and files
TEXT_KINDS = frozenset({"text", "resource", "resource_link"})
LEFT_OUT = {"type": "text", "text": "[left out: content that cannot be looked through]"}


def cleaned(answer: ToolAnswer, clean: Clean | None) -> tuple[ToolAnswer, Mapping[str, int]]:
    """The answer as a client may get it, and what was taken out by kind. `clean` None: nothing has to be.

    Where something has to be taken out, what cannot be looked through (pictures, sounds, files) is left out.
    """
    if clean is None:
        return answer, {}
    counts: Counter[str] = Counter()
    content = tuple(_block(block, clean, counts) for block in answer.content)
    return ToolAnswer(content, cleaned_value(answer.structured, clean, counts), answer.is_error), dict(counts)


def cleaned_value(value: Any, clean: Clean, counts: Counter[str]) -> Any:
    """A JSON value with every text cleaned, names of fields too. A number that would be cleaned as text becomes one."""
    if isinstance(value, str):
        return _text(value, clean, counts)
    if isinstance(value, Mapping):
        return {_text(str(name), clean, counts): cleaned_value(one, clean, counts) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [cleaned_value(one, clean, counts) for one in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        written = str(value)
        text = _text(written, clean, counts)
        return value if text == written else text
    return value


def _block(block: Mapping[str, Any], clean: Clean, counts: Counter[str]) -> Mapping[str, Any]:
    if block.get("type") not in TEXT_KINDS or _is_binary(block):
        counts["not looked through"] += 1
        return LEFT_OUT
    kept: Mapping[str, Any] = {
        name: one if name == "type" else cleaned_value(one, clean, counts) for name, one in block.items()
    }
    return kept


def _is_binary(block: Mapping[str, Any]) -> bool:
    resource = block.get("resource")
    return bool(BINARY & block.keys()) or (isinstance(resource, Mapping) and bool(BINARY & resource.keys()))


def _text(text: str, clean: Clean, counts: Counter[str]) -> str:
    without, found = clean(text)
    counts.update(found)
    return without
