"""How a person sees themselves, and how peers see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from interlock.engine.instruments.scoring import Given
from interlock.engine.rollout.people import same_person
from interlock.terms.errors import BadInput
from interlock.terms.instrument import Instrument

STRONG, WEAK, APART = 4, 2, 2


@dataclass(frozen=True, slots=True)
class Seen:
    """One area: the own score, and lowest, mean and highest of `n` peers; None where nobody answered.

    `reading` says what to make of it: strength, gap, blind spot, hidden strength, or "".
    """

    item: str
    title: str
    own: int | None
    n: int
    low: int | None
    mean: float | None
    high: int | None
    weight: float
    reading: str


def seen(
    instrument: Instrument, person: str, answers: Mapping[str, Mapping[str, Given]], *, profile: str | None = None
) -> tuple[Seen, ...]:
    """Every area, those that weigh most for the type of role first. `answers` are each person's newest, by name.

    Raises BadInput for a profile that the instrument does not know.
    """
    known = sorted({name for item in instrument.items for name in item.weights})
    if profile is not None and profile not in known:
        raise BadInput(f"there is no type of role '{profile}'; known: {', '.join(known) or 'none'}")
    own = [given for name, given in answers.items() if same_person(name, person)]
    others = [given for name, given in answers.items() if not same_person(name, person)]
    rows = []
    for item in instrument.items:
        mine = next(iter(_values(own, item.id)), None)
        theirs = _values(others, item.id)
        mean = sum(theirs) / len(theirs) if theirs else None
        weight = item.weights.get(profile, 1.0) if profile else 1.0
        rows.append(
            Seen(
                item.id,
                item.title,
                mine,
                len(theirs),
                min(theirs, default=None),
                mean,
                max(theirs, default=None),
                weight,
                _reading(mine, mean),
            )
        )
    return tuple(sorted(rows, key=lambda one: -one.weight))


def weighted(rows: Sequence[Seen]) -> float | None:
    """The weighted mean of the own scores; None until every area is answered."""
    if any(one.own is None for one in rows):
        return None
    whole = sum(one.weight for one in rows)
    return sum(one.weight * (one.own or 0) for one in rows) / whole if whole else None


def _values(people: Sequence[Mapping[str, Given]], item: str) -> list[int]:
    values = (given[item].answer.value for given in people if item in given)
    return [value for value in values if value is not None]


def _reading(own: int | None, mean: float | None) -> str:
    if own is None or mean is None:
        return ""
    if own - mean >= APART:
        return "blind spot"
    if mean - own >= APART:
        return "hidden strength"
    lower = min(own, mean)
    if lower >= STRONG:
        return "strength"
    return "gap" if lower <= WEAK else ""
