"""Fields are taken one by one, so that whatever nobody took is known by name and not lost."""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

_SAYS_NOTHING: tuple[Any, ...] = (None, False, "", [], {})


class Untranslatable(ValueError):
    """Something that the other format has no word for. `field` is where it stands, `why` says what to do."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field, self.why = field, why


class Taking:
    """An object whose fields are taken. `over` refuses what is left, except hints that change no meaning."""

    __slots__ = ("_left", "path")

    def __init__(self, node: Any, path: str = "") -> None:
        if not isinstance(node, Mapping):
            raise Untranslatable(path, "it is no object")
        self._left = dict(node)
        self.path = path

    def at(self, name: str) -> str:
        """The path of a field."""
        return f"{self.path}.{name}" if self.path else name

    def take(self, name: str) -> Any:
        """The value of a field, None where there is none."""
        return self._left.pop(name, None)

    def word(self, name: str) -> str | None:
        """A field that may be a string."""
        return None if self._left.get(name) is None else self.text(name)

    def number(self, name: str) -> int | float | None:
        """A field that may be a number."""
        value = self.take(name)
        if value is None or type(value) is int or type(value) is float:
            return value
        raise Untranslatable(self.at(name), "it is no number")

    def words(self, name: str) -> list[str] | None:
        """A field that may be a string or a list of them, as a list."""
        value = self.take(name)
        value = [value] if type(value) is str else value
        if value is not None and not (type(value) is list and all(type(one) is str for one in value)):
            raise Untranslatable(self.at(name), "it is no list of texts")
        return value or None

    def inner(self, name: str) -> "Taking | None":
        """A field that may be an object, to be taken from."""
        value = self.take(name)
        return None if value is None else Taking(value, self.at(name))

    def text(self, name: str) -> str:
        """A field that must be a string."""
        value = self.take(name)
        if type(value) is not str:
            raise Untranslatable(self.at(name), "it is no text")
        return value

    def objects(self, name: str) -> Iterator["Taking"]:
        """The objects of a list, each to be taken from."""
        value = self.take(name)
        if not (value is None or type(value) is list):
            raise Untranslatable(self.at(name), "it is no list")
        return (Taking(one, f"{self.at(name)}[{index}]") for index, one in enumerate(value or ()))

    def refuse(self, name: str, why: str) -> Untranslatable:
        """What to raise for a field."""
        return Untranslatable(self.at(name), why)

    def over(self, hints: Collection[str] = ()) -> None:
        """Raise Untranslatable for a field that is left and says something."""
        for name, value in self._left.items():
            if name not in hints and value not in _SAYS_NOTHING:
                raise self.refuse(name, "the model's vendor has nothing like it; leave it out or ask another model")


def kept(**fields: Any) -> dict[str, Any]:
    """The fields that are not None."""
    return {name: value for name, value in fields.items() if value is not None}


def json_object(text: str, field: str) -> dict[str, Any]:
    """The arguments of a tool call, which must be a JSON object."""
    try:
        value = json.loads(text or "{}")
    except (ValueError, RecursionError):
        value = None
    if type(value) is not dict:
        raise Untranslatable(field, "the arguments of a call must be a JSON object")
    return value
