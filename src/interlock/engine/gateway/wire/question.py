"""What a request asks, where one text says it: the last thing in a conversation, said by a user."""

from dataclasses import dataclass
from typing import Any

from interlock.engine.gateway.wire.parsed import Parsed
from interlock.engine.gateway.wire.texts import Walk
from interlock.terms.gateway.wire import Wire

HOLE = "\x00the question\x00"
CHARS_MAX = 8_000  # what is longer is no question, and more than many a model embeds
_ROLES = ("system", "developer", "user", "assistant")
_PLAIN = ("text", "input_text", "output_text")
_TURNS = {Wire.CHAT: "messages", Wire.MESSAGES: "messages", Wire.RESPONSES: "input"}


@dataclass(frozen=True, slots=True)
class Question:
    """`text` as it came, and its place in `Parsed.texts`."""

    text: str
    place: int


def question_of(parsed: Parsed) -> Question | None:
    """The question of a request; None where more than its words makes the answer, or another text could be meant.

    That is where tools are offered or were used, pictures, sound or files are in it, several answers are wanted, the
    answer is to be kept upstream, or the last turn is no user's single text.
    """
    if parsed.tools or parsed.media or parsed.unreadable or parsed.n != 1 or parsed.stores or parsed.wire not in _TURNS:
        return None
    name = _TURNS[parsed.wire]
    tree = dict(parsed.tree)
    turns = tree[name]
    holed = _holed(turns)
    if holed is None:
        return None
    text, tree[name] = holed
    if len(text) > CHARS_MAX:
        return None
    texts: list[str] = []
    Walk(texts.append).over_request(tree)
    # Where the walk looks into a text, or does not look at it, it stands for itself no longer.
    if len(texts) != len(parsed.texts) or HOLE in parsed.texts:
        return None
    place = texts.index(HOLE)
    return Question(text, place) if parsed.texts[place] == text else None


def _holed(turns: Any) -> tuple[str, Any] | None:
    """The text of the last turn, and the turns with the hole in its place; nothing of them is shared that changes."""
    if isinstance(turns, str):
        return turns, HOLE
    if not turns or not all(map(_is_plain, turns)):
        return None
    last = turns[-1]
    if last.get("role") != "user":
        return None
    content = last.get("content")
    if isinstance(content, str):
        return content, [*turns[:-1], {**last, "content": HOLE}]
    if not isinstance(content, list) or len(content) != 1:
        return None
    part = content[0]  # an object: one that is none makes its turn no plain one
    if not isinstance(part.get("text"), str):
        return None
    return part["text"], [*turns[:-1], {**last, "content": [{**part, "text": HOLE}]}]


def _is_plain(turn: dict[str, Any]) -> bool:
    """Whether somebody only says something in a turn: no tool was called in it or answers, nothing is sealed."""
    if turn.get("role", "user") not in _ROLES or turn.get("tool_calls") or turn.get("function_call"):
        return False
    content = turn.get("content")
    parts = content if isinstance(content, list) else ()
    return turn.get("type", "message") == "message" and all(
        isinstance(part, dict) and part.get("type", "text") in _PLAIN for part in parts
    )
