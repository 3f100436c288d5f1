"""Past cases with a confidence and whether the proposal was wrong: from a file, or from what a store recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from interlock.engine.evaluation.case_faults import left_out
from interlock.engine.evaluation.cases import CaseRow, to_cases
from interlock.engine.evaluation.columns import choose_columns
from interlock.engine.evaluation.scored import Scored, ScoredCase
from interlock.flows.evaluation.request import ColumnsAsked, Watch
from interlock.flows.oversight.wrong_column import as_decisions
from interlock.ports.store import DecisionRow, Reading
from interlock.ports.tables import TableReader
from interlock.terms.errors import BadInput
from interlock.terms.evaluation import ColumnChoice, Role
from interlock.terms.table import RawTable

WRONG_NAMES = frozenset({"wrong", "is_wrong", "error", "err"})


@dataclass(frozen=True, slots=True)
class FileAsked:
    """A file of past cases and which of its columns hold what.

    `wrong` names a column that says whether the proposal was wrong; without it prediction and label are compared.
    """

    path: Path
    columns: ColumnsAsked
    wrong: str | None = None
    segment: str | None = None
    loss: str | None = None
    rows_max: int = 200_000
    skip_broken: bool = False
    seed: int = 0


@dataclass(frozen=True, slots=True)
class PastCases:
    """Cases in their order (by time where times are known), and where they are from.

    `groups` are customers or threads, "" where unknown; `segments` and `losses` have an entry a case, or none at all.
    `numbered`: what `line` of a case counts. `compared`: whether proposals and decisions are known, or only which cases
    were wrong. `notes`: what a reader must know before trusting figures made of them.
    """

    scored: Scored
    groups: tuple[str, ...]
    segments: tuple[str, ...]
    losses: tuple[float, ...]
    source: str
    numbered: str
    compared: bool
    in_time: bool
    notes: tuple[str, ...]

    @property
    def n(self) -> int:
        """How many."""
        return len(self.scored.cases)

    @property
    def n_wrong(self) -> int:
        """How many of them were wrong."""
        return int(self.scored.wrong.sum())

    def chosen(self, indices: Sequence[int]) -> "PastCases":
        """Some of them, in the order of `indices`."""
        return replace(
            self,
            scored=Scored.of([self.scored.cases[i] for i in indices]),
            groups=tuple(self.groups[i] for i in indices),
            segments=tuple(self.segments[i] for i in indices) if self.segments else (),
            losses=tuple(self.losses[i] for i in indices) if self.losses else (),
        )


def from_file(asked: FileAsked, *, read_table: TableReader, watch: Watch) -> PastCases:
    """Read, choose columns, compare. Raises BadInput for what the user can mend."""
    table = read_table(
        asked.path,
        rows_max=asked.rows_max,
        seed=asked.seed,
        skip_broken=asked.skip_broken,
        progress=watch.stage(f"Reading {asked.path.name}"),
    )
    asked = _with_wrong_column(asked, table.columns)
    read, columns = as_decisions(table, asked.columns, asked.wrong) if asked.wrong else (table, _choose(table, asked))
    _tell_columns(watch, columns, asked)
    cases, exclusions, case_notes = to_cases(read, columns, skip_broken=asked.skip_broken)
    notes = (*map(left_out, (*table.source.exclusions, *exclusions)), *table.source.notes)
    notes = notes if asked.wrong else (*notes, *case_notes)
    in_time = all(case.at is not None for case in cases)
    ordered = sorted(cases, key=lambda case: case.at) if in_time else cases  # type: ignore[arg-type,return-value]
    for line in notes:
        watch.tell(line)
    return PastCases(
        scored=Scored.of([_scored(case) for case in ordered]),
        groups=tuple(case.group or "" for case in ordered),
        segments=_cells(table, ordered, asked.segment, "--segment") if asked.segment else (),
        losses=_losses(table, ordered, asked.loss) if asked.loss else (),
        source=table.source.name,
        numbered="line",
        compared=asked.wrong is None,
        in_time=in_time,
        notes=notes,
    )


def confidences_of(
    path: Path, column: str, *, read_table: TableReader, watch: Watch, rows_max: int
) -> tuple[float, ...]:
    """Confidences of unlabelled traffic: one column of a file. Raises BadInput naming the line that holds none."""
    progress = watch.stage(f"Reading {path.name}")
    table = read_table(path, rows_max=rows_max, seed=0, skip_broken=False, progress=progress)
    if column not in table.columns:
        raise BadInput(f"{path.name}: '{column}' is not a column. All columns: {', '.join(table.columns)}")
    place = table.columns.index(column)
    return tuple(_confidence(path, line, row[place]) for line, row in zip(table.lines, table.rows, strict=True))


def _confidence(path: Path, line: int, cell: str) -> float:
    try:
        confidence = float(cell)
    except ValueError:
        confidence = -1.0
    if not 0.0 <= confidence <= 1.0:
        raise BadInput(f"{path.name}, line {line}: the confidence is '{cell}'; give a number from 0 to 1")
    return confidence


def from_store(reading: Reading, workflow: str) -> PastCases:
    """The cases of the release in force that people judged: its shadow cases, else the audited ones.

    Shadow cases whose outcome nobody recorded are left out and counted in the notes. Audited cases are a random sample
    of what was applied, so they stand for cases over the threshold of that time alone. Raises BadInput where there is
    neither, or the workflow is unknown.
    """
    row = reading.workflow(workflow)
    if row is None:
        raise BadInput(f"there is no workflow '{workflow}'; apply its definition first")
    decisions = [one for one in reading.decisions(workflow) if one.release == row.release]
    shadow = [one for one in decisions if one.verb == "shadow"]
    judged = [one for one in shadow if one.wrong is not None]
    kind, seen = "shadow cases", shadow
    notes: tuple[str, ...] = ()
    if not judged:
        audited = [one for one in decisions if one.verb == "apply" and one.audited]
        judged, kind, seen = [one for one in audited if one.wrong is not None], "audited cases", audited
        notes = ("Only audited cases are known: a random sample of what was applied, over the threshold of that time.",)
    if not judged:
        raise BadInput(
            f"nobody has judged a case of the release in force of '{workflow}' yet: record outcomes of its shadow "
            "cases or close its audits, or name a file of past cases"
        )
    judged.sort(key=lambda one: one.observed_entry or 0)
    without = len(seen) - len(judged)
    if without:
        notes = (*notes, f"{without:,} of {len(seen):,} {kind} have no outcome yet and are left out.")
    return PastCases(
        scored=Scored.of([_recorded(one) for one in judged]),
        groups=("",) * len(judged),
        segments=(),
        losses=(),
        source=f"{kind} of workflow {workflow}",
        numbered="ledger entry",
        compared=True,
        in_time=True,
        notes=notes,
    )


def _with_wrong_column(asked: FileAsked, columns: Sequence[str]) -> FileAsked:
    """Where nothing is named, a column that is called so says what was wrong."""
    if asked.wrong or asked.columns.prediction or asked.columns.label:
        return asked
    found = next((name for name in columns if name.strip().lower() in WRONG_NAMES), None)
    return replace(asked, wrong=found)


def _tell_columns(watch: Watch, columns: Sequence[ColumnChoice], asked: FileAsked) -> None:
    told = {choice.role: f"{', '.join(choice.columns)} ({choice.why})" for choice in columns}
    if asked.wrong:
        told = {role: words for role, words in told.items() if role not in {Role.LABEL, Role.PREDICTION}}
        watch.tell(f"wrong: {asked.wrong}")
    for role, words in told.items():
        if role is not Role.SLICE:
            watch.tell(f"{role.value}: {words}")


def _choose(table: RawTable, asked: FileAsked) -> tuple[ColumnChoice, ...]:
    named = asked.columns
    columns = choose_columns(
        table,
        text=named.text,
        label=named.label,
        prediction=named.prediction,
        confidence=named.confidence,
        group=named.group,
        time=named.time,
    )
    roles = {choice.role for choice in columns}
    if Role.PREDICTION not in roles:
        raise BadInput(
            f"{table.source.name}: it needs what an AI proposed and how sure it was. Say --prediction NAME and "
            "--confidence NAME, or --wrong NAME and --confidence NAME; to have candidates answer these cases, use "
            "`interlock try`."
        )
    # Columns guessed to be read as text would make cases with equal cells count as duplicates.
    return tuple(choice for choice in columns if choice.role is not Role.TEXT or named.text)


def _scored(case: CaseRow) -> ScoredCase:
    slices: Mapping[str, str] = dict(case.slices)
    proposed, confidence = case.prediction or "", case.confidence or 0.0
    return ScoredCase(case.line, case.text, case.label, proposed, confidence, case.at, slices)


def _recorded(row: DecisionRow) -> ScoredCase:
    proposal = row.inputs["proposal"]
    proposed = str(proposal["label"])
    decided = proposed if row.wrong is False else row.outcome or "(not told)"
    if row.wrong and decided == proposed:
        decided = f"not {proposed}"
    # Without a confidence a person decides, whatever the threshold.
    return ScoredCase(row.entry, row.key, decided, proposed, proposal["confidence"] or 0.0, None, {})


def _cells(table: RawTable, cases: Sequence[CaseRow], column: str, option: str) -> tuple[str, ...]:
    if column not in table.columns:
        raise BadInput(
            f"{table.source.name}: {option} '{column}' is not a column. All columns: {', '.join(table.columns)}"
        )
    place = table.columns.index(column)
    by_line = {line: row[place].strip() for line, row in zip(table.lines, table.rows, strict=True)}
    return tuple(by_line[case.line] or "(blank)" for case in cases)


def _losses(table: RawTable, cases: Sequence[CaseRow], column: str) -> tuple[float, ...]:
    losses = []
    for case, cell in zip(cases, _cells(table, cases, column, "--loss"), strict=True):
        try:
            loss = float(cell)
        except ValueError:
            loss = -1.0
        if not 0.0 <= loss <= 1.0:
            raise BadInput(
                f"{table.source.name}: '{column}' must be a share from 0 to 1 in every row, of the worst that a wrong "
                f"case can cost; line {case.line} has '{cell}'"
            )
        losses.append(loss)
    return tuple(losses)
