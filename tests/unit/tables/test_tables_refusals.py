"""Files that are no table, not there, or cannot be read: each message names the file, the place and the mend."""

import contextlib
import errno
import gzip
import io
import os
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interlock.adapters.tables import read_table
from interlock.adapters.tables.stored import StoredFile
from interlock.ports.progress import silent
from interlock.terms.errors import BadInput, InterlockError, Unavailable
from interlock.terms.table import RawTable

Read = Callable[..., RawTable]


def refusal(path: Path) -> str:
    with pytest.raises(BadInput) as caught:
        read_table(path, rows_max=100, seed=1, skip_broken=True, progress=silent)
    return str(caught.value)


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_a_missing_file_names_near_ones(tmp_path: Path) -> None:
    wanted = tmp_path / "tickets.csv"
    assert refusal(wanted) == (
        f"{wanted}: there is no such file, and {tmp_path} holds no CSV, TSV, JSON Lines or Parquet file."
    )
    written(tmp_path / "orders.jsonl", b"{}")
    assert refusal(wanted) == f"{wanted}: there is no such file. {tmp_path} holds orders.jsonl."
    written(tmp_path / "ticket.csv", b"")
    assert refusal(wanted) == f"{wanted}: there is no such file. Did you mean ticket.csv?"
    inside = tmp_path / "nowhere" / "tickets.csv"
    assert refusal(inside) == f"{inside}: there is no folder {tmp_path / 'nowhere'}."
    below = tmp_path / "ticket.csv" / "tickets.csv"
    assert refusal(below) == f"{below}: there is no folder {tmp_path / 'ticket.csv'}."


def test_a_folder_lists_what_could_be_read(tmp_path: Path) -> None:
    assert refusal(tmp_path) == (
        f"{tmp_path}: this is a folder, and it holds no CSV, TSV, JSON Lines or Parquet file. Name one file."
    )
    for name in ("b.csv.gz", "a.parquet", "picture.png"):
        written(tmp_path / name, b"")
    assert refusal(tmp_path) == f"{tmp_path}: this is a folder. Name one file of it: a.parquet, b.csv.gz."


def test_a_path_that_is_none() -> None:
    assert refusal(Path("a\0b")) == "'a\\x00b' is not a path: embedded null byte"


@pytest.mark.skipif(os.name != "posix", reason="platform: permissions are checked on POSIX")
def test_no_permission(tmp_path: Path) -> None:
    path = written(tmp_path / "cases.csv", b"text,label\na,x\n")
    path.chmod(0)
    as_root = os.geteuid() == 0
    if as_root:
        os.seteuid(65534)
    try:
        message = refusal(path)
    finally:
        if as_root:
            os.seteuid(0)
    assert message == f"{path}: you have no permission to read it. Ask its owner, or copy it to your folder."


class FailingDisk(io.RawIOBase):
    """Gives one block, then an input/output error."""

    def __init__(self) -> None:
        self.left = 1

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self.left:
            raise OSError(errno.EIO, "Input/output error")
        self.left = 0
        buffer[:5] = b"text,"
        return 5


def test_a_disk_error_is_not_the_readers_fault() -> None:
    stored = StoredFile(FailingDisk(), name="cases.csv", total_bytes=10, progress=silent)
    with pytest.raises(Unavailable) as caught:
        stored.drain()
    assert str(caught.value) == (
        "cases.csv: the disk could not be read after 5 bytes (Input/output error). "
        "Nothing was written; copy the file to another disk and try again."
    )


def zipped(name: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(name, "x")
    return held.getvalue()


EXPORT = "Export it as CSV (UTF-8), then name that file."
KINDS = [
    (zipped("[Content_Types].xml"),
     f"this looks like an Excel workbook (xlsx) or another Office file, not a table. {EXPORT}"),
    (zipped("cases.csv"), "this looks like a zip archive, not a table. Unpack it, then name that file."),
    (b"PK\x03\x04" + b"." * 26 + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
     f"this looks like an OpenDocument spreadsheet (ods), not a table. {EXPORT}"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64),
     f"this looks like an old Office file (xls, doc or msg), not a table. {EXPORT}"),
    (b"%PDF-1.7\n", "this looks like a PDF, not a table. Export it as CSV (UTF-8) where it was made, "
     "then name that file."),
    (b"SQLite format 3\0" + bytes(64), "this looks like an SQLite database, not a table. Export the table as CSV, "
     "then name that file."),
    (b"<!DOCTYPE html><html>", f"this looks like a web page or XML, not a table. {EXPORT}"),
    ("text,label\na,x\n".encode("utf-16-le"),
     "this looks like UTF-16 text without a byte order mark, not a table. "
     "Save it as CSV (UTF-8), then name that file."),
    (bytes(range(256)) * 8, f"this looks like a binary file, not a table. {EXPORT}"),
    (bytes(100), "the file is empty. Export the past cases again, with a header line."),
    (b"", "the file is empty. Export the past cases again, with a header line."),
    (b"\xef\xbb\xbf\r\n  \n", "no comma, tab, semicolon or bar separates columns in its first lines. "
     "A table needs a header line and at least a text column and a label column."),
    (b"text,label\n", "only a header, no rows. Export the past cases as well, one row a case."),
    (b"sep=;\n", "it has no header line. Export the past cases again, with one."),
    (b"Dear all\n\nplease find the cases below\n", "no comma, tab, semicolon or bar separates columns in its first "
     "lines. A table needs a header line and at least a text column and a label column."),
]  # fmt: skip


