"""Loaded segments, compressed: today's each in a file, those of a day that is over in one tar file of that day."""

import gzip
import os
import re
import shutil
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from interlock.adapters.gateway.segments.file import FILE_MODE, FOLDER_MODE, sync_folder
from interlock.terms.errors import Unavailable

PACKED, PACK, MAKING = ".jsonl.gz", ".tar", ".making"
LEVEL = 3  # half the time of the usual 6, for a tenth more bytes
DAY = re.compile(r"\d{4}-\d\d-\d\d")


class KeptSegments:
    """`folder` has a folder or a tar file for each day (UTC). Everything raises OSError where it cannot be reached."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._indexes: dict[str, dict[str, tuple[int, int]]] = {}  # of tar files, which never change
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)

    def days(self) -> Sequence[str]:
        """The days of which something is kept, in order."""
        return sorted(
            {path.stem for path in self._folder.iterdir() if DAY.fullmatch(path.stem) and path.suffix != MAKING}
        )

    def names(self, day: str) -> Sequence[str]:
        """The segments of a day."""
        if self._pack(day).exists():
            return sorted(self._index(day))
        return sorted(path.name.removesuffix(PACKED) for path in self._files(day))

    def has_file(self, name: str) -> bool:
        """Whether a segment is kept in a file of its own; days that are packed are not looked into."""
        return any((self._folder / day / f"{name}{PACKED}").exists() for day in self.days())

    def put(self, name: str, raw: bytes, day: str) -> None:
        """Keep a segment. It is whole before it has its name."""
        place = self._folder / day
        if not place.is_dir():
            place.mkdir(mode=FOLDER_MODE)
            sync_folder(self._folder)
        making = place / f"{name}{MAKING}"
        handle = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, FILE_MODE)
        with os.fdopen(handle, "wb") as file:
            file.write(gzip.compress(raw, LEVEL, mtime=0))
            file.flush()
            os.fsync(file.fileno())
        making.rename(place / f"{name}{PACKED}")
        sync_folder(place)

    def get(self, name: str) -> bytes:
        """What a segment holds. Raises FileNotFoundError where it is not kept, Unavailable where it is damaged."""
        day = self._day_of(name)
        if day is None:
            raise FileNotFoundError(None, f"the segment {name} is not kept here")
        try:
            return gzip.decompress(self._packed(name, day))
        except (EOFError, gzip.BadGzipFile) as exc:
            raise Unavailable(f"the segment {name} is damaged: it cannot be decompressed ({exc})") from exc

    def pack(self, day: str) -> None:
        """Put a day that is over into one file: thousands of small ones are slow to copy and to count."""
        place, pack = self._folder / day, self._pack(day)
        if not pack.exists():
            making = self._folder / f"{day}{MAKING}"
            handle = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, FILE_MODE)
            with os.fdopen(handle, "wb") as file:
                with tarfile.open(fileobj=file, mode="w") as tar:
                    for path in self._files(day):
                        tar.add(path, path.name)
                file.flush()
                os.fsync(file.fileno())
            making.rename(pack)
            sync_folder(self._folder)
        shutil.rmtree(place, ignore_errors=True)

    def is_packed(self, day: str) -> bool:
        """Whether a day is in one file, and nothing of it beside that."""
        return self._pack(day).exists() and not (self._folder / day).exists()

    def drop(self, day: str) -> None:
        """Remove a day."""
        shutil.rmtree(self._folder / day, ignore_errors=True)
        self._pack(day).unlink(missing_ok=True)
        self._indexes.pop(day, None)

    def _pack(self, day: str) -> Path:
        return self._folder / f"{day}{PACK}"

    def _files(self, day: str) -> Iterator[Path]:
        place = self._folder / day
        return iter(sorted(path for path in place.iterdir() if path.name.endswith(PACKED)) if place.is_dir() else ())

    def _day_of(self, name: str) -> str | None:
        for day in reversed(self.days()):
            if (self._folder / day / f"{name}{PACKED}").exists():
                return day
            if self._pack(day).exists() and name in self._index(day):
                return day
        return None

    def _packed(self, name: str, day: str) -> bytes:
        if not self._pack(day).exists():
            return (self._folder / day / f"{name}{PACKED}").read_bytes()
        offset, size = self._index(day)[name]
        with self._pack(day).open("rb") as file:
            file.seek(offset)
            return file.read(size)

    def _index(self, day: str) -> dict[str, tuple[int, int]]:
        if day not in self._indexes:
            try:
                with tarfile.open(self._pack(day)) as tar:
                    self._indexes[day] = {
                        member.name.removesuffix(PACKED): (member.offset_data, member.size) for member in tar
                    }
            except tarfile.TarError as exc:
                raise Unavailable(
                    f"the segments of {day} are damaged: {self._pack(day)} is no tar file ({exc})"
                ) from exc
        return self._indexes[day]
