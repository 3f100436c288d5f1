"""Which values an answer may take on each scale."""

from interlock.terms.errors import BadInput
from interlock.terms.instrument import Answer, Instrument, Item, Scale

RANGES = {Scale.ONE_TO_FIVE: (1, 5), Scale.READY: (0, 1), Scale.PRESENT: (0, 1)}
_YES_NO = {
    Scale.READY: {"ready": 1, "not ready": 0},
    Scale.PRESENT: {"present": 1, "not present": 0},
}
_ENDS = {1: "lowest", 5: "highest"}


def choices_of(instrument: Instrument) -> tuple[tuple[int, str], ...]:
    """Every value that an answer can take, the lowest first, in words; none where it is given in words."""
    low, high = range_of(instrument.scale)
    if instrument.scale is Scale.TEXT:
        return ()
    if instrument.scale in _YES_NO:
        return tuple((value, str(said_value(instrument.scale, value))) for value in range(low, high + 1))
    levels = dict(enumerate(instrument.levels, start=low)) if instrument.levels else _ENDS
    return tuple((value, levels.get(value, "")) for value in range(low, high + 1))


def said_value(scale: Scale, value: int) -> object:
    """A value as people write it, and as `answer_of` takes it: "ready" for 1 on the scale of ready or not."""
    named = {number: words for words, number in _YES_NO.get(scale, {}).items()}
    return named.get(value, value)


def range_of(scale: Scale) -> tuple[int, int]:
    """The lowest and the highest value; (0, 0) for answers in words, which add nothing to a total."""
    return RANGES.get(scale, (0, 0))


def item_of(instrument: Instrument, item: str) -> Item:
    """Raises BadInput with the names that there are."""
    for one in instrument.items:
        if one.id == item:
            return one
    known = ", ".join(one.id for one in instrument.items)
    raise BadInput(f"'{item}' is no item of {instrument.id}; its items: {known}")


def answer_of(
    instrument: Instrument, item: str, value: object, *, words: str = "", evidence: tuple[str, ...] = ()
) -> Answer:
    """The answer as it is kept. Raises BadInput where the value is not on the scale: 0, 6, NaN, true, "4"."""
    item_of(instrument, item)
    scale = instrument.scale
    if scale is Scale.TEXT:
        text = value if isinstance(value, str) and value.strip() else words
        if not text.strip():
            raise BadInput(f"{item}: is answered in words; write a sentence")
        return Answer(item, None, text.strip(), evidence)
    named = _YES_NO.get(scale, {})
    if isinstance(value, str) and value in named:
        return Answer(item, named[value], words, evidence)
    low, high = range_of(scale)
    if named or isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        wanted = " or ".join(named) if named else f"a whole number from {low} to {high}, without quotes"
        raise BadInput(f"{item}: {value!r} is no answer; write {wanted}, or leave it out while nobody knows")
    return Answer(item, value, words, evidence)
