"""interlock.ports.gateway.worker_counts.WorkerCounts in a folder: one file a worker, whose lock says that it lives."""

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from interlock.terms.errors import Unavailable

# What is left is named by its shape: that of another one, from before an upgrade, is nobody's counts.
ALIVE, COUNTS, DEAD, MAKING = ".alive", ".counts2", "dead.folded2", ".making"
LOCK = "folding.lock"
MODE, FOLDER_MODE = 0o600, 0o700


class CountsFolder:
    """`worker` is a name that no other process ever had or will have."""

    def __init__(self, folder: Path, worker: str) -> None:
        """Raises Unavailable where nothing can be left there."""
        self._folder, self._worker = folder, worker
        with _reaching(folder):
            folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            self._alive = _held(folder / f"{worker}{ALIVE}")

    def leave(self, counts: bytes) -> None:
        with _reaching(self._folder):
            self._put(f"{self._worker}{COUNTS}", counts)

    def others(self) -> Sequence[tuple[bytes, bool]]:
        """What is folded comes under its lock: nobody is read twice or missed while it is."""
        with _reaching(self._folder), self._folding(wait=True):
            names = [path for path in sorted(self._folder.glob(f"*{COUNTS}")) if path.stem != self._worker]
            gone = self._folded()
            found = [(path.read_bytes(), not self._is_dead(path.stem)) for path in names if path.stem not in gone]
            with suppress(FileNotFoundError):
                found.append((self._total(), False))
            return found

    def fold(self, add: Callable[[Sequence[bytes]], bytes]) -> None:
        with _reaching(self._folder), self._folding(wait=False) as mine:
            if not mine:
                return
            gone = self._folded()
            for name in gone:  # whoever folded these died before they were away
                self._remove(name)
            alive = {path.stem for path in self._folder.glob(f"*{ALIVE}")} - {self._worker}
            dead = sorted(name for name in alive if self._is_dead(name))
            left = [(self._folder / f"{name}{COUNTS}") for name in dead]
            parts = [path.read_bytes() for path in left if path.exists()]
            if parts:
                with suppress(FileNotFoundError):
                    parts.append(self._total())
                # The names go with the sum, in one step: then it does not matter when the files go.
                self._put(DEAD, "\n".join(dead).encode() + b"\n\n" + add(parts))
            for name in dead:
                self._remove(name)

    def close(self) -> None:
        os.close(self._alive)

    def _folded(self) -> tuple[str, ...]:
        """Whose counts are in the sum of the dead."""
        with suppress(FileNotFoundError):
            return tuple((self._folder / DEAD).read_bytes().partition(b"\n\n")[0].decode().split("\n"))
        return ()

    def _total(self) -> bytes:
        return (self._folder / DEAD).read_bytes().partition(b"\n\n")[2]

    def _remove(self, name: str) -> None:
        for ending in (COUNTS, ALIVE):
            (self._folder / f"{name}{ending}").unlink(missing_ok=True)

    def _put(self, name: str, content: bytes) -> None:
        making = self._folder / f"{name}{MAKING}"
        handle = _opened(making, os.O_TRUNC)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        making.rename(self._folder / name)

    def _is_dead(self, name: str) -> bool:
        try:
            handle = os.open(self._folder / f"{name}{ALIVE}", os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return True
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        else:
            return True
        finally:
            os.close(handle)

    @contextmanager
    def _folding(self, *, wait: bool) -> Iterator[bool]:
        handle = _opened(self._folder / LOCK)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True
        finally:
            os.close(handle)


def _held(path: Path) -> int:
    """The file under its name, locked. Whoever looks meanwhile whether this worker lives may have taken it away."""
    while True:
        handle = _opened(path)
        fcntl.flock(handle, fcntl.LOCK_EX)
        with suppress(FileNotFoundError):
            if os.path.samestat(path.stat(), os.fstat(handle)):
                return handle
        os.close(handle)


def _opened(path: Path, more: int = 0) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | more, MODE)


@contextmanager
def _reaching(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise Unavailable(f"the counts of workers in {folder} cannot be reached ({exc.strerror or exc})") from exc
