"""Frameworks and laws, line by line, and the live control behind each line."""

from dataclasses import dataclass
from enum import StrEnum


class InForce(StrEnum):
    """What a control is found to be. None of them says that a law or a standard is met."""

    IN_FORCE = "in force"
    PARTLY = "partly in force"
    NOT_IN_FORCE = "not in force"
    NOT_COVERED = "not covered by the product"
    NOTHING_TO_LOOK_AT = "nothing to look at yet"


@dataclass(frozen=True, slots=True)
class DatedFact:
    """From when something applies, as one source said it. Sources change: each saying has a version of its own.

    `applies_from` (a date) is None where the source sets none. `known_as_on` is the day as of which the saying is
    known. `binding`: whether the source is law in force, and not a proposal or a vote.
    """

    version: str
    applies_from: str | None
    source: str
    known_as_on: str
    binding: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """When a group of lines applies: what each source said, oldest first."""

    id: str
    title: str
    facts: tuple[DatedFact, ...]


@dataclass(frozen=True, slots=True)
class FrameworkLine:
    """One line of a framework: its own number, what it asks for in our words, and the controls that answer it.

    `controls` are names of probes; none means that the product does not cover it. `left` is what no control looks at
    and people have to see to. `concerns` is who it is for, such as a provider or a deployer; `timelines` when it
    applies.
    """

    id: str
    asks: str
    controls: tuple[str, ...] = ()
    left: str = ""
    concerns: str = ""
    timelines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """What nobody knows from the records; `responsibility` is that of the organisation whose owner is to find out."""

    what: str
    responsibility: str


@dataclass(frozen=True, slots=True)
class Framework:
    """One framework as its pack holds it. `groups` are (first part of its lines' numbers, title)."""

    id: str
    version: str
    title: str
    source: str
    known_as_on: str
    caution: str
    groups: tuple[tuple[str, str], ...]
    lines: tuple[FrameworkLine, ...]
    timelines: tuple[Timeline, ...] = ()
    open_questions: tuple[OpenQuestion, ...] = ()


@dataclass(frozen=True, slots=True)
class Lacking:
    """Where a control is not in force, why, and who is to be asked. `workflow` is "" for the organisation itself."""

    workflow: str
    says: str
    owner: str


@dataclass(frozen=True, slots=True)
class ControlFound:
    """What a probe found: the state, in how many of those that it concerns it is in force, and what shows it.

    `of` is how many workflows it concerns, or 1 for what belongs to the organisation; `evidence` are digests or
    entries of all that was looked at.
    """

    control: str
    title: str
    state: InForce
    held: int
    of: int
    evidence: tuple[str, ...] = ()
    lacking: tuple[Lacking, ...] = ()


@dataclass(frozen=True, slots=True)
class LineFound:
    """A line and what was found of its controls, in their order."""

    line: FrameworkLine
    state: InForce
    controls: tuple[ControlFound, ...] = ()
