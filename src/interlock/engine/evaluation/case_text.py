"""What a candidate reads of a case: one text, also where the case is a record of fields."""

import re
from collections.abc import Callable, Sequence

from interlock.engine.evaluation.column_guesses import reads_as_text
from interlock.engine.evaluation.column_profile import PLACEHOLDERS, Profile, profile_column
from interlock.terms.table import RawTable

TEXT_CHARS_MAX = 4_000
_WORD_CHARS_MAX = 40
_WORDS_MAX = 4
_REMEMBERED = 20_000
_REPEATS = 5
_DIGITS_MAX = 32
_CODE_MAX = 1e15
_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$")
_NOT_WORD = re.compile(r"\W+")

Row = Sequence[str]
Reader = Callable[[Row], tuple[str, bool]]


def text_reader(table: RawTable, names: Sequence[str]) -> Reader:
    """A function from a row to (its text, whether it was cut to 4,000 characters).

    One column of text is taken as it is. Several become "name: value": free text a line each, then the other fields
    on one line, then one line of words that a model of words can use: `queue_card_payments` for a category, and for a
    number its size to two digits and to one, such as `amount_1_2e3 amount_1e3` for 1234.5 (see `number_words`; whole
    numbers that repeat at least five times on average are taken as codes).
    Only free text is cut where the whole is too long.
    """
    profiles = [profile_column(table, name) for name in names]
    if len(profiles) == 1 and not profiles[0].is_number:
        place = profiles[0].place
        return lambda row: _cut(row[place].strip())
    return _FieldReader([_Field(profile) for profile in profiles])


def number_words(name: str, text: str, *, codes: bool = False) -> str:
    """Two words for a number: sign, leading digits and power of ten, at two digits and at one.

    1234.5 is `amount_1_2e3 amount_1e3`; -0.05 is `amount_neg_5_0em2 amount_neg_5em2`; 0 is `amount_0`. Near numbers
    share the coarser word, and every word is letters, digits and underscores only. With `codes` the first word of a
    whole number is the number itself (`queue_170 queue_2e2`), and the only one below ten: its neighbours may mean
    something else altogether.
    """
    value = float(text)
    stem = _slug(name) + ("_neg" if value < 0 else "")
    size = abs(value)
    if size == 0:
        return f"{stem}_0"
    if codes and size < _CODE_MAX and size == int(size):
        exact = f"{stem}_{int(size)}"
        return exact if size < 10 else f"{exact} {stem}_{_rounded(size, 0)}"
    return f"{stem}_{_rounded(size, 1)} {stem}_{_rounded(size, 0)}"


def _rounded(size: float, digits: int) -> str:
    mantissa, power = f"{size:.{digits}e}".split("e")
    exponent = int(power)
    return f"{mantissa.replace('.', '_')}e{'m' if exponent < 0 else ''}{abs(exponent)}"


class _Field(dict[str, tuple[str, str]]):
    """One column of a record: from a cell to ("name: value", words), both "" for a blank one. Remembers its answers."""

    def __init__(self, profile: Profile) -> None:
        super().__init__()
        self.place = profile.place
        self.free = reads_as_text(profile)
        self._name = profile.name
        self._codes = profile.fraction_share == 0 and profile.filled >= _REPEATS * profile.distinct

    def __missing__(self, cell: str) -> tuple[str, str]:
        value = cell.strip()
        made = (f"{self._name}: {value}", self._words(value)) if value else ("", "")
        if len(self) < _REMEMBERED:
            self[cell] = made
        return made

    def _words(self, value: str) -> str:
        if self.free:
            return ""
        if _PLAIN_NUMBER.match(value) and len(value) < _DIGITS_MAX:
            return number_words(self._name, value, codes=self._codes)
        if value.lower() in PLACEHOLDERS:
            return f"{_slug(self._name)}_missing"
        if len(value) <= _WORD_CHARS_MAX and len(value.split()) <= _WORDS_MAX:
            return f"{_slug(self._name)}_{_slug(value) or 'other'}"
        return ""


class _FieldReader:
    """Joins the fields of a row."""

    def __init__(self, fields: Sequence[_Field]) -> None:
        self._free = [field for field in fields if field.free]
        self._plain = [field for field in fields if not field.free]

    def __call__(self, row: Row) -> tuple[str, bool]:
        """See `text_reader`."""
        read = [field[row[field.place]] for field in self._plain]
        shown = "; ".join([text for text, _ in read if text])
        words = " ".join([found for _, found in read if found])
        after = f"{shown}\n{words}" if words else shown
        if not self._free:
            return _cut(after)
        free = "\n".join(filter(None, [field[row[field.place]][0] for field in self._free]))
        room = max(0, TEXT_CHARS_MAX - len(after) - 1)
        whole, cut = _cut("\n".join(filter(None, (free[:room], after))))
        return whole, cut or len(free) > room


def _cut(text: str) -> tuple[str, bool]:
    return (text, False) if len(text) <= TEXT_CHARS_MAX else (text[:TEXT_CHARS_MAX].rstrip(), True)


def _slug(text: str) -> str:
    return _NOT_WORD.sub("_", text.lower()).strip("_")
