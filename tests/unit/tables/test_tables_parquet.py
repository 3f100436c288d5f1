"""Parquet through DuckDB."""

import gzip
import hashlib
import sys
from pathlib import Path

import duckdb
import pytest

from interlock.adapters.tables import read_table
from interlock.ports.progress import silent
from interlock.terms.errors import BadInput, Unavailable

COLUMNS = """
    SELECT 'a, "b"' AS text, 7 AS n, 1.5::DECIMAL(5,2) AS price, 0.25::DOUBLE AS share, 'NaN'::DOUBLE AS gap,
        NULL AS nothing, TRUE AS flag, DATE '2024-02-29' AS day, TIMESTAMP '2024-01-01 10:00:00' AS at,
        TIMESTAMPTZ '2024-01-01 10:00:00+02' AS zoned, [1, 2] AS numbers, {'k': DATE '2024-01-01'} AS record,
        'ab'::BLOB AS bytes
"""


def write(path: Path, query: str) -> None:
    with duckdb.connect(":memory:", config={"threads": "1"}) as connection:
        connection.execute(f"COPY ({query}) TO '{path}' (FORMAT PARQUET)")


@pytest.mark.parametrize("zipped", [False, True])
def test_every_type_becomes_text(tmp_path: Path, zipped: bool) -> None:
    plain, path = tmp_path / "plain", tmp_path / "odd [name]*.csv"
    write(plain, COLUMNS)
    path.write_bytes(gzip.compress(plain.read_bytes()) if zipped else plain.read_bytes())
    table = read_table(path, rows_max=10, seed=1, skip_broken=False, progress=silent)
    assert dict(zip(table.columns, table.rows[0], strict=True)) == {
        "text": 'a, "b"',
        "n": "7",
        "price": "1.50",
        "share": "0.25",
        "gap": "",
        "nothing": "",
        "flag": "true",
        "day": "2024-02-29",
        "at": "2024-01-01T10:00:00",
        "zoned": "2024-01-01 08:00:00+00:00",
        "numbers": "[1,2]",
        "record": '{"k":"2024-01-01"}',
        "bytes": "ab",
    }
    assert (table.lines, table.source.format) == ((1,), "Parquet, gzipped" if zipped else "Parquet")
    assert table.source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert table.source.size_bytes == path.stat().st_size


def test_more_rows_than_asked_for_are_sampled(tmp_path: Path) -> None:
    path = tmp_path / "cases.parquet"
    write(path, "SELECT i AS text, i % 3 AS label FROM range(5000) t(i)")
    table = read_table(path, rows_max=100, seed=1, skip_broken=False, progress=silent)
    assert [int(row[0]) + 1 for row in table.rows] == list(table.lines)
    assert (table.source.rows_read, table.source.rows_used, table.source.rows_not_sampled) == (5_000, 100, 4_900)
    assert table.source.notes == ("a uniform sample of 100 of 5,000 readable rows was used (seed 1)",)


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cases.parquet"
    write(path, "SELECT 1 AS text")
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(BadInput) as caught:
        read_table(path, rows_max=10, seed=1, skip_broken=False, progress=silent)
    message = str(caught.value)
    assert message.startswith("cases.parquet: the Parquet data cannot be read (")
    assert message.endswith("). Write it again, or as CSV.")


def test_no_rows_is_told(tmp_path: Path) -> None:
    path = tmp_path / "cases.parquet"
    write(path, "SELECT 1 AS text WHERE FALSE")
    with pytest.raises(BadInput) as caught:
        read_table(path, rows_max=10, seed=1, skip_broken=False, progress=silent)
    assert str(caught.value) == (
        "cases.parquet: only a header, no rows. Export the past cases as well, one row a case."
    )


def test_without_duckdb_the_way_out_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "cases.parquet"
    write(path, "SELECT 1 AS text")
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(Unavailable) as caught:
        read_table(path, rows_max=10, seed=1, skip_broken=False, progress=silent)
    assert str(caught.value) == (
        "cases.parquet: reading Parquet needs DuckDB: pip install 'interlock[try]', or export the file as CSV."
    )
