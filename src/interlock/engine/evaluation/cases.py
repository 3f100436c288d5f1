"""A raw table and the chosen columns become cases; what cannot become one is counted, never dropped unseen."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from interlock.engine.evaluation.case_faults import Faults, LeftOut, counted, shown
from interlock.engine.evaluation.case_notes import decision_notes
from interlock.engine.evaluation.case_text import TEXT_CHARS_MAX, text_reader
from interlock.engine.evaluation.column_profile import is_number
from interlock.engine.evaluation.times import has_slashed_dates, month_is_first, parse_time
from interlock.terms.errors import BadInput
from interlock.terms.evaluation import ColumnChoice, Exclusion, Role
from interlock.terms.table import RawTable

__all__ = ["CaseRow", "parse_time", "to_cases"]

_BLANK = "(blank)"


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One past case. `line` is where it begins in the file; `label` is what people decided.

    `prediction` and `confidence` are both None where the file records no answers of a model; a blank prediction is ""
    with confidence 0.0: the model proposed nothing, so a person decides. `slices` are (column, value) pairs.
    """

    line: int
    text: str
    label: str
    prediction: str | None
    confidence: float | None
    group: str | None
    at: dt.datetime | None
    slices: tuple[tuple[str, str], ...]


def to_cases(
    table: RawTable, columns: Sequence[ColumnChoice], *, skip_broken: bool
) -> tuple[tuple[CaseRow, ...], tuple[Exclusion, ...], tuple[str, ...]]:
    """(cases in file order, rows left out, notes).

    Texts are cut to 4,000 characters. Rows without text or label and exact duplicates are left out and counted.
    Raises BadInput where a confidence or time cannot be read (with `skip_broken` those rows are left out instead, but
    never where confidences look like percentages: the rest would be a biased sample), where no case is left and where
    all were decided alike.
    """
    builder = _Builder(table, columns)
    builder.check(skip_broken=skip_broken)
    cases = builder.cases()
    if not cases:
        raise BadInput(f"{table.source.name}: no row has both text and a label. {builder.why_none()}")
    labels = {case.label for case in cases}
    if len(labels) == 1:
        raise BadInput(
            f"{table.source.name}: every case was decided {shown(labels.pop())}: there is nothing to learn or to get "
            "wrong. Give past cases with at least two different decisions, or name another column with --label."
        )
    return cases, builder.left_out.exclusions(), (*builder.notes(), *decision_notes(cases))


def _without_text(row: Sequence[str]) -> tuple[str, bool]:  # noqa: ARG001 - stands in for a text reader
    return "", False


