"""Turning what was found into a file that people share."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from interlock.terms.briefing import Briefing
from interlock.terms.evaluation import Evaluation
from interlock.terms.story import Story

# A document in one form, named by its ending (".pdf"). Raises BadInput for another ending, and Unavailable where a
# library is missing or the writing was ended.
WriteForm = Callable[[Briefing, str], bytes]


class ReportWriter(Protocol):
    """Writes self-contained files; a file is either whole or not there."""

    def evaluation(self, evaluation: Evaluation, path: Path) -> None:
        """Write the report of a bake-off. Raises Unavailable where the disk refuses."""
        ...

    def story(self, story: Story, path: Path) -> None:
        """Write the report of a workflow's life. Raises Unavailable where the disk refuses."""
        ...

    def briefing(self, briefing: Briefing, path: Path) -> None:
        """Write a document for leaders in the form that the ending of `path` names.

        Raises BadInput for an ending that no form has, Unavailable where the disk refuses or a library is missing.
        """
        ...
