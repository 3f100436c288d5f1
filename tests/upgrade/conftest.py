"""What the upgrade tests start from."""

from pathlib import Path

import pytest

from upgrade.store_schema_1 import made


@pytest.fixture
def old_store(tmp_path: Path) -> Path:
    return made(tmp_path / "store.db")