class _Builder:
    """Reads one role after the other, so that every complaint is about one column."""

    def __init__(self, table: RawTable, columns: Sequence[ColumnChoice]) -> None:
        self.left_out = LeftOut()
        self._table = table
        self._by_role = {choice.role: choice.columns for choice in columns if choice.columns}
        self._has_text = Role.TEXT in self._by_role
        self._read = text_reader(table, self._by_role[Role.TEXT]) if self._has_text else _without_text
        self._places = {role: table.columns.index(names[0]) for role, names in self._by_role.items()}
        self._cut = 0
        self._unproposed = 0
        self._texts: dict[int, str] = {}
        self._confidences: dict[int, float] = {}
        self._times: dict[int, dt.datetime] = {}
        self._order_unknown = False
        self._keep_decided()

    def check(self, *, skip_broken: bool) -> None:
        """Read confidences and times."""
        if Role.CONFIDENCE in self._by_role:
            self._read_confidences(skip_broken=skip_broken)
        if Role.TIME in self._by_role:
            self._read_times(skip_broken=skip_broken)

    def cases(self) -> tuple[CaseRow, ...]:
        """The cases, duplicates left out."""
        slices = [(name, self._table.columns.index(name)) for name in self._by_role.get(Role.SLICE, ())]
        found: list[CaseRow] = []
        seen: set[tuple[str, ...]] = set()
        for index, text in self._texts.items():
            line, row = self._table.lines[index], self._table.rows[index]
            label = self._cell(Role.LABEL, index) or ""
            prediction, group = self._cell(Role.PREDICTION, index), self._cell(Role.GROUP, index) or None
            confidence, at = self._confidences.get(index), self._times.get(index)
            # Without texts two cases may well have the same answer, confidence and decision.
            cells = tuple(map(str.strip, row))
            if self._has_text and cells in seen:
                self.left_out.add("duplicate of an earlier row", line)
                continue
            seen.add(cells)
            sliced = tuple((name, row[place].strip() or _BLANK) for name, place in slices)
            found.append(CaseRow(line, text, label, prediction, confidence, group, at, sliced))
        return tuple(found)

    def notes(self) -> tuple[str, ...]:
        """What was done to the cells."""
        notes = []
        if self._cut:
            longer = counted(self._cut, "text was longer", "texts were longer")
            notes.append(f"{longer} than {TEXT_CHARS_MAX:,} characters and cut")
        if self._unproposed:
            record = counted(self._unproposed, "row records", "rows record")
            notes.append(f"{record} no prediction: what the model left open counts as left to a person")
        if self._order_unknown:
            name = self._by_role[Role.TIME][0]
            notes.append(f"dates in '{name}' were read as day/month/year; no date tells the order, so check it")
        return tuple(notes)

    def why_none(self) -> str:
        """The exclusions in words, for a file of which nothing is left."""
        reasons = [f"{counted(one.rows, 'row', 'rows')}: {one.reason}" for one in self.left_out.exclusions()]
        text, label = ", ".join(self._by_role.get(Role.TEXT, ("no column",))), self._by_role[Role.LABEL][0]
        return f"{'; '.join(reasons) or 'The table has no rows'}. Text was read from {text} and the label from {label}."

    def _cell(self, role: Role, index: int) -> str | None:
        place = self._places.get(role)
        return None if place is None else self._table.rows[index][place].strip()

    def _keep_decided(self) -> None:
        for index, (line, row) in enumerate(zip(self._table.lines, self._table.rows, strict=True)):
            text, cut = self._read(row)
            if not text and self._has_text:
                self.left_out.add("no text", line)
            elif not self._cell(Role.LABEL, index):
                self.left_out.add("no label", line)
            else:
                self._texts[index] = text
                self._cut += cut

    def _read_confidences(self, *, skip_broken: bool) -> None:
        name = self._by_role[Role.CONFIDENCE][0]
        faults = Faults(file=self._table.source.name, column=name, must="must be a number from 0 to 1 in every row")
        broken: list[int] = []
        numbers: list[float] = []
        for index in self._texts:
            cell = self._cell(Role.CONFIDENCE, index) or ""
            value = _number(cell)
            numbers += [value] if value is not None else []
            if self._cell(Role.PREDICTION, index) == "":
                self._unproposed += 1
                self._confidences[index] = 0.0
            elif value is None or not 0 <= value <= 1:
                broken.append(index)
                faults.add(self._table.lines[index], _confidence_fault(cell, value))
            else:
                self._confidences[index] = value
        if broken and _percentages(numbers):
            raise faults.error(rows=len(self._texts), mend="These look like percentages: divide by 100.")
        if broken and not skip_broken:
            raise faults.error(rows=len(self._texts))
        self._drop(broken, "confidence is not a number from 0 to 1")

    def _read_times(self, *, skip_broken: bool) -> None:
        name = self._by_role[Role.TIME][0]
        faults = Faults(file=self._table.source.name, column=name, must="must be a date or time in every row")
        cells = {index: self._cell(Role.TIME, index) or "" for index in self._texts}
        month_first = month_is_first(cells.values())
        self._order_unknown = month_first is None and has_slashed_dates(cells.values())
        broken: list[int] = []
        for index, cell in cells.items():
            at = parse_time(cell, month_first=bool(month_first))
            if at is None:
                broken.append(index)
                faults.add(self._table.lines[index], f"{shown(cell)} is not a date" if cell else "blank")
            else:
                self._times[index] = at
        if broken and not skip_broken:
            mend = "Fix them, pass --skip-broken to leave them out, or --time - to go without times."
            raise faults.error(rows=len(cells), mend=mend)
        self._drop(broken, f"no time in '{name}'")

    def _drop(self, broken: Sequence[int], reason: str) -> None:
        for index in broken:
            del self._texts[index]
            self.left_out.add(reason, self._table.lines[index])


def _number(cell: str) -> float | None:
    """A number, also with a decimal comma."""
    if cell.count(",") == 1 and "." not in cell:
        cell = cell.replace(",", ".")
    cell = cell.removesuffix("%").rstrip()
    return float(cell) if is_number(cell) else None


def _confidence_fault(cell: str, value: float | None) -> str:
    if not cell:
        return "blank"
    return f"{shown(cell)} is not a number" if value is None else f"{shown(cell)} is outside 0 to 1"


def _percentages(numbers: Sequence[float]) -> bool:
    above = sum(number > 1 for number in numbers)
    return above > len(numbers) / 2 and all(0 <= number <= 100 for number in numbers)
