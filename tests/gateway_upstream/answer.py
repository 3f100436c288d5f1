"""An answer before it has a wire format: its text in deltas, its tool call, what it counted."""

from dataclasses import dataclass
from typing import Any

from gateway_upstream.behaviour import COUNTED, Behaviour, texts_of

CREATED = 1_764_150_000
WORDS = ("Größe", "42", "is", "fine", "…", "naïve", "日本", "🙂")


@dataclass(frozen=True, slots=True)
class Answer:
    """`ended` is "stop", "length" or "tool". `usage` None: nothing is said about it."""

    model: str
    deltas: tuple[str, ...]
    tool: str | None
    arguments: str
    ended: str
    usage: tuple[Any, Any] | None

    @property
    def text(self) -> str:
        return "".join(self.deltas)


def answer_to(body: dict[str, Any], wanted: Behaviour) -> Answer:
    deltas = () if wanted.tool else _deltas(body, wanted)
    most = _most(body)
    cut = most is not None and len(deltas) > most
    deltas = deltas[:most] if cut else deltas
    ended = "tool" if wanted.tool else "length" if cut else "stop"
    read = sum(len(text) for text in texts_of(body)) // 4 + 1
    written = len(wanted.arguments) // 4 if wanted.tool else len(deltas)
    usage = (
        read if wanted.input_tokens == COUNTED else wanted.input_tokens,
        written if wanted.output_tokens == COUNTED else wanted.output_tokens,
    )
    said = None if wanted.without_usage else usage
    return Answer(str(body.get("model")), deltas, wanted.tool, wanted.arguments, ended, said)


def _deltas(body: dict[str, Any], wanted: Behaviour) -> tuple[str, ...]:
    text = "\n".join(texts_of(body)) if wanted.echo else wanted.text
    if text is None:
        text = " ".join(WORDS[number % len(WORDS)] for number in range(wanted.tokens))
    if wanted.padding_bytes:
        text += "x" * wanted.padding_bytes
    if wanted.delta_chars:
        return tuple(text[at : at + wanted.delta_chars] for at in range(0, len(text), wanted.delta_chars))
    *words, last = text.split(" ")
    return (*(word + " " for word in words), last)


def _most(body: dict[str, Any]) -> int | None:
    for key in ("max_completion_tokens", "max_output_tokens", "max_tokens"):
        if isinstance(body.get(key), int):
            return int(body[key])
    return None
