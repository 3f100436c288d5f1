"""What an application that only runs governed workflows must never load, and the floors."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
HEAVY = (
    "numpy",
    "scipy",
    "sklearn",
    "duckdb",
    "httpx",
    "torch",
    "sentence_transformers",
    "fastapi",
    "starlette",
    "flask",
)
BROWSERS = ("playwright", "selenium")


def loaded_after(statement: str) -> set[str]:
    """Top-level modules in a fresh interpreter after a statement."""
    code = f"import sys\n{statement}\nprint(' '.join(sorted({{name.partition('.')[0] for name in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import interlock",
        "import interlock.oversight",
        "import interlock.terms.workflow, interlock.terms.decision, interlock.terms.certificate",
        "import interlock.flows.action.act, interlock.flows.action.kill, interlock.flows.rollout.promote",
        "import interlock.adapters.sqlite.store, interlock.adapters.definitions.yaml_file",
        "import interlock.wiring.cli, interlock.wiring.toolbox; from interlock.surfaces.cli.app import build_app; "
        "build_app()",
    ],
)
def test_the_base_loads_nothing_heavy(statement: str) -> None:
    assert loaded_after(statement) & {*HEAVY, *BROWSERS} == set()


def test_import_interlock_loads_nothing_but_itself() -> None:
    assert loaded_after("import interlock") - loaded_after("pass") == {"interlock"}


def test_the_base_install_names_no_heavy_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {requirement.split(">")[0].split("[")[0].strip() for requirement in project["dependencies"]}
    assert names == {"jinja2", "orjson", "pydantic", "pyyaml", "rfc8785", "rich", "typer"}
