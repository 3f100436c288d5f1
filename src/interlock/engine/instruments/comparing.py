"""What differs between two scores of one subject."""

from dataclasses import dataclass

from interlock.engine.instruments.scoring import ItemScore, Scored


@dataclass(frozen=True, slots=True)
class Change:
    """One item whose answer differs; "" where there was none."""

    item: str
    title: str
    before: str
    after: str


def compare(before: Scored, after: Scored) -> tuple[Change, ...]:
    """The items whose answers differ, in the order of the later one."""
    earlier = {one.item: _answer(one) for one in before.items}
    pairs = ((one, earlier.get(one.item, ""), _answer(one)) for one in after.items)
    return tuple(Change(one.item, one.title, old, new) for one, old, new in pairs if old != new)


def _answer(one: ItemScore) -> str:
    if one.given is None:
        return ""
    answer = one.given.answer
    return answer.words if answer.value is None else str(answer.value)
