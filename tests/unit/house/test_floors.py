"""The import contracts and the banned calls bite: each is broken once in a copy, and the linter must say so."""

import os
import shutil
import subprocess
import sys
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


def copy_of_the_house(folder: Path) -> Path:
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder / "src" / "interlock"


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
def test_a_broken_contract_is_named(lint_imports: str, contract: str, file: str, content: str, tmp_path: Path) -> None:
    added = copy_of_the_house(tmp_path) / file
    added.parent.mkdir(exist_ok=True)
    added.write_text(content, encoding="utf-8")
    done = contracts(lint_imports, tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{contract} BROKEN" in done.stdout


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
def test_the_core_is_told_the_time_and_the_draws(line: str, floor: str, tmp_path: Path) -> None:
    looks = copy_of_the_house(tmp_path) / floor / "looks.py"
    looks.write_text(f'"""Looks."""\n\n{line}', encoding="utf-8")
    done = subprocess.run(
        [str(BIN / "ruff"), "check", "--no-cache", "--select", "TID251", str(looks)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "TID251" in done.stdout