@pytest.mark.parametrize(("content", "message"), KINDS)
def test_what_is_no_table_is_told_by_its_bytes(tmp_path: Path, content: bytes, message: str) -> None:
    if content == bytes(100):
        message = "it begins with nothing but NUL bytes: a damaged or unfinished copy. Copy it again."
    assert refusal(written(tmp_path / "cases.csv", content)) == f"cases.csv: {message}"


def test_gzip_that_is_cut_off_or_damaged(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv.gz"
    whole = gzip.compress(b"text,label\n" + b"".join(b"%d,x\n" % i for i in range(200_000)), mtime=0)
    written(path, whole[: len(whole) // 2])
    assert refusal(path) == "cases.csv.gz: the gzip data ends too early; the file was cut off. Copy it again."
    written(path, whole[:-8] + bytes(8))
    check = int.from_bytes(whole[-8:-4], "little")
    assert refusal(path) == (
        f"cases.csv.gz: the gzip data is damaged (CRC check failed 0x0 != 0x{check:x}). Copy it again."
    )
    written(path, whole + b"trailing")
    assert refusal(path) == "cases.csv.gz: the gzip data is damaged (Not a gzipped file (b'tr')). Copy it again."
    written(path, gzip.compress(gzip.compress(b"text,label\n")))
    assert refusal(path) == (
        "cases.csv.gz: this looks like a gzip file inside a gzip file, not a table. Unpack it, then name that file."
    )


pieces = st.one_of(
    st.binary(max_size=30),
    st.sampled_from(
        [b"text,label\n", b'"', b",", b"\n", b"\r", b"\x1f\x8b\x08", b"PAR1", b'{"a":', b"[{", b"}", b"\0"]
    ),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(pieces, max_size=12), st.booleans(), st.booleans())
def test_whatever_the_bytes_only_our_own_errors_come_out(
    tmp_path: Path, parts: list[bytes], zip_it: bool, skip_broken: bool
) -> None:
    content = b"".join(parts)
    path = written(tmp_path / "any.csv", gzip.compress(content) if zip_it else content)
    table = None
    with contextlib.suppress(InterlockError):
        table = read_table(path, rows_max=3, seed=1, skip_broken=skip_broken, progress=silent)
    if table is not None:
        left_out = sum(one.rows for one in table.source.exclusions) + table.source.rows_not_sampled
        assert table.source.rows_read == table.source.rows_used + left_out
        assert len(table.rows) == len(table.lines) == table.source.rows_used
        assert {len(row) for row in table.rows} <= {len(table.columns)}
        assert list(table.lines) == sorted(set(table.lines))


def test_rows_max_must_be_positive(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"^at least one row must be read, not 0$"):
        read_table(tmp_path / "cases.csv", rows_max=0, seed=1, skip_broken=False, progress=silent)


@pytest.mark.parametrize("start", [b"", b"text,label\n", b'{"text": "', b"\x1f\x8b"])
def test_two_gigabytes_without_a_line_end_fail_fast_in_little_memory(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "huge.csv"
    if start == b"\x1f\x8b":
        with gzip.open(path, "wb", compresslevel=1) as file:
            file.write(b"text,label\n")
            for _ in range(32):
                file.write(b"y" * 2**20)
    else:
        with path.open("wb") as sparse:
            sparse.write(start + (b"y" * 100_000 if start else b""))
            sparse.truncate(2 * 2**30)
    done: list[int] = []
    tracemalloc.start()
    try:
        with pytest.raises(BadInput) as caught:
            read_table(path, rows_max=100, seed=1, skip_broken=True, progress=lambda n, _: done.append(n))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    line = 1 if start == b'{"text": "' else 2
    assert str(caught.value) == (
        f"huge.csv: line {line} is longer than 1,048,576 bytes. "
        "A table has one case a line; check how the file was exported."
        if start
        else "huge.csv: it begins with nothing but NUL bytes: a damaged or unfinished copy. Copy it again."
    )
    assert done[-1] < 4 * 2**20
    assert peak < 32 * 2**20
