"""CSV and its relatives."""

import csv
import gzip
import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlock.adapters.tables import read_table
from interlock.adapters.tables.delimited import read_delimited
from interlock.adapters.tables.intake import Intake
from interlock.adapters.tables.lines import TextLines, as_utf8
from interlock.adapters.tables.sampling import Reservoir
from interlock.terms.errors import BadInput
from interlock.terms.evaluation import Exclusion, SourceFile
from interlock.terms.table import RawTable

Read = Callable[..., RawTable]
MEND = "Fix them or pass --skip-broken to leave them out; they will be counted in the report."


def complaint(read: Read, content: bytes | str, **options: Any) -> str:
    with pytest.raises(BadInput) as caught:
        read(content, **options)
    return str(caught.value)


def test_a_table_carries_its_rows_lines_and_source(read: Read) -> None:
    content = b'text,label\r\n"two\r\nlines, one cell",refund\r\n\r\n  \r\nhello,other\r\n'
    assert read(content) == RawTable(
        source=SourceFile(
            name="cases.csv",
            sha256=hashlib.sha256(content).hexdigest(),
            size_bytes=len(content),
            format="CSV",
            rows_read=2,
            rows_used=2,
            rows_not_sampled=0,
            exclusions=(),
            notes=(),
        ),
        columns=("text", "label"),
        rows=(("two\r\nlines, one cell", "refund"), ("hello", "other")),
        lines=(2, 6),
    )


@pytest.mark.parametrize(
    ("delimiter", "form"),
    [(",", "CSV"), ("\t", "TSV"), (";", "CSV with semicolons"), ("|", "CSV with bars")],
)
def test_the_delimiter_is_found_whatever_the_file_is_called(read: Read, delimiter: str, form: str) -> None:
    rows = [("text", "label"), ("a, b; c | d", "x"), ("e, f", "y")]
    held = io.StringIO()
    csv.writer(held, delimiter=delimiter).writerows(rows)
    table = read(held.getvalue(), name="cases.data")
    assert (table.source.format, table.columns, list(table.rows)) == (form, rows[0], rows[1:])


def test_excel_may_name_the_delimiter_in_a_first_line(read: Read) -> None:
    table = read("sep=;\ntext;label\na,b;x\n")
    assert (table.columns, table.rows, table.lines) == (("text", "label"), (("a,b", "x"),), (3,))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_counts_lines_alike(read: Read, end: str) -> None:
    table = read(end.join(["text,label", "a,x", "b,y", ""]))
    assert (table.rows, table.lines) == ((("a", "x"), ("b", "y")), (2, 3))


