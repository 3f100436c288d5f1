"""Is a new release no worse than the old one, on cases that both answered? Labels only where they differ."""

from dataclasses import dataclass
from pathlib import Path

from interlock.engine.oversight.planning.simulation import thinned
from interlock.engine.oversight.sequential.comparison import NonInferiorityTest
from interlock.flows.evaluation.request import Watch
from interlock.ports.tables import TableReader
from interlock.terms.errors import BadInput
from interlock.terms.table import RawTable


@dataclass(frozen=True, slots=True)
class CompareAsked:
    """A file with the answers of both releases and people's decisions, in the order in which they were given."""

    path: Path
    old: str
    new: str
    label: str
    margin: float
    delta: float
    rows_max: int
    skip_broken: bool
    seed: int


@dataclass(frozen=True, slots=True)
class Compared:
    """What the comparison found. Counts are cases; `n_unjudged` differ and have no label yet: they are held as worse.

    `path` holds (cases, wealth); `decided_at` the number of cases it took, None where it is not decided.
    `cases_expected`: about how many cases a test takes at the rates seen, an estimate; None: never at these.
    """

    margin: float
    delta: float
    n: int
    n_same: int
    n_worse: int
    n_better: int
    n_both: int
    n_unjudged: int
    decided_at: int | None
    wealth: float
    cases_expected: int | None
    path: tuple[tuple[float, float], ...]
    source: str


def compare(asked: CompareAsked, *, read_table: TableReader, watch: Watch) -> Compared:
    """Read and compare. Raises BadInput for what the user can mend.

    A case with different answers and no label is taken as the worst: right before, wrong now. Leaving it out would let
    whoever labels choose what counts.
    """
    table = read_table(
        asked.path,
        rows_max=asked.rows_max,
        seed=asked.seed,
        skip_broken=asked.skip_broken,
        progress=watch.stage(f"Reading {asked.path.name}"),
    )
    places = {name: _place(table, column) for name, column in _columns(asked).items()}
    test, path = NonInferiorityTest(asked.margin, asked.delta), [(0.0, 1.0)]
    for line, row in zip(table.lines, table.rows, strict=True):
        old, new, label = (row[places[name]].strip() for name in ("old", "new", "label"))
        if not old or not new:
            raise BadInput(f"{asked.path.name}, line {line}: an answer is blank; both releases must answer every case")
        if old == new:
            test.observe_same()
        elif not label:
            test.hold()
        else:
            test.observe(wrong_old=int(old != label), wrong_new=int(new != label))
        path.append((float(test.n), test.wealth))
    if not test.n:
        raise BadInput(f"{asked.path.name}: holds no cases to compare")
    return Compared(
        margin=asked.margin,
        delta=asked.delta,
        n=test.n,
        n_same=test.n_same,
        n_worse=test.n_worse,
        n_better=test.n_better,
        n_both=test.n_both,
        n_unjudged=test.n_held,
        decided_at=test.decided_at,
        wealth=test.wealth,
        cases_expected=test.expected_cases((test.n_worse + test.n_held) / test.n, test.n_better / test.n),
        path=thinned(path),
        source=table.source.name,
    )


def _columns(asked: CompareAsked) -> dict[str, str]:
    columns = {"old": asked.old, "new": asked.new, "label": asked.label}
    if len(set(columns.values())) < len(columns):
        raise BadInput(f"--old, --new and --label name the same column ({', '.join(columns.values())}): give three")
    return columns


def _place(table: RawTable, column: str) -> int:
    if column not in table.columns:
        raise BadInput(f"{table.source.name}: '{column}' is not a column. All columns: {', '.join(table.columns)}")
    return table.columns.index(column)
