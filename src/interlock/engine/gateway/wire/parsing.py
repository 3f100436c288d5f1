"""From the body of a request to what governs it."""

import re
from typing import Any

import msgspec

from interlock.engine.gateway.wire.decoding import NotStrict, decoded, malformed
from interlock.engine.gateway.wire.parsed import (
    IMAGE_TOKENS_MAX,
    PROMPT_FIELDS,
    TEMPLATE_TOKENS_MAX,
    TOOLS_TOKENS_MAX,
    Parsed,
)
from interlock.engine.gateway.wire.shapes import BODIES, OUTPUT_FIELDS, PARAMETERS, PARAMETERS_IN
from interlock.engine.gateway.wire.sightings import Sightings
from interlock.engine.gateway.wire.texts import Walk
from interlock.engine.gateway.wire.unsupported import (
    held_upstream,
    not_supported,
    unclear,
    unsupported,
    without_price,
)
from interlock.terms.gateway.refusal import Refusal
from interlock.terms.gateway.wire import Wire


def parse(wire: Wire, body: bytes) -> Parsed | Refusal:
    """Read a request. Never raises: what cannot be read, or asks for what the gateway cannot govern, is refused."""
    try:
        tree, size = decoded(body)
        if type(tree) is not dict:
            return malformed("the body is no JSON object")
        msgspec.convert(tree, BODIES[wire])
        texts: list[str] = []
        walk = Walk(texts.append)
        walk.over_request(tree)
    except NotStrict as wrong:
        return malformed(f"{wrong}.")
    except msgspec.ValidationError as wrong:
        return _wrong_type(str(wrong))
    seen = walk.seen
    refused = unsupported(wire, tree) or held_upstream(seen.held_upstream) or without_price(seen.without_price)
    refused = refused or unclear(seen.unclear) or _odd_prompt(tree.get("metadata"))
    most = [tree[name] for name in OUTPUT_FIELDS[wire] if tree.get(name) is not None]
    if refused is None and len(set(most)) > 1:
        refused = not_supported("max_tokens", "`max_completion_tokens` says another figure; send one of them")
    return refused or _parsed(wire, body, tree, size, most, tuple(texts), seen)


def _parsed(
    wire: Wire, body: bytes, tree: dict[str, Any], size: int, most: list[int], texts: tuple[str, ...], seen: Sightings
) -> Parsed:
    tools = _tool_names(tree)
    uncounted = seen.media.get("image", 0) * IMAGE_TOKENS_MAX - seen.image_bytes + TEMPLATE_TOKENS_MAX
    uncounted += TOOLS_TOKENS_MAX if tools or tree.get("response_format") else 0
    if wire is Wire.EMBEDDINGS and type(tree["input"]) is list and any(type(one) is not str for one in tree["input"]):
        seen.unreadable.add("input")  # tokens instead of text
    return Parsed(
        wire=wire,
        model=tree["model"],
        streams=bool(tree.get("stream")),
        output_tokens_max=most[0] if most else None,
        n=tree.get("n") or 1,
        texts=texts,
        tools=tools,
        prompt=_prompt(tree.get("metadata")),
        parameters=_parameters(tree),
        media=seen.media,
        unreadable=frozenset(seen.unreadable),
        stores=tree.get("store") is True,
        shows_usage=bool((tree.get("stream_options") or {}).get("include_usage")),
        input_tokens_max=size + uncounted,
        uncounted_tokens_max=uncounted,
        body=body,
        tree=tree,
    )


def _tool_names(tree: dict[str, Any]) -> tuple[str, ...]:
    if not (tree.get("tools") or tree.get("functions")):
        return ()
    tools = [tool.get("function") or tool.get("custom") or tool for tool in tree.get("tools") or ()]
    names = (tool.get("name") for tool in (*tools, *(tree.get("functions") or ())) if type(tool) is dict)
    return tuple(name for name in names if type(name) is str)


def _prompt(metadata: Any) -> tuple[str, str] | None:
    if not metadata:
        return None
    name, version = (metadata.get(field) for field in PROMPT_FIELDS)
    return (name, version if type(version) is str else "") if type(name) is str else None


def _parameters(tree: dict[str, Any]) -> dict[str, int | float | str | bool]:
    found = {name: value for name, value in tree.items() if name in PARAMETERS and _is_setting(value)}
    for name, member in PARAMETERS_IN:
        inner = tree.get(name)
        if type(inner) is dict and _is_setting(inner.get(member)):
            found[f"{name}.{member}"] = inner[member]
    return found


def _is_setting(value: Any) -> bool:
    """What a trace may keep: a figure, or a word of the format. Anything else could be somebody's text."""
    return type(value) in _FIGURES or (type(value) is str and _WORD.fullmatch(value) is not None)


_FIGURES = (int, float, bool)
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,31}", re.ASCII)
# No sign that an address, a number of a card or a key has need of stands in it for long.
_PROMPT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/-]{0,99}", re.ASCII)


def _odd_prompt(metadata: Any) -> Refusal | None:
    """The refusal of a prompt's name or version that is no plain name: both are kept as they are."""
    for field in PROMPT_FIELDS:
        text = (metadata or {}).get(field)
        if type(text) is str and not _PROMPT_NAME.fullmatch(text):
            words = f"`metadata.{field}` is kept in the trace: write 1 to 100 letters, digits, spaces and . _ / -"
            return malformed(words, f"metadata.{field}")
    return None


def _wrong_type(words: str) -> Refusal:
    what, _, where = words.partition(" - at `")
    field = where.rstrip("`").removeprefix("$").removeprefix(".") or None
    return malformed(f"{what}{f' in `{field}`' if field else ''}.", field)
