"""One run of the benchmark: what was asked for, what was measured, and how it stands beside its bar."""

import dataclasses
import json
import math
import multiprocessing
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from multiprocessing.pool import Pool
from pathlib import Path
from typing import TypeVar

from rows.bars import BARS, holds, read_limit

SEED = 20_250_101
DELTA = 0.05
FULL_DRAWS = 2000
QUICK_DRAWS = 200
VALID = 0.062  # 0.05 and 2.5 standard errors of 2000 draws, for rows of our own
WORST = 0.067  # 0.05 and 3.5 standard errors, for the worst of several rows

Job = TypeVar("Job")
Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the result; `of_design` tells the design's bars from those that we add. `state` in words."""

    id: str
    measured: str
    bar: str
    state: str  # "held", "missed" or "not run"
    of_design: bool
    reason: str = ""
    optional: bool = False  # not run because an optional input is missing: no miss


@dataclass
class Bench:
    """What sections are given: how many draws, which rows, how many processes; and where they report."""

    data: Path
    draws: int = FULL_DRAWS
    only: str = ""
    jobs: int = 2
    as_json: bool = False
    rows: dict[str, Row] = field(default_factory=dict)
    processes: Pool | None = None

    def wants(self, ids: Iterable[str]) -> bool:
        """Whether any of these rows was asked for."""
        return any(each.startswith(self.only) for each in ids)

    def say(self, words: str = "") -> None:
        """Print for people; beside JSON that goes to the error stream."""
        print(words, flush=True, file=sys.stderr if self.as_json else sys.stdout)

    def slack(self, spread: float) -> float:
        """How much a bar is widened where fewer draws are made than the bars are meant for: 3 standard errors."""
        return 0.0 if self.draws >= FULL_DRAWS else 3.0 * spread / math.sqrt(self.draws)

    def bar(self, id_: str, *values: float, spread: float | None = None, draws: int | None = None) -> None:
        """Hold measured values against the design's bar of this name. `spread`: the standard deviation of a draw."""
        known = BY_ID[id_]
        limit = read_limit(known)
        if spread is None:
            spread = math.sqrt(limit.values[0] * (1.0 - limit.values[0])) if 0.0 < limit.values[0] < 1.0 else 0.0
        held = holds(limit, values, draws=draws or self.draws, slack=self.slack(spread))
        measured = " / ".join(f"{value:.4f}" if isinstance(value, float) else str(value) for value in values)
        self._line(Row(id_, measured, known.limit, "held" if held else "missed", of_design=True), known.measured)

    def own(self, id_: str, measured: str, bar: str, *, held: bool) -> None:
        """A row that the design does not have."""
        self._line(Row(id_, measured, bar, "held" if held else "missed", of_design=False), "")

    def own_at_most(self, id_: str, frequency: float, bar: float) -> None:
        """A frequency with a bar of ours."""
        held = frequency <= bar + self.slack(math.sqrt(bar * (1.0 - bar)))
        self.own(id_, f"{frequency:.4f}", f"<={bar:g}", held=held)

    def not_run(self, prefix: str, reason: str, *, optional: bool = False) -> None:
        """Say of each row of the design with this prefix, and no result yet, why there is none."""
        for bar in BARS:
            if bar.id.startswith(prefix) and bar.id not in self.rows and self.wants([bar.id]):
                row = Row(bar.id, "", bar.limit, "not run", of_design=True, reason=reason, optional=optional)
                self._line(row, bar.measured)

    def own_not_run(self, id_: str, bar: str, reason: str) -> None:
        """A row of ours that could not be measured counts as missed."""
        self._line(Row(id_, "", bar, "not run", of_design=False, reason=reason), "")

    def map(self, work: Callable[[Job], Done], jobs: Sequence[Job]) -> list[Done]:
        """`work` on each job, in order, on so many processes. The draws hang on the job alone, not on the process."""
        if self.jobs == 1 or len(jobs) == 1:
            return [work(job) for job in jobs]
        if self.processes is None:  # kept for the whole run: each new process loads scikit-learn and MAPIE anew
            self.processes = multiprocessing.get_context("spawn").Pool(self.jobs)
        return self.processes.map(work, jobs, chunksize=1)

    def close(self) -> int:
        """The closing line, and the exit status: 1 where a bar was missed, whoever set it."""
        if self.processes is not None:
            self.processes.terminate()
        self.not_run("", "no section measured it")
        missed = [row for row in self.rows.values() if row.state != "held" and not row.optional]
        for of_design, whose in ((True, "the design"), (False, "our own")):
            states = [row.state for row in self.rows.values() if row.of_design is of_design]
            missing = sum(row.optional for row in self.rows.values() if row.of_design is of_design)
            self.say(
                f"Bars of {whose}: {states.count('held')} held, {states.count('missed')} missed, "
                f"{states.count('not run')} not run ({missing} of them for want of an optional input)"
            )
        for row in missed:
            self.say(f"  {row.state}: {row.id}  {row.measured} {row.reason}".rstrip())
        if self.as_json:
            print(json.dumps([dataclasses.asdict(row) for row in self.rows.values()], indent=1))
        return 1 if missed else 0

    def _line(self, row: Row, design: str) -> None:
        if not self.wants([row.id]):
            return
        self.rows[row.id] = row
        words = f"not run: {row.reason}" if row.state == "not run" else row.state
        beside = f"(design: {design})" if design else ""
        self.say(f"{row.id:<52} {row.measured:>26}  {row.bar:<24} {words:<8} {beside}".rstrip())


BY_ID = {bar.id: bar for bar in BARS}
