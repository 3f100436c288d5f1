"""What was unlike what it was before."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class UnusualRule(StrEnum):
    """What is looked at, of each client by itself or (strangers) of everybody whom nobody knows."""

    SPEND = "spend"
    FAILURES = "failures"
    REFUSALS = "refusals"
    FIRST_MODEL = "first_model"
    INJECTION = "injection"
    STRANGERS = "strangers"


@dataclass(frozen=True, slots=True)
class Unusual:
    """One finding. `subject` is a client, or how many strangers it is about at least; `day` in UTC.

    `words` say it to a person; `facts` are the figures that decided, with their units in their names.
    """

    rule: UnusualRule
    subject: str
    day: str
    words: str
    facts: Mapping[str, int | float | str]
    workflow: str | None = None
    tenant: str | None = None
