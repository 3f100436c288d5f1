"""A file of past cases as it was read, before anybody decided what its columns mean."""

from dataclasses import dataclass

from interlock.terms.evaluation import SourceFile


@dataclass(frozen=True, slots=True)
class RawTable:
    """Rows of text cells. `rows[i][j]` is column `columns[j]` of the row that starts at line `lines[i]` of the file.

    Empty cells and JSON nulls are "". Lines are 1-based, as an editor counts them; for Parquet they are row numbers.
    """

    source: SourceFile
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
