"""What the process that tries a file lets the server know on the way."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from interlock.adapters.trials import files
from interlock.ports.progress import Progress
from interlock.terms.table import RawTable

TOLD_EVERY_S = 0.2
TOLD_MAX, EXAMPLE_MAX, COLUMNS_MAX = 20, 60, 200
STEPS_BESIDE, STEPS_EACH = 2, 3  # reading and certifying; a candidate learns, answers and is timed
CANDIDATES = 3  # until it is known whether there are any


@dataclass(slots=True)
class Telling:
    """Watches a flow (flows.evaluation.request.Watch), and writes how far it is for the server to read."""

    path: Path
    steps: int = STEPS_BESIDE + STEPS_EACH * CANDIDATES
    number: int = 0
    share: float = 0.0
    step: str = ""
    told: list[str] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    _written_s: float = 0.0

    def stage(self, name: str) -> Progress:
        """A step begins. What was done before it is done: the share never falls."""
        self.number += 1
        self.step = name
        self._reached(self.number - 1.0)
        self.write()

        def report(done: int, total: int | None) -> None:
            if total:
                self._reached(self.number - 1 + done / total)
            if time.monotonic() - self._written_s >= TOLD_EVERY_S:
                self.write()

        return report

    def tell(self, line: str) -> None:
        """Something that was noticed."""
        self.told = [*self.told, line][:TOLD_MAX]
        self.write()

    def write(self) -> None:
        """Let the server know."""
        self._written_s = time.monotonic()
        files.write_json(
            self.path,
            {"step": self.step, "share": self.share, "told": self.told, "columns": self.columns},
        )

    def _reached(self, steps_done: float) -> None:
        self.share = max(self.share, min(steps_done / self.steps, 1.0))


def steps_of(candidates: int) -> int:
    """How many steps a bake-off of so many candidates has."""
    return STEPS_BESIDE + STEPS_EACH * candidates


def note_columns(table: RawTable, telling: Telling) -> None:
    """Tell the columns with an example of each: where they cannot be guessed a person chooses among them."""
    for place, name in enumerate(table.columns[:COLUMNS_MAX]):
        example = next((row[place] for row in table.rows[:100] if row[place]), "")
        telling.columns[name] = example[:EXAMPLE_MAX]
    telling.write()
