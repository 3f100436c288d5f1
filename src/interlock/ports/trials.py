"""Where somebody's file of past decisions is tried, apart from the server that answers them."""

from pathlib import Path
from typing import BinaryIO, Protocol

from interlock.terms.trial import Trial, TrialAsked


class Trials(Protocol):
    """Tries files in processes of their own, a few at a time. What is whose is kept apart: by owner and id together."""

    @property
    def kept_minutes(self) -> int:
        """So long after its end a trial, its file and its report are kept."""
        ...

    def begin(self, owner: str, name: str, content: BinaryIO, asked: TrialAsked) -> Trial:
        """Take a file under the name that it has with its owner. Raises BadInput, and Unavailable where none fits."""
        ...

    def begin_sample(self, owner: str, asked: TrialAsked) -> Trial:
        """The same with the authored sample."""
        ...

    def again(self, trial: Trial, asked: TrialAsked) -> Trial:
        """Try the same file once more, with other answers. Raises BadInput where it is gone or still at work."""
        ...

    def find(self, owner: str, id_: str) -> Trial | None:
        """A trial as it stands; None where there is none, or it is somebody else's."""
        ...

    def of(self, owner: str) -> tuple[Trial, ...]:
        """All of one owner, the newest first."""
        ...

    def cancel(self, trial: Trial) -> None:
        """End its work; its file is deleted with it after its time."""
        ...

    def forget(self, trial: Trial) -> None:
        """Delete it, with its file and its report, at once."""
        ...

    def forget_all(self, owner: str) -> None:
        """Delete everything of an owner."""
        ...

    def report(self, trial: Trial) -> Path | None:
        """The report of a trial that is done: a self-contained HTML file."""
        ...

    def figures(self, trial: Trial) -> Path | None:
        """Its figures, as JSON."""
        ...

    def look(self) -> None:
        """See what has ended, begin what can, delete what has had its time. To be called again and again."""
        ...

    def close(self) -> None:
        """End and delete everything."""
        ...
