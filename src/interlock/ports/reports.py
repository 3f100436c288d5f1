"""Turning what was found into a file that people share."""

from pathlib import Path
from typing import Protocol

from interlock.terms.evaluation import Evaluation
from interlock.terms.story import Story


class ReportWriter(Protocol):
    """Writes self-contained HTML; a file is either whole or not there."""

    def evaluation(self, evaluation: Evaluation, path: Path) -> None:
        """Write the report of a bake-off. Raises Unavailable where the disk refuses."""
        ...

    def story(self, story: Story, path: Path) -> None:
        """Write the report of a workflow's life. Raises Unavailable where the disk refuses."""
        ...
