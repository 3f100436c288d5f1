"""Values that the caller knows: found exactly, whatever their case, on word boundaries, the longest first."""

import unicodedata
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import groupby

from interlock.engine.gateway.redaction.folding import Folded, folded
from interlock.engine.gateway.redaction.numbers import Found
from interlock.engine.gateway.redaction.scanning import TextScanner, literal, text_scanner
from interlock.terms.errors import BadInput
from interlock.terms.gateway.content import Entity

VALUE_CHARS_MIN, VALUE_CHARS_MAX, VALUES_MAX = 2, 200, 5_000
LABEL_CHARS_MAX = 20
_SPACE = r"\s{1,4}"
_BOUNDARY = r"\b"


class KnownValues:
    """Finds any of a set of values in one pass."""

    def __init__(self, entities: Sequence[Entity]) -> None:
        self.labels = frozenset(entity.label for entity in entities)
        self._label_of = {tuple(form): e.label for e in reversed(entities) for form in _forms(e.value)}
        words = sorted(self._label_of, key=lambda form: (-len(" ".join(form)), form))
        self._scanner = text_scanner("(?i)(?:" + "|".join(map(_pattern, words)) + ")")
        self._starts = sorted({_spelt(form) for form in words})
        self.chars_max = max(len(spelt) + 3 * spelt.count(" ") for spelt in self._starts)

    @cached_property
    def _begun(self) -> TextScanner:
        # Made when a stream is first looked through: of a thousand values it takes seconds, and requests have no end
        # that could cut a value off.
        return text_scanner(rf"(?i)(?:{_beginnings(self._starts)})\z")

    def find(self, text: Folded, at: int = 0) -> list[Found]:
        """What begins at `at` or later: offsets in the folded text."""
        return [self._found(text.text, *match.span()) for match in self._scanner.finditer(text.text, at)]

    def begun(self, text: str, at: int) -> int:
        """Where at `at` or later a value may begin that the end of the text cuts off: the text's length if none may."""
        skipped = max(at, len(text) - self.chars_max)
        match = self._begun.search(text[skipped:])
        return skipped + match.span()[0] if match else len(text)

    def _found(self, text: str, start: int, end: int) -> Found:
        form = tuple(text[start:end].casefold().split())
        return Found(self._label_of.get(form, next(iter(sorted(self.labels)))), start, end)


def known(entities: Sequence[Entity]) -> KnownValues | None:
    """None where none are given. Raises BadInput for a label that cannot stand in a pseudonym or a value too short."""
    if len(entities) > VALUES_MAX:
        raise BadInput(f"{len(entities)} known values are too many for one redaction: give {VALUES_MAX} at most.")
    for entity in entities:
        _check(entity)
    return KnownValues(entities) if entities else None


def _check(entity: Entity) -> None:
    label = entity.label
    if not (label.isascii() and label.replace("_", "").isalpha() and label.islower() and len(label) <= LABEL_CHARS_MAX):
        raise BadInput(f"the label {label!r} cannot name a pseudonym: use at most 20 lower-case letters and _.")
    if label == "literal":
        raise BadInput("the label 'literal' is taken for text that looks like a pseudonym: use another one.")
    seen = " ".join(folded(entity.value).text.split())
    if not VALUE_CHARS_MIN <= len(seen) <= VALUE_CHARS_MAX or not any(char.isalnum() for char in seen):
        raise BadInput(
            f"a known value labelled {label!r} has {len(seen)} characters that can be seen: it needs "
            f"{VALUE_CHARS_MIN} to {VALUE_CHARS_MAX}, with a letter or digit, or it would be found everywhere."
        )


def _forms(value: str) -> Iterator[list[str]]:
    """Its words as they are and without their accents: a text that has accents as marks of their own loses them."""
    seen = folded(unicodedata.normalize("NFC", value)).text
    plain = "".join(c for c in unicodedata.normalize("NFKD", seen) if not unicodedata.combining(c))
    for form in {seen.casefold(), plain.casefold(), seen.lower(), plain.lower()}:
        if form.split():
            yield form.split()


def _spelt(form: Sequence[str]) -> str:
    return " ".join(form)


def _pattern(form: Sequence[str]) -> str:
    words = _SPACE.join(literal(word) for word in form)
    # re2's word boundary is ASCII's: at another letter more is taken out rather than less.
    before = _BOUNDARY if _is_word(form[0][0]) else ""
    return before + words + (_BOUNDARY if _is_word(form[-1][-1]) else "")


def _is_word(char: str) -> bool:
    return char.isascii() and (char.isalnum() or char == "_")


def _beginnings(values: Sequence[str]) -> str:
    """A pattern for every beginning of every value: a tree of their characters, each level optional."""
    branches = []
    for first, group in groupby(values, key=lambda value: value[0]):
        rest = [value[1:] for value in group if len(value) > 1]
        here = _SPACE if first == " " else literal(first)
        branches.append(here + (f"(?:{_beginnings(sorted(rest))})?" if rest else ""))
    return "|".join(branches)
