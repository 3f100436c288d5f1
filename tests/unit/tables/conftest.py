"""Reading a file that a test has just written."""

from collections.abc import Callable
from pathlib import Path

import pytest

from interlock.adapters.tables import read_table
from interlock.ports.progress import silent
from interlock.terms.table import RawTable

Read = Callable[..., RawTable]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """`read(content, name=..., rows_max=..., skip_broken=...)` writes the bytes and reads them as a table."""

    def _read(
        content: bytes | str,
        *,
        name: str = "cases.csv",
        rows_max: int = 1_000,
        seed: int = 7,
        skip_broken: bool = False,
    ) -> RawTable:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_table(path, rows_max=rows_max, seed=seed, skip_broken=skip_broken, progress=silent)

    return _read
