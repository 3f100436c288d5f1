"""Running the documentation: pages as blocks, one folder a page, one demonstration for all of them."""

import contextlib
import fcntl
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from warm_commands import warm_commands

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
DEMO = "interlock demo --sample --out demo"
FENCE = re.compile(r"^```(\S*)[ ]?(.*?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
GOES_ON_FROM = re.compile(r"<!-- goes on from (\S+) -->")
RUN_SECONDS_MAX = 120
AS_INSTALLED = "first-answer.md"  # the page that everybody begins with: its commands are those that are installed


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, the rest of the fence line, its lines, and where it stands."""

    language: str
    words: str
    text: str
    place: str


@dataclass(frozen=True)
class Ran:
    """What a command printed, both streams as they came, and its exit status."""

    output: str
    status: int


def blocks_of(page: Path) -> list[Block]:
    """Every fenced block of a page, in order."""
    source = page.read_text(encoding="utf-8")
    found = []
    for match in FENCE.finditer(source):
        line = source.count("\n", 0, match.start()) + 1
        found.append(Block(match[1], match[2], match[3], f"{page.relative_to(ROOT)}:{line}"))
    return found


def environment(home: Path) -> dict[str, str]:
    """A machine without anybody's settings, with this interpreter's commands first on the path."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("INTERLOCK", "OPENAI", "COV"))}
    return kept | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "COLUMNS": "200",
        "NO_COLOR": "1",
        "TERM": "dumb",
        "PYTHONIOENCODING": "utf-8",
    }


def run(command: str, folder: Path, commands: Path) -> Ran:
    """Run one line of shell in a folder; `commands` come before all others on the path."""
    variables = environment(folder)
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=variables | {"PATH": f"{commands}{os.pathsep}{variables['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        timeout=RUN_SECONDS_MAX,
        check=False,
    )
    return Ran(done.stdout, done.returncode)


def pattern(expected: str, *, figures_vary: bool) -> re.Pattern[str]:
    """What is shown on a page, as a pattern: blanks are alike; `...` is anything, on a line of its own any lines."""
    words = []
    for line in expected.strip("\n").split("\n"):
        if line.strip() == "...":
            words.append(r".*")
            continue
        parts = [_literal(part, figures_vary=figures_vary) for part in line.split("...")]
        words.append(r"\s*" + r"[^\n]*?".join(parts) + r"\s*")
    return re.compile(r"\s*" + r"\n".join(words) + r"\s*", re.DOTALL)


FIGURE = re.compile(r"\b(?=[0-9a-f]*\d)[0-9a-f]{6,}|\d[\d,.]*")  # a digest or a number


def _literal(text: str, *, figures_vary: bool) -> str:
    words = [_any_figure(word) if figures_vary else re.escape(word) for word in text.split()]
    before = r"\s*" if text[:1].isspace() else ""
    after = r"\s*" if text[-1:].isspace() else ""
    return before + r"\s+".join(words) + after


def _any_figure(word: str) -> str:
    return r"[0-9a-f.,-]+".join(re.escape(part) for part in FIGURE.split(word))


def _alike(expected: str, output: str, *, figures_vary: bool = False) -> bool:
    return pattern(expected, figures_vary=figures_vary).fullmatch(output) is not None


@pytest.fixture
def alike() -> Callable[..., bool]:
    """Whether an output is what a page shows."""
    return _alike


@dataclass(frozen=True)
class Demo:
    """The folder that one run of the demonstration left, and what it printed."""

    folder: Path
    output: str


