"""What `import interlock` offers: the same to people, to type checkers and to a running program."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import interlock

SOURCE = Path(interlock.__file__)


def told_to_type_checkers() -> dict[str, str]:
    """Name -> module, as the imports under TYPE_CHECKING say."""
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"))
    return {
        alias.asname or alias.name: node.module or ""
        for branch in tree.body
        if isinstance(branch, ast.If)
        for node in branch.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def test_the_program_gets_what_type_checkers_were_told() -> None:
    assert told_to_type_checkers() == interlock._FROM
    assert dir(interlock) == sorted([*told_to_type_checkers(), "__version__"])


@pytest.mark.parametrize("name", sorted(interlock._FROM))
def test_each_name_is_there_and_says_what_it_is(name: str) -> None:
    found = getattr(interlock, name)
    assert found.__name__ == name
    assert found.__doc__


def test_a_name_that_is_none_is_told() -> None:
    with pytest.raises(AttributeError, match="module 'interlock' has no attribute 'conect'"):
        _ = interlock.conect  # type: ignore[attr-defined] # a type checker says so too


def test_what_is_asked_for_is_loaded_and_no_more() -> None:
    code = (
        "import sys, interlock\ninterlock.BadInput\nprint(*sorted(m for m in sys.modules if m.startswith('interlock')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["interlock", "interlock.terms", "interlock.terms.errors"]
