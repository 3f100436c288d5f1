"""Each law is broken by hand in a copy of the source; the tests named for it must then fail.

This is the check of the checks: a law whose breach nobody notices is no law. Each breach is one edit of one file.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# (law, file below src/interlock, what stands there, what a breach would put there)
BREACHES = [
    ("01", "engine/action/decide.py", "if not inputs.owners_named:", "if False:"),
    ("01", "engine/rollout/gate.py", "    if missing:\n", "    if False:\n"),
    ("02", "flows/rollout/define.py", '"code": code_version', '"code": ""'),
    ("02", "flows/rollout/define.py", '{"definition": plain(definition), ', '{"definition": definition.name, '),
    ("02", "engine/rollout/gate.py", "if item.release == release]", "]"),
    ("03", "engine/rollout/gate.py", "    if decided:\n", "    if True:\n"),
    (
        "03",
        "flows/rollout/promote.py",
        'if verdict["verdict"] != Verdict.PASSED:',
        'if verdict["verdict"] == Verdict.FAILED:',
    ),
    ("03", "engine/evidence/timing.py", "if now - measured > dt.timedelta(days=days):", "if False:"),
    ("04", "engine/rollout/gate.py", "if item.evidence_class is not EvidenceClass.MODEL]", "]"),
    ("04", "flows/action/observe.py", "if evidence_class is EvidenceClass.MODEL:", "if False:"),
    ("05", "flows/rollout/promote.py", "if asked.release != row.release:", "if False:"),
    ("05", "flows/action/observe.py", "if not monitor.decided:", "if True:"),
    ("05", "engine/rollout/gate.py", "if demoted_at is not None and when <= demoted_at:", "if False:"),
    ("06", "engine/rollout/gate.py", "return reversible and ", "return "),
    ("06", "flows/action/undo.py", 'record(tx, "undo.admitted", body, at=stamp(now))', "stamp(now)"),
    ("07", "engine/action/decide.py", "if inputs.halted:", "if False:"),
    ("07", "flows/action/kill.py", "stamp(now) if emptied and not live else None", "stamp(now)"),
    (
        "08",
        "engine/action/decide.py",
        "elif proposal.confidence is None or not math.isfinite(proposal.confidence):",
        "elif proposal.confidence is None:\n        return\n    elif False:",
    ),
    ("08", "engine/action/decide.py", "if not inputs.label_known:", "if False:"),
    ("09", "engine/oversight/estimate.py", "n == 0", "n == -1"),
    (
        "10",
        "flows/action/wish.py",
        'audit_draw=audit_draw(f"audit:{proposal.key}", salt=salt) if salt else 1.0',
        "audit_draw=0.0",
    ),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package, with what is compiled of it: only what a breach changes is compiled anew."""
    made = tmp_path_factory.mktemp("broken") / "src" / "interlock"
    shutil.copytree(ROOT / "src" / "interlock", made)
    return made


@contextmanager
def broken(copy: Path, file: str, holds: str, breach: str) -> Iterator[None]:
    """The copy with one file changed, and afterwards as it was, its time included: what was compiled of it holds."""
    source = (ROOT / "src" / "interlock" / file).read_text(encoding="utf-8")
    assert holds in source, f"{file} no longer holds {holds!r}: name the line that keeps this law now"
    (copy / file).write_text(source.replace(holds, breach), encoding="utf-8")
    try:
        yield
    finally:
        shutil.copy2(ROOT / "src" / "interlock" / file, copy / file)


def run_tests_of(law: str, copy: Path) -> subprocess.CompletedProcess[str]:
    """The tests that are named for a law, on the copy; none of them needs a plugin of pytest."""
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-x",
            "-p",
            "no:cacheprovider",
            str(ROOT / "tests/laws/test_laws.py"),
            "-k",
            f"law_{law}",
        ],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": f"{copy.parent}{os.pathsep}{ROOT / 'tests'}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("law", "file", "holds", "breach"), BREACHES, ids=[f"law-{b[0]}-{i}" for i, b in enumerate(BREACHES)]
)
def test_breaking_a_law_makes_its_named_test_fail(law: str, file: str, holds: str, breach: str, copy: Path) -> None:
    with broken(copy, file, holds, breach):
        done = run_tests_of(law, copy)
    assert done.returncode == 1, f"law {law} was broken and no test noticed:\n{done.stdout[-2000:]}"
    assert f"test_law_{law}_" in done.stdout


def test_what_is_not_broken_passes_on_the_copy(copy: Path) -> None:
    """The check of this check: a test that fails on a broken copy fails because of the breach."""
    _, file, holds, _ = BREACHES[0]
    with broken(copy, file, holds, holds):
        done = run_tests_of(BREACHES[0][0], copy)
    assert done.returncode == 0, done.stdout[-2000:]
