"""What looks through the text of an answer, which may hold back what it cannot judge yet."""

from collections.abc import Callable, Collection
from typing import Any, Protocol

from interlock.engine.gateway.wire.decoding import NotStrict, decoded, encode
from interlock.engine.gateway.wire.texts import Area, Walk


class TextFilter(Protocol):
    """One block of text, fed in pieces. What it raises ends the stream."""

    def feed(self, text: str, /) -> str:
        """What may be told now of all that was fed; the rest is held back."""
        ...

    def finish(self) -> str:
        """What was held back, when the block is over."""
        ...


Filters = Callable[[], TextFilter]


def whole(filters: Filters, text: str) -> str:
    """A text that is complete, looked through."""
    one = filters()
    return one.feed(text) + one.finish()


def all_of(filters: Filters, node: Any, *, spare: Collection[str] = (), area: Area = Area.FORMAT) -> bool:
    """Look through every text below a node, in place; whether any was changed.

    `spare` names fields of the node itself that hold figures and words of the format, no text of anybody's. Raises
    NotStrict where it is nested too deep.
    """
    spared = {name: node.pop(name) for name in spare if name in node} if spare else {}
    walk = Walk(lambda text: whole(filters, text))
    walk.over(node, area=area)
    if spared:
        node.update(spared)
    return walk.changes > 0


def arguments(filters: Filters, text: str) -> str:
    """The arguments of a tool call, looked through and still JSON; what is no JSON is looked through as text."""
    try:
        holder = [decoded(text.encode())[0]]
        return encode(holder[0]).decode() if all_of(filters, holder, area=Area.FREE) else text
    except NotStrict:
        return whole(filters, text)
