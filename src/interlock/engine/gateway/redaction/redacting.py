"""Redaction of a request's texts: values out, pseudonyms in, by one object for all texts of the request."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from interlock.engine.gateway.detectors.secrets import secrets_in
from interlock.engine.gateway.redaction.entities import KnownValues, known
from interlock.engine.gateway.redaction.escapes import Unescaped, unescaped
from interlock.engine.gateway.redaction.finding import Finder, finder
from interlock.engine.gateway.redaction.folding import Folded, folded
from interlock.engine.gateway.redaction.numbers import Found
from interlock.engine.gateway.redaction.pseudonyms import LITERAL, Pseudonyms, Restorer, lookalikes, tag
from interlock.engine.gateway.redaction.scanning import Scanner, scanner
from interlock.terms.errors import BadInput
from interlock.terms.gateway.content import Entity, PersonalKind

DEPTH_MAX = 100
_TOO_DEEP = f"JSON is nested more than {DEPTH_MAX} deep: send it flatter."
Span = tuple[int, int, str]


class Redaction:
    """What is taken out: kinds by their form, and known values. Made once, used by any number of requests at once."""

    def __init__(self, kinds: frozenset[PersonalKind], values: KnownValues | None) -> None:
        self.kinds = kinds
        self._finder: Finder = finder(frozenset(kinds))
        self._secrets = PersonalKind.SECRET in kinds
        self._values = values
        self._lookalikes = _lookalikes(values.labels if values else frozenset())
        self.chars_max = max(self._finder.chars_max, values.chars_max if values else 0)

    @property
    def names_covered(self) -> bool:
        """Whether names are taken out: only those that were handed in."""
        return self._values is not None

    def begin(self) -> "RequestRedaction":
        """For one request."""
        return RequestRedaction(self)

    def spans(self, text: Folded, at: int = 0, *, literals: bool = False) -> list[Span]:
        """What is taken out, in order and without overlaps: start and end in the original text, and the kind.

        Where two overlap, all of both is taken out under the name of the first. `at`: where in the folded text to
        begin; what stands before is context. `literals`: also what reads like a pseudonym.
        """
        found = self._finder.find(text, at)
        if self._values is not None:
            found += self._values.find(text, at)
        if self._secrets:
            found += [Found(PersonalKind.SECRET, s.start, s.end) for s in secrets_in(text.data)]
        if literals and b"[" in text.data:
            found += [Found(LITERAL, *match.span()) for match in self._lookalikes.finditer(text.data)]
        return [(*text.original(f.start, f.end), f.kind) for f in _apart(found)] if found else []

    def begun(self, text: Folded, at: int) -> int:
        """Where in the folded text, at `at` or later, a value may begin that its end cuts off; else its length."""
        begun = self._finder.begun(text.data, at)
        return begun if self._values is None else min(begun, self._values.begun(text.text, at))


class RequestRedaction:
    """All texts of one request. `counts`: how many values were taken out, by kind (repeats count)."""

    def __init__(self, redaction: Redaction) -> None:
        self._redaction = redaction
        self._pseudonyms = Pseudonyms()
        self.counts: Counter[str] = Counter()

    def redact(self, text: str) -> str:
        """The text with pseudonyms."""
        plain = unescaped(text)
        spans = self._redaction.spans(folded(plain.text), literals=True)
        return self._replaced(text, plain, spans) if spans else text

    def redact_json(self, document: str) -> str:
        """A JSON document in a string (the arguments of a tool call): its strings, keys and numbers, each by itself.

        It stays JSON; a number that was taken out becomes a string. What is no JSON is read as text.
        Raises BadInput for what is nested too deep.
        """
        try:
            value = json.loads(document, object_pairs_hook=_Pairs)
        except ValueError:
            return self.redact(document)
        except RecursionError as error:
            raise BadInput(_TOO_DEEP) from error
        clean = self.redact_value(value)
        return document if clean == value else json.dumps(_plain(clean), ensure_ascii=False)

    def redact_value(self, value: Any, depth: int = 0) -> Any:
        """Parsed JSON, with its strings, keys and numbers redacted; shapes stay.

        Raises BadInput for what is nested more than `DEPTH_MAX` deep: nothing of it may leave unseen.
        """
        if depth > DEPTH_MAX:
            raise BadInput(_TOO_DEEP)
        if isinstance(value, str):
            return self.redact(value)
        if isinstance(value, _Pairs):
            return _Pairs((self.redact(key), self.redact_value(each, depth + 1)) for key, each in value)
        if isinstance(value, list):
            return [self.redact_value(each, depth + 1) for each in value]
        if isinstance(value, dict):
            return {self.redact(key): self.redact_value(each, depth + 1) for key, each in value.items()}
        if isinstance(value, int | float) and not isinstance(value, bool):
            plain = str(value)
            clean = self.redact(plain)
            return value if clean == plain else clean
        return value

    def restorer(self) -> Restorer:
        """For one text of the answer, once all texts of the request have been redacted."""
        return self._pseudonyms.restorer()

    def _replaced(self, text: str, plain: Unescaped, spans: Sequence[Span]) -> str:
        pieces, at = [], 0
        for start, end, kind in spans:
            pieces += [text[at : plain.original(start)], self._pseudonyms.of(kind, plain.text[start:end])]
            at = plain.original(end)
            if kind != LITERAL:
                self.counts[kind] += 1
        pieces.append(text[at:])
        return "".join(pieces)


class _Pairs(list[tuple[str, Any]]):
    """An object as it was written: a key that stands twice has two values, and both are looked at."""


def _plain(value: Any) -> Any:
    if isinstance(value, _Pairs):
        return {key: _plain(each) for key, each in value}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def compiled(kinds: Iterable[str], entities: Iterable[Entity] = ()) -> Redaction:
    """A redaction; patterns of kinds are compiled once, known values here (milliseconds for hundreds: keep the result).

    Raises BadInput for a kind that is not known, and for known values that cannot be used.
    """
    known_kinds = {kind.value for kind in PersonalKind}
    unknown = sorted(set(kinds := tuple(kinds)) - known_kinds)
    if unknown:
        raise BadInput(f"no such kind of personal data: {', '.join(unknown)}. Known: {', '.join(sorted(known_kinds))}.")
    return Redaction(frozenset(map(PersonalKind, kinds)), known(tuple(entities)))


@lru_cache(maxsize=64)
def _lookalikes(labels: frozenset[str]) -> Scanner:
    return scanner(lookalikes(labels))


def mark(kind: str) -> str:
    """What stands in an answer for what was taken out of it for good."""
    return f"[{tag(kind)}]"


def _apart(found: list[Found]) -> Iterator[Found]:
    found.sort(key=lambda f: (f.start, -f.end))
    open_one = found[0]
    for each in found[1:]:
        if each.start < open_one.end:
            open_one = Found(open_one.kind, open_one.start, max(open_one.end, each.end))
        else:
            yield open_one
            open_one = each
    yield open_one
