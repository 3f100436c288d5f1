"""What a check of recorded traffic found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TrafficFault:
    """What is not as it was recorded: in which segment (None: in the sums), of which request where that is known."""

    segment: str | None
    words: str
    request: str | None = None


@dataclass(frozen=True, slots=True)
class TrafficCheck:
    """`segments` are on record; `checked` lay here and were read, `elsewhere` did not: another machine keeps them, or
    they were removed when their time was over. `requests` were compared with their rows, `gone` have no row any more.
    `absent` are workers of which nothing lies here and whose time is not over: their machines check them. `waiting` is
    how many segments lie here and are not on record yet: nothing of them was compared.
    """

    segments: int
    checked: int
    elsewhere: int
    requests: int
    gone: int
    faults: tuple[TrafficFault, ...] = ()
    absent: tuple[str, ...] = ()
    waiting: int = 0
