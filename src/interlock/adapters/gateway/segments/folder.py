"""interlock.ports.gateway.segments.Segments in the folder of a machine's gateway workers."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from interlock.adapters.gateway.segments.file import (
    DONE,
    FILE_MODE,
    FOLDER_MODE,
    OPEN,
    SegmentFile,
    unavailable,
)
from interlock.adapters.gateway.segments.kept import KeptSegments
from interlock.adapters.gateway.segments.lines import digest
from interlock.adapters.gateway.segments.reading import Walk, segment_of
from interlock.adapters.gateway.segments.texts import Rest, texts_of
from interlock.terms.gateway.segment import Ended, Segment, SegmentTexts

KEPT = "kept"


class SegmentFolder:
    """`folder` is that of the workers; what is loaded lies compressed in `kept` below it. `now`: the time as recorded.

    Whether a worker lives is told by the lock on its file, which the kernel lets go when it dies, however it does.
    """

    def __init__(self, folder: Path, now: Callable[[], str], rest: Rest = lambda: None) -> None:
        """`rest` is called now and then while one is read. Raises Unavailable where the folders cannot be made."""
        self._folder, self._now, self._rest = folder, now, rest
        with _reaching(folder):
            folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            self._kept = KeptSegments(folder / KEPT)

    @contextmanager
    def alone(self, work: str) -> Iterator[bool]:
        with _reaching(self._folder):
            handle = os.open(self._folder / f"{work}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
        try:
            yield _locked(handle)
        finally:
            os.close(handle)

    def seal_abandoned(self) -> tuple[str, ...]:
        with _reaching(self._folder):
            return tuple(path.stem for path in sorted(self._folder.glob(f"*{OPEN}")) if self._sealed_for(path))

    def sealed(self) -> Sequence[str]:
        with _reaching(self._folder):
            return _names(self._folder, DONE)

    def waiting(self) -> Sequence[str]:
        with _reaching(self._folder):
            return [*_names(self._folder, DONE), *_names(self._folder, OPEN)]

    def kept(self) -> Sequence[str]:
        with _reaching(self._folder):
            return [name for day in self._kept.days() for name in self._kept.names(day)]

    def days(self) -> Sequence[str]:
        with _reaching(self._folder):
            return self._kept.days()

    def kept_on(self, day: str) -> Sequence[str]:
        with _reaching(self._folder):
            return self._kept.names(day)

    def pack(self, day: str) -> None:
        with _reaching(self._folder):
            if not self._kept.is_packed(day):
                self._kept.pack(day)

    def drop(self, day: str) -> None:
        with _reaching(self._folder):
            self._kept.drop(day)

    def read(self, name: str) -> Segment:
        with _reaching(self._folder):
            return segment_of(name, self._bytes(name))

    def texts(self, name: str) -> SegmentTexts:
        with _reaching(self._folder):
            return texts_of(name, self._bytes(name), self._rest)

    def keep(self, name: str) -> None:
        """There before the other one goes: whoever dies in between loses nothing."""
        plain = self._folder / f"{name}{DONE}"
        with _reaching(self._folder):
            if not self._kept.has_file(name):
                self._kept.put(name, plain.read_bytes(), self._now()[:10])
            plain.unlink(missing_ok=True)

    def lag_s(self) -> float:
        with _reaching(self._folder):
            ages = [_age_s(path) for path in self._folder.iterdir() if path.suffix == DONE]
        return max(ages, default=0.0)

    def _bytes(self, name: str) -> bytes:
        plain = self._folder / f"{name}{DONE}"
        return plain.read_bytes() if plain.exists() else self._kept.get(name)

    def _sealed_for(self, path: Path) -> bool:
        """Whether the worker was dead and its segment is sealed now."""
        try:
            handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
        except FileNotFoundError:
            return False  # sealed meanwhile
        try:
            if not _locked(handle) or not _is_still(path, handle):
                return False
            _seal(path, handle, self._now())
        finally:
            os.close(handle)
        return True


def _seal(path: Path, handle: int, at: str) -> None:
    """The last line, unless the worker died after it had written it. Raises OSError and Unavailable."""
    raw = path.read_bytes()
    walk = Walk().over(raw)
    torn = len(raw) - raw.rfind(b"\n") - 1
    file = SegmentFile(path, handle, walk.last.encode(), len(raw), walk.lines)
    if torn:
        # Nothing is taken away: the torn line gets its end, and the line after it says what it is.
        file.last = digest(raw[len(raw) - torn :])
        file.size += os.write(handle, b"\n")
    if walk.sealed is None:
        file.seal(at, Ended.CRASHED, torn)
    file.sealed_away()


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_still(path: Path, handle: int) -> bool:
    """Whether the file still has that name: another one may have sealed it before this one got the lock."""
    with suppress(FileNotFoundError):
        return os.path.samestat(path.stat(), os.fstat(handle))
    return False


def _names(folder: Path, ending: str) -> Sequence[str]:
    return sorted(path.name.removesuffix(ending) for path in folder.iterdir() if path.name.endswith(ending))


def _age_s(path: Path) -> float:
    """Since the segment was sealed, as far as the file says."""
    with suppress(FileNotFoundError):
        return max(0.0, time.time() - path.stat().st_mtime)
    return 0.0


@contextmanager
def _reaching(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise unavailable(folder, exc) from exc
