"""interlock.ports.gateway.segments.Segments in the folder of a machine's gateway workers."""

import fcntl
import gzip
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
    sync_folder,
    unavailable,
)
from interlock.adapters.gateway.segments.lines import digest
from interlock.adapters.gateway.segments.reading import Walk, segment_of
from interlock.terms.errors import Unavailable
from interlock.terms.gateway.segment import Ended, Segment

KEPT, PACKED = "kept", ".jsonl.gz"
LEVEL = 6


class SegmentFolder:
    """`folder` is that of the workers; what is loaded lies compressed in `kept` below it. `now`: the time as recorded.

    Whether a worker lives is told by the lock on its file, which the kernel lets go when it dies, however it does.
    """

    def __init__(self, folder: Path, now: Callable[[], str]) -> None:
        """Raises Unavailable where the folders cannot be made."""
        self._folder, self._kept, self._now = folder, folder / KEPT, now
        with _reaching(folder):
            self._kept.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)

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

    def kept(self) -> Sequence[str]:
        with _reaching(self._folder):
            return _names(self._kept, PACKED)

    def read(self, name: str) -> Segment:
        with _reaching(self._folder):
            return segment_of(name, self._bytes(name))

    def keep(self, name: str) -> None:
        """Whole before it has its name, and there before the other one goes: whoever dies in between loses nothing."""
        plain, packed = self._folder / f"{name}{DONE}", self._kept / f"{name}{PACKED}"
        with _reaching(self._folder):
            if not packed.exists():
                making = packed.with_suffix(".making")
                handle = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, FILE_MODE)
                with os.fdopen(handle, "wb") as file:
                    file.write(gzip.compress(plain.read_bytes(), LEVEL, mtime=0))
                    file.flush()
                    os.fsync(file.fileno())
                making.rename(packed)
                sync_folder(self._kept)
            plain.unlink(missing_ok=True)

    def drop(self, name: str) -> None:
        with _reaching(self._folder):
            (self._kept / f"{name}{PACKED}").unlink(missing_ok=True)

    def lag_s(self) -> float:
        with _reaching(self._folder):
            ages = [_age_s(path) for path in self._folder.iterdir() if path.suffix in {OPEN, DONE}]
        return max(ages, default=0.0)

    def _bytes(self, name: str) -> bytes:
        plain = self._folder / f"{name}{DONE}"
        if plain.exists():
            return plain.read_bytes()
        try:
            return gzip.decompress((self._kept / f"{name}{PACKED}").read_bytes())
        except (EOFError, gzip.BadGzipFile) as exc:
            raise Unavailable(f"the segment {name} is damaged: it cannot be decompressed ({exc})") from exc

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
    """Since the segment was last written, as far as the file says."""
    with suppress(FileNotFoundError):
        return max(0.0, time.time() - path.stat().st_mtime)
    return 0.0


@contextmanager
def _reaching(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise unavailable(folder, exc) from exc
