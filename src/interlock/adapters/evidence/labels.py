"""CSV of labels: what the AI said and what a named person said of the same case."""

import csv
import datetime as dt
from collections.abc import Iterator, Mapping

from interlock.adapters.evidence.source_file import SourceFile, time_of
from interlock.terms.errors import BadInput
from interlock.terms.evidence import EvidenceClass
from interlock.terms.imported import Imported

COLUMNS = ("case", "ai", "person", "by", "at")
EDGE = "edge"
SEPARATORS = (",", ";", "\t")  # a spreadsheet of some countries writes semicolons into its CSV
YES = frozenset({"1", "yes", "true", "y"})
CASES_MAX = 1_000_000


def separator(line: str) -> str | None:
    """What separates the cells of a first line that names the columns of a file of labels; None where it does not."""
    return next((sign for sign in SEPARATORS if set(COLUMNS) <= _cells(line, sign)), None)


def _cells(line: str, sign: str) -> set[str]:
    return {cell.strip().strip('"').lower() for cell in line.split(sign)}


def read_labels(file: SourceFile, sign: str = ",") -> tuple[Imported, ...]:
    """Cells are separated by `sign`.

    Raises BadInput for a missing column, an empty cell, a case that is there twice, or a time that is none.
    """
    # Each line with its end: a cell in quotes may go over several.
    reader = csv.DictReader((f"{text}\n" for _, text in file.lines()), strict=True, delimiter=sign)
    seen: set[str] = set()
    people: set[str] = set()
    wrong = edge = 0
    newest: dt.datetime | None = None
    zoned = True
    for line, row in _rows(reader, file):
        place = f"{file.name}: line {line}"
        for name in COLUMNS:
            if not row[name]:
                raise BadInput(f"{place}: `{name}` is empty; every label needs {', '.join(COLUMNS)}")
        if row["case"] in seen:
            raise BadInput(f"{place}: the case '{row['case'][:80]}' is there twice; keep one label a case")
        seen.add(row["case"])
        people.add(row["by"])
        wrong += row["ai"] != row["person"]
        edge += row.get(EDGE, "").lower() in YES
        at, has_zone = time_of(row["at"], place=f"{place}: at")
        if at is not None and (newest is None or at > newest):
            newest, zoned = at, has_zone
        if len(seen) > CASES_MAX:
            raise BadInput(f"{file.name}: more than {CASES_MAX:,} cases; add them in parts")
    body = {
        "n": len(seen),
        "wrong": wrong,
        "agreed": len(seen) - wrong,
        "edge_cases": edge,
        "people": sorted(people)[:20],
    }
    source = f"labels by {len(people)} {'person' if len(people) == 1 else 'people'}"
    digest, size = file.sha256, file.size_bytes
    return (Imported("labels", EvidenceClass.HUMAN, source, body, file.name, digest, size, newest, zoned),)


def _rows(reader: "csv.DictReader[str]", file: SourceFile) -> Iterator[tuple[int, Mapping[str, str]]]:
    try:
        names = [name.strip().lower() for name in reader.fieldnames or ()]
        missing = [name for name in COLUMNS if name not in names]
        if missing:
            wanted = ",".join(COLUMNS)
            raise BadInput(
                f"{file.name}: line 1: no column {', '.join(missing)}; the header is {wanted} and, if known, {EDGE}"
            )
        reader.fieldnames = names
        for row in reader:
            if None in row or None in row.values():
                raise BadInput(f"{file.name}: line {reader.line_num}: it has not as many cells as the header")
            yield reader.line_num, {name: cell.strip() for name, cell in row.items()}
    except csv.Error as exc:
        raise BadInput(f"{file.name}: line {reader.line_num}: {exc}; mend the quotes") from exc
