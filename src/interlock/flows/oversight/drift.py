"""Compare the inputs of two files of cases: an early warning for people. No gate and no rollout reads it."""

from dataclasses import dataclass
from pathlib import Path

from interlock.engine.evaluation.case_faults import left_out
from interlock.engine.oversight.drift.calibration import false_alarms, warnings_in_order
from interlock.engine.oversight.drift.columns import Cells
from interlock.engine.oversight.drift.detect import detect_drift
from interlock.flows.evaluation.request import Watch
from interlock.ports.tables import TableReader
from interlock.terms.drift import DriftReport, FalseAlarms
from interlock.terms.errors import BadInput
from interlock.terms.table import RawTable


@dataclass(frozen=True, slots=True)
class DriftAsked:
    """Two files, what their columns are, and which look at this reference it is.

    `false_alarm_runs`: so many splits of the reference against itself (0: none). `in_order`: the reference is in the
    order of time, so that its stretches may be compared with one another.
    """

    reference: Path
    recent: Path
    text: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    look: int = 1
    delta: float = 0.05
    rows_max: int = 200_000
    skip_broken: bool = False
    false_alarm_runs: int = 0
    in_order: bool = False
    seed: int = 0


@dataclass(frozen=True, slots=True)
class DriftFound:
    """What came out, of which files; `notes` say what was left out or sampled, each with its file."""

    reference: str
    recent: str
    report: DriftReport
    false_alarms: FalseAlarms | None
    in_order: FalseAlarms | None
    notes: tuple[str, ...]


def compare_inputs(asked: DriftAsked, *, read_table: TableReader, watch: Watch) -> DriftFound:
    """Read both files and compare them. Raises BadInput for what the user can mend."""
    tables = [_read(path, asked, read_table, watch) for path in (asked.reference, asked.recent)]
    reference, recent = (_columns(table) for table in tables)
    if not set(reference) & set(recent):
        raise BadInput(
            f"{tables[0].source.name} and {tables[1].source.name} have no column in common: {', '.join(reference)} "
            f"against {', '.join(recent)}. Export both from the same place, with the same header."
        )
    _check_columns(asked.text, "--text", tables, in_both=True)
    _check_columns(asked.ignore, "--ignore", tables, in_both=False)
    watch.stage(f"Comparing {len(tables[0].rows):,} with {len(tables[1].rows):,} cases")(0, None)
    try:
        report = detect_drift(
            reference,
            recent,
            text=asked.text,
            ignore=asked.ignore,
            look=asked.look,
            delta=asked.delta,
            seed=asked.seed,
        )
        alarms = _replayed(reference, len(tables[1].rows), asked, watch) if asked.false_alarm_runs else None
        stretches = _in_order(reference, len(tables[1].rows), asked, watch) if asked.in_order else None
    except ValueError as exc:
        raise BadInput(f"{tables[0].source.name} and {tables[1].source.name}: {exc}") from exc
    notes = tuple(f"{table.source.name}: {note}" for table in tables for note in _notes(table))
    return DriftFound(tables[0].source.name, tables[1].source.name, report, alarms, stretches, notes)


def _replayed(reference: dict[str, Cells], n_recent: int, asked: DriftAsked, watch: Watch) -> FalseAlarms:
    n = len(next(iter(reference.values())))
    watch.stage(f"Comparing the reference with itself, {asked.false_alarm_runs:,} times")(0, None)
    return false_alarms(
        reference,
        n_recent=min(n_recent, n // 2),
        runs=asked.false_alarm_runs,
        text=asked.text,
        ignore=[name for name in asked.ignore if name in reference],
        look=asked.look,
        delta=asked.delta,
        seed=asked.seed,
    )


def _in_order(reference: dict[str, Cells], n_recent: int, asked: DriftAsked, watch: Watch) -> FalseAlarms:
    n = len(next(iter(reference.values())))
    watch.stage("Comparing neighbouring stretches of the reference")(0, None)
    return warnings_in_order(
        reference,
        n_block=min(n_recent, n // 4),
        text=asked.text,
        ignore=[name for name in asked.ignore if name in reference],
        look=asked.look,
        delta=asked.delta,
        seed=asked.seed,
    )


def _read(path: Path, asked: DriftAsked, read_table: TableReader, watch: Watch) -> RawTable:
    return read_table(
        path,
        rows_max=asked.rows_max,
        seed=asked.seed,
        skip_broken=asked.skip_broken,
        progress=watch.stage(f"Reading {path.name}"),
    )


def _columns(table: RawTable) -> dict[str, Cells]:
    return {name: [row[place] for row in table.rows] for place, name in enumerate(table.columns)}


def _check_columns(names: tuple[str, ...], option: str, tables: list[RawTable], *, in_both: bool) -> None:
    for name in names:
        lacking = [table for table in tables if name not in table.columns]
        if len(lacking) > (0 if in_both else 1):
            table = lacking[0]
            raise BadInput(
                f"{table.source.name}: {option} '{name}' is not a column. All columns: {', '.join(table.columns)}"
            )


def _notes(table: RawTable) -> tuple[str, ...]:
    return (*map(left_out, table.source.exclusions), *table.source.notes)
