"""The import contracts and the banned calls bite: each is broken once in a copy, and the linter must say so."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
BIN = Path(sys.executable).parent

# (contract that must break, file below src/interlock to add, its content)
BREACHES = [
    ("Imports go down the floors only", "engine/upwards.py", "import interlock.flows.action.act\n"),
    ("Imports go down the floors only", "cellar/__init__.py", ""),
    ("Adapters never import the rules", "adapters/clever.py", "import interlock.engine.action.decide\n"),
    ("Flows reach the outside through ports", "flows/short_cut.py", "import sqlite3\n"),
    ("Terms and engine do no IO", "engine/reads_files.py", "import pathlib\n"),
    ("Surfaces get their adapters from wiring", "surfaces/short_cut.py", "import interlock.adapters.sqlite.store\n"),
    ("Surfaces know nothing of each other", "surfaces/web/peeks.py", "import interlock.surfaces.api.served\n"),
]


@pytest.fixture(scope="module")
def lint_imports() -> str:
    found = shutil.which("lint-imports", path=f"{BIN}{os.pathsep}{os.environ['PATH']}")
    assert found, "import-linter is a development dependency: make setup"
    return found


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a copy of the house."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@contextmanager
def added(copy: Path, file: str, content: str) -> Iterator[Path]:
    """One more file in the copy, for as long as this lasts."""
    path = copy / "src" / "interlock" / file
    new = not path.parent.exists()
    path.parent.mkdir(exist_ok=True)
    path.write_text(content, encoding="utf-8")
    try:
        yield path
    finally:
        path.unlink()
        if new:
            shutil.rmtree(path.parent)


def contracts(lint_imports: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [lint_imports, "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_house_keeps_its_contracts(lint_imports: str) -> None:
    done = contracts(lint_imports, ROOT)
    assert (done.returncode, "0 broken" in done.stdout) == (0, True), done.stdout


@pytest.mark.parametrize(("contract", "file", "content"), BREACHES, ids=[b[1] for b in BREACHES])
def test_a_broken_contract_is_named(lint_imports: str, contract: str, file: str, content: str, copy: Path) -> None:
    with added(copy, file, content):
        done = contracts(lint_imports, copy)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{contract} BROKEN" in done.stdout
    assert " 1 broken" in done.stdout


@pytest.mark.parametrize(
    "line",
    [
        "import datetime\nNOW = datetime.datetime.now(datetime.UTC)\n",
        "import os\nHOME = os.environ['HOME']\n",
        "import random\nDRAW = random.random()\n",
        "import time\nNOW = time.time()\n",
        "import uuid\nKEY = uuid.uuid4()\n",
    ],
)
@pytest.mark.parametrize("floor", ["engine", "flows", "surfaces"])
def test_the_core_is_told_the_time_and_the_draws(line: str, floor: str, copy: Path) -> None:
    with added(copy, f"{floor}/looks.py", f'"""Looks."""\n\n{line}') as looks:
        done = subprocess.run(
            [str(BIN / "ruff"), "check", "--no-cache", "--select", "TID251", str(looks)],
            cwd=copy,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "TID251" in done.stdout
