"""A command is loaded alone, and is then what it is among all the others."""

import os
import subprocess
import sys
from typing import Any

import pytest
from typer.main import get_command

from interlock.surfaces.cli.app import GROUPS, NAMES, VERSION, build_app

EVERY: Any = get_command(build_app())
HELP = {name: command.get_short_help_str(200) for name, command in EVERY.commands.items()}


def params(command: Any) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.name, tuple(one.opts)) for one in command.params]


def test_every_name_is_a_command() -> None:
    assert set(EVERY.commands) == NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_one_alone_is_the_same(name: str) -> None:
    alone: Any = get_command(build_app(name))
    assert set(alone.commands) == {name}
    mine, among = alone.commands[name], EVERY.commands[name]
    assert (mine.get_short_help_str(200), params(mine)) == (HELP[name], params(among))
    if name in {group.name for group in GROUPS}:
        assert list(mine.commands) == list(among.commands)


@pytest.mark.parametrize("first", [None, "--help", "promot", "-h"])
def test_help_and_wrong_names_see_all(first: str | None) -> None:
    command: Any = get_command(build_app(first))
    assert set(command.commands) == NAMES


BUILDS_APP = "from interlock.surfaces.cli.app import build_app as build"
BUILDS_TOOLBOX = "from interlock.wiring.toolbox import build_toolbox as build"


@pytest.mark.parametrize(
    ("builds", "words", "absent"),
    [
        (BUILDS_APP, (VERSION,), ("interlock.flows",)),
        (BUILDS_APP, ("clock",), ("interlock.engine.reporting",)),
        (BUILDS_TOOLBOX, (), ("interlock.engine.reporting", "interlock.flows.ledger.verify")),
    ],
)
def test_what_is_not_called_is_not_loaded(builds: str, words: tuple[str, ...], absent: tuple[str, ...]) -> None:
    code = f"import sys\n{builds}\nbuild(*{words!r})\nprint([n for n in sys.modules if n.startswith({absent!r})])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# Loads each command first of all commands, as a person does who calls it, in a fork each; prints what cannot be.
EACH_FIRST = """
import os, traceback
import interlock.wiring.toolbox
from interlock.surfaces.cli.app import NAMES, build_app
for name in sorted(NAMES):
    if not os.fork():
        try:
            build_app(name)
        except BaseException:
            print(name, traceback.format_exc(), flush=True)
        os._exit(0)
    os.wait()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="platform: forks of POSIX")
def test_each_can_be_loaded_first() -> None:
    done = subprocess.run([sys.executable, "-c", EACH_FIRST], capture_output=True, text=True, check=True)
    assert done.stdout == ""