def test_a_carriage_return_at_the_edge_of_a_block_is_no_line_end() -> None:
    lines = TextLines(iter([b"text,label\r", b"\na,x\r\n"]), file="cases.csv")
    assert list(lines) == [(1, "text,label\r\n"), (2, "a,x\r\n")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_byte_order_marks_tell_the_encoding(read: Read, encoding: str) -> None:
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    table = read(mark + "text,label\nžluťoučký 🐴,x\n".encode(encoding))
    assert (table.columns, table.rows) == (("text", "label"), (("žluťoučký 🐴", "x"),))


def test_lines_that_are_not_utf8_are_read_as_windows_1252_and_told(read: Read) -> None:
    table = read("text,label\nnaïve,x\n".encode() + "café – 5 €,y\nthé,y\n".encode("cp1252"))
    assert table.rows == (("naïve", "x"), ("café – 5 €", "y"), ("thé", "y"))
    assert table.source.notes == ("2 lines are not UTF-8 and were read as Windows-1252; first: line 3",)


def test_broken_utf16_is_refused(read: Read) -> None:
    message = complaint(read, b"\xff\xfe" + "text,label\na,x\n".encode("utf-16-le") + b"\x00\xd8\x41")
    assert message.startswith("cases.csv: broken UTF-16 text (")
    assert message.endswith("Save it as CSV (UTF-8).")


def test_a_blank_column_name_gets_one_and_a_note(read: Read) -> None:
    table = read("text,label, ,\na,x,1,2\n")
    assert table.columns == ("text", "label", "column_3", "column_4")
    assert table.source.notes == ("columns without a name were named column_3, column_4",)


def test_two_columns_of_one_name_are_refused(read: Read) -> None:
    assert complaint(read, "text,label, text\na,x,b\n") == (
        "cases.csv: two columns are named 'text' (columns 1 and 3). Rename one in the header."
    )


def test_broken_rows_are_listed_with_their_lines_and_reasons(read: Read) -> None:
    content = 'text,label\na,x\nb\nc,x,y\nd,x\n"he said "hi" twice",x\ne\0f,x\n"g"h,x\ni,j,k\nl,x\n'
    assert complaint(read, content) == (
        "cases.csv: 6 rows of 9 cannot be read; the first 5:\n"
        "  line 3: 1 field where the header has 2\n"
        "  line 4: 3 fields where the header has 2\n"
        "  line 6: the quote opened at line 6, column 1 closes in the middle of a cell; write a quote inside a quoted "
        'cell as ""\n'
        "  line 7: holds a NUL byte\n"
        "  line 8: the quote opened at line 8, column 1 closes in the middle of a cell; write a quote inside a quoted "
        'cell as ""\n'
        f"{MEND}"
    )
    table = read(content, skip_broken=True)
    assert table.rows == (("a", "x"), ("d", "x"), ("l", "x"))
    assert table.source.exclusions == (
        Exclusion("wrong number of fields", 3, (3, 4, 9)),
        Exclusion("unbalanced quote", 2, (6, 8)),
        Exclusion("a NUL byte", 1, (7,)),
    )
    assert (table.source.rows_read, table.source.rows_used, table.source.rows_not_sampled) == (9, 3, 0)


def test_an_open_quote_costs_its_own_line_and_not_the_rest(read: Read) -> None:
    content = 'text,label\na,x\n"b,x\n' + "c,x\n" * 5_000 + '"d",x\ne,x\n'
    assert complaint(read, content) == (
        "cases.csv: 1 row of 5,004 cannot be read:\n"
        f"  line 3: the quote opened at line 3, column 1 is never closed\n{MEND}"
    )
    table = read(content, rows_max=10_000, skip_broken=True)
    assert table.rows == (("a", "x"), *[("c", "x")] * 5_000, ("d", "x"), ("e", "x"))
    assert table.source.exclusions == (Exclusion("unbalanced quote", 1, (3,)),)


def test_an_open_quote_is_named_where_it_opened_and_what_it_swallowed_is_read(read: Read) -> None:
    content = 'text,note,label\n"one\ntwo","three\nfour,f,x\nfive,six,x\n'
    assert complaint(read, content) == (
        f"cases.csv: 1 row of 3 cannot be read:\n  line 2: the quote opened at line 3, column 6 is never closed\n{MEND}"
    )
    assert read(content, skip_broken=True).rows == (("four", "f", "x"), ("five", "six", "x"))


def test_a_stray_carriage_return_is_a_broken_row(read: Read) -> None:
    assert complaint(read, "text,label\nab\rcd,x\ne,y\n") == (
        "cases.csv: 1 row of 2 cannot be read:\n"
        f"  line 2: a carriage return in the middle of the line; quote the cell or remove it\n{MEND}"
    )


@pytest.mark.parametrize("length", [100_001, 140_000])
def test_a_cell_that_is_too_long_is_a_broken_row(read: Read, length: int) -> None:
    content = f"text,label\na,x\n{'b' * length},x\n"
    assert complaint(read, content) == (
        f"cases.csv: 1 row of 2 cannot be read:\n  line 3: a cell is longer than 100,000 characters\n{MEND}"
    )
    assert read(content, skip_broken=True).source.exclusions == (Exclusion("a cell is too long", 1, (3,)),)


def test_when_nothing_can_be_read_skipping_does_not_help(read: Read) -> None:
    assert complaint(read, "text,label\na\nb\n", skip_broken=True) == (
        "cases.csv: 2 rows of 2 cannot be read:\n"
        "  line 2: 1 field where the header has 2\n"
        "  line 3: 1 field where the header has 2\n"
        "No row can be read: look at how the file was exported."
    )


def test_only_the_first_twenty_lines_of_a_reason_are_kept(read: Read) -> None:
    table = read("text,label\n" + "a\n" * 30 + "b,x\n", skip_broken=True)
    assert table.source.exclusions == (Exclusion("wrong number of fields", 30, tuple(range(2, 22))),)


def test_a_header_that_cannot_be_read_is_refused(read: Read) -> None:
    assert complaint(read, 'text,"label\na,x\n') == (
        "cases.csv: the header cannot be read: the quote opened at line 1, column 6 is never closed. "
        "Mend the first line."
    )
    assert complaint(read, "te\0xt,label,queue,customer\na,x,y,z\n") == (
        "cases.csv: line 1: the header holds a NUL byte. Export the file again."
    )


def test_more_than_2000_columns_are_refused(read: Read) -> None:
    header = ",".join(f"c{i}" for i in range(2_001))
    assert complaint(read, f"{header}\n{header}\n") == (
        "cases.csv: 2,001 columns, more than 2,000. "
        "Keep the columns that were known when people decided, and the decision."
    )


@pytest.mark.parametrize("members", [1, 2])
def test_gzip_is_told_by_its_bytes(read: Read, members: int) -> None:
    rows = b"a,x\nb,y\n"
    content = gzip.compress(b"text,label\n" + (b"" if members == 2 else rows), mtime=0)
    if members == 2:
        content += gzip.compress(rows, mtime=0)
    table = read(content, name="plain-name.csv")
    assert (table.rows, table.source.format) == ((("a", "x"), ("b", "y")), "CSV, gzipped")
    assert (table.source.sha256, table.source.size_bytes) == (hashlib.sha256(content).hexdigest(), len(content))


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff"), max_size=12)


@settings(deadline=None)
@given(
    st.integers(2, 5).flatmap(
        lambda width: st.tuples(
            st.lists(
                st.text("abcdefgh_ é", min_size=1, max_size=8).filter(str.strip),
                min_size=width, max_size=width, unique_by=str.strip,
            ),
            st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=8),
        )
    ),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([",", "\t", ";"]),
)  # fmt: skip
def test_what_the_csv_module_writes_is_read_back_equal(
    table: tuple[list[str], list[list[str]]], end: str, delimiter: str
) -> None:
    header, rows = table
    held = io.StringIO()
    # every cell quoted: an unquoted table of one-letter cells has no delimiter that anybody could be sure of
    csv.writer(held, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows([header, *rows])
    intake = Intake(Reservoir(rows_max=100, seed=1))
    blocks = as_utf8(iter([held.getvalue().encode()]), file="f")
    layout = read_delimited(TextLines(blocks, file="f"), intake, file="f")
    assert layout.columns == tuple(name.strip() for name in header)
    assert [list(row) for _, row in intake.reservoir.sample()] == rows
    assert intake.exclusions() == ()


@settings(deadline=None)
@given(st.lists(st.binary(max_size=40), max_size=12))
def test_whatever_the_blocks_are_lines_join_to_the_same_bytes(blocks: list[bytes]) -> None:
    whole = b"".join(blocks)
    lines = TextLines(iter(blocks), file="f")
    numbers = [number for number, _ in lines]
    assert numbers == list(range(1, len(numbers) + 1))
    assert b"".join(lines._split()) == b""
    again = TextLines(iter(blocks), file="f")
    assert b"".join(again._split()) == whole


def test_progress_counts_the_bytes_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text("text,label\n" + "a,x\n" * 200_000)
    told: list[tuple[int, int | None]] = []
    read_table(path, rows_max=10, seed=1, skip_broken=False, progress=lambda done, total: told.append((done, total)))
    size = path.stat().st_size
    assert told[-1] == (size, size)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
