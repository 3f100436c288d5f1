"""The parts in which an instrument is answered, and how far each has come."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from interlock.terms.instrument import Instrument, Item

WHOLE = "All items"


class Progress(StrEnum):
    """How far a part is answered."""

    NOT_STARTED = "not started"
    IN_PROGRESS = "in progress"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class Section:
    """Items that are asked on one page; `id` names it in addresses."""

    id: str
    title: str
    items: tuple[Item, ...]

    def progress(self, answered: Collection[str]) -> Progress:
        """How far it has come, where these items are answered."""
        done = sum(item.id in answered for item in self.items)
        if done == len(self.items):
            return Progress.COMPLETED
        return Progress.IN_PROGRESS if done else Progress.NOT_STARTED


def sections_of(instrument: Instrument) -> tuple[Section, ...]:
    """In the order of the instrument; one for all items where it names none."""
    titles = list(dict.fromkeys(item.section or WHOLE for item in instrument.items))
    return tuple(
        Section(_id(title), title, tuple(item for item in instrument.items if (item.section or WHOLE) == title))
        for title in titles
    )


def _id(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")
