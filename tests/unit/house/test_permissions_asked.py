"""Every permission that code asks for is one that a role has, and every one that a role has is asked for somewhere."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from interlock.engine.access.permissions import MAY

SOURCE = Path(__file__).parents[3] / "src" / "interlock"
ROOMS = ("surfaces", "flows", "wiring")
ASKING = frozenset({"may", "check", "may_somewhere", "scopes", "Needs", "Part", "needs"})
NAME = re.compile(r"[a-z]+:[a-z]+")
IN_TEMPLATES = re.compile(r"""\.(?:may|may_somewhere)\(\s*["']([a-z]+)["'],\s*["']([a-z]+)["']""")
GIVEN = frozenset(name for names in MAY.values() for name in names)
RESOURCES = frozenset(name.partition(":")[0] for name in GIVEN)


def asked() -> Iterator[tuple[str, str]]:
    """(permission, file) of every question about one."""
    for room in ROOMS:
        for path in (SOURCE / room).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            yield from ((name, path.name) for node in ast.walk(tree) for name in _in(node))
    for path in (SOURCE / "surfaces" / "web" / "templates").rglob("*.j2"):
        yield from ((":".join(pair), path.name) for pair in IN_TEMPLATES.findall(path.read_text(encoding="utf-8")))


def _in(node: ast.AST) -> Iterator[str]:
    text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
    if NAME.fullmatch(text) and text.partition(":")[0] in RESOURCES:
        yield text
    if isinstance(node, (ast.Call, ast.Tuple)):
        inside = node.args if isinstance(node, ast.Call) else node.elts
        words = [one.value for one in inside if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        pair = ":".join(words[-2:] if _is_part(node) else words[:2])
        # Two words in a row may be anything; in a question for a permission they are one.
        called = isinstance(node, ast.Call) and _name(node.func) in ASKING
        if NAME.fullmatch(pair) and (called or pair in GIVEN):
            yield pair


def _is_part(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and _name(node.func) == "Part"


def _name(func: ast.expr) -> str:
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


def test_what_is_asked_is_what_roles_have() -> None:
    found = dict(asked())
    assert {name: file for name, file in found.items() if name not in GIVEN} == {}
    assert GIVEN - found.keys() == set()
