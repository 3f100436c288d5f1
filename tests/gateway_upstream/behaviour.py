"""What an upstream does with a request."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, Literal

COUNTED = "as counted"
MARK = re.compile(r"\[\[upstream (\{.*?\})\]\]", re.DOTALL)
How = Literal["reset", "close"]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """An answer, and what is wrong with it. The defaults are a good answer of five words, at once.

    The text is `text`, or what was received where `echo` (all texts of the request, a line each), or `tokens` words. It
    is streamed in as many deltas as it has words, or in deltas of `delta_chars` characters. `tool` answers with a call
    of that name, with `arguments` as JSON. `after` counts events of a stream before something goes wrong; 0 is before
    the head. `input_tokens` and `output_tokens` may be any JSON value, which is told instead of what was counted.
    `write_bytes` is the size of the pieces on the wire, 1 for a piece at each byte. `raw` is the whole body, as is.
    """

    tokens: int = 5
    text: str | None = None
    echo: bool = False
    delta_chars: int | None = None
    tool: str | None = None
    arguments: str = '{"city": "Vienna"}'
    first_ms: float = 0.0
    gap_ms: float = 0.0
    status: int = 200
    retry_after: str | None = None
    after: int = 3
    stall: bool = False
    broken: How | None = None
    error_event: bool = False
    without_end: bool = False
    input_tokens: Any = COUNTED
    output_tokens: Any = COUNTED
    without_usage: bool = False
    padding_bytes: int = 0
    write_bytes: int | None = None
    gzip: bool = False
    raw: str | None = None
    content_type: str | None = None


def mark(**wanted: Any) -> str:
    """What a prompt may hold, anywhere, to have such a behaviour: for a test that reaches no upstream otherwise."""
    unknown = wanted.keys() - {field.name for field in fields(Behaviour)}
    if unknown:
        raise ValueError(f"no behaviour is called {', '.join(sorted(unknown))}")
    return f"[[upstream {json.dumps(wanted)}]]"


def marked(body: Any) -> Behaviour | None:
    """The behaviour that a request asks for by a mark in one of its texts; None: it asks for none."""
    for text in texts_of(body):
        if found := MARK.search(text):
            return Behaviour(**json.loads(found[1]))
    return None


def texts_of(body: Any) -> Iterator[str]:
    """The texts of a request in either wire format: system, instructions, input and messages, in their order."""
    if isinstance(body, dict):
        for key in ("system", "instructions", "input", "messages"):
            yield from _texts(body.get(key))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        for key in ("content", "text"):
            yield from _texts(value.get(key))
