"""What was unlike what it was before."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class UnusualRule(StrEnum):
    """What is looked at: of each client, of everybody whom nobody knows (strangers), or of a segment of the trace."""

    SPEND = "spend"
    FAILURES = "failures"
    REFUSALS = "refusals"
    FIRST_MODEL = "first_model"
    INJECTION = "injection"
    STRANGERS = "strangers"
    IN_DOUBT = "in_doubt"
    TRACE = "trace"


@dataclass(frozen=True, slots=True)
class Unusual:
    """One finding. `subject` is a client, a segment, or how many strangers it is about at least; `day` in UTC.

    `words` say it to a person; `facts` are the figures that decided, with their units in their names.
    """

    rule: UnusualRule
    subject: str
    day: str
    words: str
    facts: Mapping[str, int | float | str]
    workflow: str | None = None
    tenant: str | None = None
