"""What is wrong with a definition file, or missing in it: where, why that matters, what mends it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from interlock.terms.workflow import WorkflowDefinition

Location = tuple[str | int, ...]


class Severity(StrEnum):
    """Whether a definition can be applied in spite of a flaw."""

    ERROR = "error"  # it cannot
    GAP = "gap"  # it can, and something about it is unknown, weak or missing


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that a definition lacks. `location` is the way to the field, with places in lists from 0."""

    rule: str
    location: Location
    problem: str
    why: str
    mend: str


@dataclass(frozen=True, slots=True)
class Flaw:
    """One finding on a file. `line` counts from 1; 0 where the file as a whole is meant. `why` may be ""."""

    severity: Severity
    file: str
    line: int
    field: str
    problem: str
    why: str
    mend: str


@dataclass(frozen=True, slots=True)
class CheckedDefinition:
    """A definition file as it was read: the definition, or the errors that keep it from being one.

    `line_of` tells the line of a field, or of the innermost part above it that the file holds.
    """

    file: str
    definition: WorkflowDefinition | None
    errors: tuple[Flaw, ...]
    line_of: Callable[[Location], int]
