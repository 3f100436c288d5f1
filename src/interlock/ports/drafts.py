"""Writing a definition step by step: what is asked, templates, drafts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from interlock.terms.flaw import Location
from interlock.terms.interview import Chapter, Template
from interlock.terms.workflow import WorkflowDefinition


class Drafts(Protocol):
    """What is known of a definition is its content: fields by name, as the file holds them. It may be incomplete."""

    def chapters(self) -> Sequence[Chapter]:
        """The questions, in their order."""
        ...

    def templates(self) -> Sequence[Template]:
        """Authored definitions to begin with."""
        ...

    def read(self, path: Path) -> dict[str, Any]:
        """What a file says. Raises BadInput with every fault but of what is missing."""
        ...

    def fault(self, content: Mapping[str, Any], location: Location) -> str | None:
        """What is wrong with the value at a place, and the mend; None where nothing is."""
        ...

    def missing(self, content: Mapping[str, Any]) -> tuple[Location, ...]:
        """The places at which a value is needed, because the part around it has been begun."""
        ...

    def name_like(self, words: str) -> str:
        """The name of a workflow that words make; "" where they make none."""
        ...

    def definition(self, content: Mapping[str, Any]) -> WorkflowDefinition | None:
        """The definition; None while something is missing or wrong. Hand-written rules are not read."""
        ...

    def text(self, content: Mapping[str, Any], unknown: Collection[str], *, opening: Iterable[str]) -> str:
        """The file's text: all of the content with comments, `opening` above it, and `unknown` fields by name."""
        ...
