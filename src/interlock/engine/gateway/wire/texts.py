"""Every place of a body that may hold somebody's text, in order, for reading and for replacing."""

from collections.abc import Callable
from enum import Enum
from typing import Any

from interlock.engine.gateway.wire.decoding import DEPTH_MAX, NotStrict, decoded, encode
from interlock.engine.gateway.wire.sightings import TELLING, Sightings
from interlock.engine.gateway.wire.spelling import is_other_spelling
from interlock.engine.gateway.wire.vocabulary import NAMES, VALUES

Visit = Callable[[str], str | None]

# A telephone or card number may be written as a number; shorter ones are counts, sizes and years.
LONG_NUMBER = 1_000_000
# Figures by the format itself: in a request, and in a schema, where a largest safe integer looks like a card number.
_SPARED = frozenset(("model", "seed", "max_tokens", "max_completion_tokens", "max_output_tokens"))
_BOUNDS = frozenset(
    ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "maxLength", "maxItems")
)
_JSON_BEGINS = frozenset('{["')
_WORD_CHARS_MAX = max(map(len, VALUES))  # a longer text is no word of the formats


class Area(Enum):
    """What part of a body an object is in."""

    FORMAT = 1  # the format's own: pictures and sealed data are in their places
    SCHEMA = 2  # a tool's or an answer's schema: there are none
    NOTES = 4  # what a client notes about its request, by names of its own
    FREE = 3  # what a model hands to a tool: the names of its fields are anybody's too


_AREA_BELOW = {
    "metadata": Area.NOTES,
    "parameters": Area.SCHEMA,
    "input_schema": Area.SCHEMA,
    "schema": Area.SCHEMA,
    "input": Area.FREE,
}
_SCALARS = (str, int, float)
_WITH_DATA = (Area.FORMAT, Area.NOTES)


class Walk:
    """One pass over a body. `visit` is handed each text and says what stands there afterwards, None: the same.

    The rule is strict: each string is a text, whatever field it is in, known or not, except the formats' own words and
    data that is no text (pictures, sealed reasoning). JSON inside a string is looked into, so that an escape hides
    nothing and what is put in stays valid JSON. A long whole number is a text of digits, also with .0 behind it. Names
    of fields are looked at where they can be anybody's: in what a model hands to a tool, and where they are no plain
    word.

    `seen` is what was met on the way, `changes` counts replaced texts.
    """

    __slots__ = ("changes", "seen", "visit")

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.changes = 0
        self.seen = Sightings()

    def over(self, node: Any, depth: int = 1, area: Area = Area.FORMAT) -> None:
        """Visit all texts below an object or array, in place. Raises NotStrict where it is nested too deep."""
        if depth > DEPTH_MAX:
            raise NotStrict(f"the body is nested deeper than {DEPTH_MAX} levels")
        if type(node) is dict:
            self._object(node, depth, area)
            return
        for index, value in enumerate(node):
            kind = type(value)
            if kind is dict or kind is list:
                self.over(value, depth + 1, area)
            elif kind in _SCALARS:
                node[index] = self._scalar("", value, depth, area)

    def over_request(self, body: dict[str, Any]) -> None:
        """Visit all texts of a request; the model's name is none. Raises NotStrict where it is nested too deep."""
        self._object(body, 1, Area.FORMAT, _SPARED)

    def _object(self, node: dict[str, Any], depth: int, area: Area, spared: frozenset[str] = frozenset()) -> None:
        data = None if area not in _WITH_DATA or TELLING.isdisjoint(node) else self._looked(node, area)
        odd: list[str] = []
        for name, value in node.items():
            if name in spared:
                continue
            if name not in NAMES and (area is Area.FREE or not _is_plain(name)):
                odd.append(name)
            kind = type(value)
            if kind is str:
                if name != data and (len(value) > _WORD_CHARS_MAX or value not in VALUES):
                    plain = value[0] not in _JSON_BEGINS
                    node[name] = self._seen(value) if plain else self._scalar(name, value, depth, area)
            elif kind is dict:
                self.over(value, depth + 1, _AREA_BELOW.get(name, area) if area is Area.FORMAT else area)
            elif kind is list:
                self.over(value, depth + 1, area)
            elif kind is int or kind is float:
                node[name] = self._scalar(name, value, depth, area)
        if odd:
            self._odd(node, odd, depth, area)

    def _looked(self, node: dict[str, Any], area: Area) -> str | None:
        return self.seen.data_in(node) if area is Area.NOTES else self.seen.in_object(node)

    def _scalar(self, name: str, value: Any, depth: int, area: Area) -> Any:
        if type(value) is not str:
            is_figure = -LONG_NUMBER < value < LONG_NUMBER or (area is Area.SCHEMA and name in _BOUNDS)
            return value if is_figure else self._number(value)
        if value[:1] in _JSON_BEGINS and (name == "arguments" or "\\" in value):
            try:
                return self._inner(value, depth)
            except NotStrict:
                pass  # it only looks like JSON, or can be read in two ways: looked at as it stands
        return self._seen(value)

    def _seen(self, text: str) -> str:
        new = self.visit(text)
        if new is None or new == text:
            return text
        self.changes += 1
        return new

    def _number(self, value: float) -> float | str:
        if type(value) is float and not value.is_integer():
            return value
        digits = str(int(value))  # a table with a gap in it makes 4111.0 of 4111
        new = self._seen(digits)
        return value if new is digits else new

    def _inner(self, value: str, depth: int) -> str:
        holder, before = [decoded(value.encode())[0]], self.changes
        self.over(holder, depth + 1, Area.FREE)
        return encode(holder[0]).decode() if self.changes != before else value

    def _odd(self, node: dict[str, Any], odd: list[str], depth: int, area: Area) -> None:
        """Names that are no plain words in small letters."""
        if area is Area.FORMAT:
            self.seen.unclear.update(name for name in odd if is_other_spelling(name, at_top=depth == 1))
        if anybodys := [name for name in odd if area is Area.FREE or not name.isidentifier()]:
            self._names(node, anybodys)

    def _names(self, node: dict[str, Any], odd: list[str]) -> None:
        new = {name: self._seen(name) for name in odd}
        if all(name == old for old, name in new.items()):
            return
        members = list(node.items())
        node.clear()
        for name, value in members:
            wanted, number = new.get(name, name), 2
            while wanted in node:  # two names became one: neither value may be lost
                wanted, number = f"{new.get(name, name)}_{number}", number + 1
            node[wanted] = value


def _is_plain(name: str) -> bool:
    return name.isascii() and name.islower() and name.isidentifier()
