"""One file in, one raw table out: the kind is told from the bytes, everything is read in one pass."""

import gzip
import io
import itertools
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from interlock.adapters.tables.delimited import read_delimited
from interlock.adapters.tables.intake import Intake, Layout
from interlock.adapters.tables.json_lines import read_json_array, read_json_lines
from interlock.adapters.tables.kinds import GZIP, PARQUET, refuse_other_kinds
from interlock.adapters.tables.lines import Readable, TextLines, as_utf8, read_blocks
from interlock.adapters.tables.parquet import read_parquet
from interlock.adapters.tables.sampling import Reservoir, Row
from interlock.adapters.tables.stored import StoredFile, open_stored
from interlock.ports.progress import Progress
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.evaluation import SourceFile
from interlock.terms.table import RawTable


@dataclass(frozen=True, slots=True)
class _Read:
    layout: Layout
    sample: list[tuple[int, Row]]
    notes: tuple[str, ...] = ()


def read_table(path: Path, *, rows_max: int, seed: int, skip_broken: bool, progress: Progress) -> RawTable:
    """Read one file of cases; see `interlock.ports.tables.TableReader`.

    CSV, TSV, semicolons or bars, JSON Lines, a small JSON array, Parquet; plain or gzipped, whatever its name. Broken
    rows raise BadInput, or are counted as exclusions where `skip_broken` is set.
    """
    if rows_max < 1:
        raise BadInput(f"at least one row must be read, not {rows_max}")
    intake = Intake(Reservoir(rows_max=rows_max, seed=seed))
    with open_stored(path, progress=progress) as stored, io.BufferedReader(stored, 1 << 18) as buffered:
        zipped, found = _read(buffered, path, intake)
        intake.check(path.name, skip_broken=skip_broken)
        stored.drain()
        seen, used = intake.reservoir.seen, len(found.sample)
        why = "" if used == min(seen, rows_max) else "; the rows are long, and more would not be held in memory"
        sampled = (f"a uniform sample of {used:,} of {seen:,} readable rows was used (seed {seed}){why}",)
        source = SourceFile(
            name=path.name,
            sha256=stored.sha256,
            size_bytes=stored.size_bytes,
            format=found.layout.format + (", gzipped" if zipped else ""),
            rows_read=intake.rows_read,
            rows_used=used,
            rows_not_sampled=seen - used,
            exclusions=intake.exclusions(),
            notes=found.layout.notes + found.notes + (sampled if used < seen else ()),
        )
    lines, rows = tuple(line for line, _ in found.sample), tuple(row for _, row in found.sample)
    return RawTable(source=source, columns=found.layout.columns, rows=rows, lines=lines)


def _read(buffered: "io.BufferedReader[StoredFile]", path: Path, intake: Intake) -> tuple[bool, _Read]:
    """(was it gzipped, what was read)."""
    zipped = buffered.peek(2)[:2] == GZIP
    # GzipFile asks for read, seek and tell only as far as it uses them: reading forward needs no seek
    stream = cast("Readable", gzip.GzipFile(fileobj=buffered) if zipped else buffered)
    blocks = read_blocks(stream, file=path.name)
    head = next(blocks, b"")
    if not head.strip():
        raise BadInput(f"{path.name}: the file is empty. Export the past cases again, with a header line.")
    whole = itertools.chain((head,), blocks)
    if head.startswith(PARQUET):
        return zipped, _read_parquet(whole, path, intake, zipped=zipped)
    refuse_other_kinds(head, path.name)
    return zipped, _read_text(as_utf8(whole, file=path.name), intake, file=path.name)


def _read_text(blocks: Iterator[bytes], intake: Intake, *, file: str) -> _Read:
    head = next(blocks, b"")
    start = head.lstrip()
    whole = itertools.chain((head,), blocks)
    if start[:1] == b"[" and start[1:].lstrip()[:1] in (b"{", b"[", b"]", b'"'):
        return _Read(*read_json_array(whole, intake, file=file))
    lines = TextLines(whole, file=file)
    if start[:1] == b"{":
        layout, sample = read_json_lines(lines, intake, file=file)
        return _Read(layout, sample, lines.notes())
    layout = read_delimited(lines, intake, file=file)
    return _Read(layout, intake.reservoir.sample(), lines.notes())


def _read_parquet(blocks: Iterator[bytes], path: Path, intake: Intake, *, zipped: bool) -> _Read:
    """DuckDB needs a file it can seek in: what is gzipped is unzipped to a temporary one first."""
    if not zipped:
        layout = read_parquet(path.absolute(), intake, file=path.name)
        return _Read(layout, intake.reservoir.sample())
    try:
        with tempfile.TemporaryDirectory(prefix="interlock-") as folder:
            unzipped = Path(folder) / "unzipped.parquet"
            with unzipped.open("wb") as file:
                for block in blocks:
                    file.write(block)
            layout = read_parquet(unzipped, intake, file=path.name)
    except OSError as exc:
        free = shutil.disk_usage(tempfile.gettempdir()).free
        raise Unavailable(
            f"{path.name}: cannot be unzipped to {tempfile.gettempdir()} ({exc.strerror or exc}; {free:,} bytes free). "
            "Unzip it yourself and name the unzipped file."
        ) from exc
    return _Read(layout, intake.reservoir.sample())
