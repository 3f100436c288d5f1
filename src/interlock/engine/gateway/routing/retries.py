"""Which failures are tried again, where, and how often: retries must not become the storm that keeps a place down."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

EARNED_SHARE = 0.1  # each request earns so much of a retry
SAVED_MAX = 50.0
AT_START = 10.0
WAIT_S = 0.25
WAIT_S_MAX = 5.0
OWN_FAULT = frozenset({401, 403, 404, 405, 407})  # of the gateway's own key or definition, not of the client
OVERLOADED = frozenset({408, 409, 425, 429})


class Said(StrEnum):
    """What an upstream's status says about trying again."""

    ANSWER = "answer"  # it goes back to the client, also where it is an error of the client's
    ELSEWHERE = "elsewhere"  # the same place would say the same again
    AGAIN = "again"  # it may go better in a moment


def said(status: int) -> Said:
    """What to make of a status."""
    if status in OVERLOADED or status >= 500:
        return Said.AGAIN
    return Said.ELSEWHERE if status in OWN_FAULT or 300 <= status < 400 else Said.ANSWER


def is_place_down(status: int) -> bool:
    """Whether the status counts against the place (a full queue does not)."""
    return status >= 500 or status in OWN_FAULT


def wait_s(number: int, headers: Mapping[str, str], *, draw: float) -> float | None:
    """How long to wait before attempt `number` (from 1) at the same place: what it asks for, else twice as long each
    time, spread by `draw` in [0, 1). None where it asks for longer than anybody would wait here.
    """
    asked = headers.get("retry-after", "")
    try:
        told = float(asked) if asked else None
    except ValueError:
        told = None  # a date: nobody sends one for seconds
    if told is not None and told >= 0:
        return told if told <= WAIT_S_MAX else None
    return float(min(WAIT_S * 2 ** (number - 1), WAIT_S_MAX)) * (0.5 + draw / 2)


@dataclass(slots=True)
class RetryBudget:
    """Retries that the requests of one process have earned together: at most a tenth of them, and some at the start."""

    saved: float = AT_START

    def earn(self) -> None:
        """A request came."""
        self.saved = min(self.saved + EARNED_SHARE, SAVED_MAX)

    def spend(self) -> bool:
        """Whether one more retry may be made."""
        if self.saved < 1.0:
            return False
        self.saved -= 1.0
        return True