@pytest.fixture(scope="session")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The command `interlock`, started quickly where that can be."""
    folder = tmp_path_factory.mktemp("warm")
    if sys.platform != "linux":
        yield folder
        return
    with warm_commands(folder, environment(folder)) as made:
        yield made


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, commands: Path) -> Demo:
    """`interlock demo --sample`, run once for every page that needs a store, and for every process of this session."""
    own = tmp_path_factory.getbasetemp()
    place = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "demonstration"
    place.mkdir(exist_ok=True)
    said = place / "said.txt"
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            ran = run(DEMO, place, commands)
            assert ran.status == 0, ran.output
            said.write_text(ran.output, encoding="utf-8")
    return Demo(place / "demo", said.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def read_along(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest, commands: Path
) -> Callable[[Path], Path]:
    """Follow a page from its first block to its last; returns the folder in which that was done.

    A page is followed once a session. Pages that go on from another one begin in a copy of that one's folder.
    """
    followed: dict[Path, Path] = {}

    def follow(page: Path) -> Path:
        if page not in followed:
            folder = tmp_path_factory.mktemp(page.stem)
            earlier = GOES_ON_FROM.search(page.read_text(encoding="utf-8"))
            if earlier:
                shutil.copytree(follow(page.parent / earlier[1]), folder, dirs_exist_ok=True)
            else:
                shutil.copytree(ROOT / "workflows", folder / "workflows")
            first = folder if page.name == AS_INSTALLED else commands
            reader = Reader(folder, first, lambda: request.getfixturevalue("demo"))
            for block in blocks_of(page):
                reader.follow(block)
            followed[page] = folder
        return followed[page]

    return follow


class Reader:
    """Somebody who types what a page says and compares what comes out."""

    def __init__(self, folder: Path, commands: Path, demo: Callable[[], Demo]) -> None:
        self._folder = folder
        self._commands = commands
        self._demo = demo
        self._names: dict[str, object] = {"__name__": "page"}

    def follow(self, block: Block) -> None:
        """Do what a block says."""
        if block.language == "console":
            self._console(block)
        elif block.language == "bash":
            self._expect_success(self._run(block.text), block.place)
        elif block.language == "python" and not block.words:
            self._python_session(block)
        elif block.words and block.language in {"python", "yaml", "csv", "json"}:
            (self._folder / block.words).write_text(block.text, encoding="utf-8")
        elif block.language not in {"text", "json", "yaml", "csv"}:
            raise AssertionError(f"{block.place}: nobody says what becomes of a block of {block.language!r}")

    def _console(self, block: Block) -> None:
        last = Ran("", 0)
        for command, expected in _commands(block):
            if command == "echo $?":
                assert str(last.status) == expected.strip(), f"{block.place}: exit status {last.status}"
                last = Ran("", 0)
                continue
            self._expect_success(last, block.place)
            last = self._run(command)
            if expected.strip():
                same = _alike(expected, last.output, figures_vary="figures-vary" in block.words)
                assert same, f"{block.place}: $ {command}\npage:\n{expected}\nin truth:\n{last.output}"
        self._expect_success(last, block.place)

    def _run(self, command: str) -> Ran:
        if command.strip() == DEMO:
            made = self._demo()
            shutil.copytree(made.folder, self._folder / "demo")
            return Ran(made.output, 0)
        return run(command, self._folder, self._commands)

    def _python_session(self, block: Block) -> None:
        """Blocks of one page share their names; `# -> words` is what the lines up to there print."""
        said = "".join(f"{text}\n" for text in re.findall(r"^\s*# -> ?(.*)$", block.text, re.MULTILINE))
        printed = io.StringIO()
        sys.path.insert(0, str(self._folder))  # modules that the page told its reader to save
        known = set(sys.modules)
        try:
            with contextlib.chdir(self._folder), contextlib.redirect_stdout(printed):
                exec(compile(block.text, block.place, "exec"), self._names)
        finally:
            sys.path.remove(str(self._folder))
            for name in set(sys.modules) - known:
                if (self._folder / f"{name}.py").is_file():
                    del sys.modules[name]
        truth = printed.getvalue()
        assert _alike(said, truth), f"{block.place}\npage:\n{said}\nin truth:\n{truth}"

    def _expect_success(self, ran: Ran, place: str) -> None:
        assert ran.status == 0, f"{place}: exit status {ran.status}\n{ran.output}"


def _commands(block: Block) -> list[tuple[str, str]]:
    """(command, what the page shows after it) of a console block; a backslash at its end continues a command."""
    found: list[tuple[list[str], list[str]]] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            found.append(([line[2:]], []))
        elif not found:
            raise AssertionError(f"{block.place}: a console block begins with a command after '$ '")
        elif not found[-1][1] and found[-1][0][-1].endswith("\\"):
            found[-1][0].append(line)
        else:
            found[-1][1].append(line)
    return [("\n".join(command), "\n".join(output)) for command, output in found]
