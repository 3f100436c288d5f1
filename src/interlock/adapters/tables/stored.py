"""A file's bytes as stored: opened with errors for people, hashed and counted while they pass."""

import difflib
import hashlib
import io
import stat
from pathlib import Path

from interlock.ports.progress import Progress
from interlock.terms.errors import BadInput, Unavailable

READABLE = (".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".json", ".parquet")


class StoredFile(io.RawIOBase):
    """Reads a file once from the start; `sha256` and `size_bytes` are whole when it was read to its end.

    Raises Unavailable where the disk refuses a read.
    """

    def __init__(self, file: io.RawIOBase, *, name: str, total_bytes: int | None, progress: Progress) -> None:
        super().__init__()
        self.size_bytes = 0
        self._file = file
        self._name = name
        self._total_bytes = total_bytes
        self._progress = progress
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """Digest, in hex, of what was read so far."""
        return self._digest.hexdigest()

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer as io.RawIOBase asks."""
        try:
            count = self._file.readinto(buffer) or 0
        except OSError as exc:
            raise Unavailable(
                f"{self._name}: the disk could not be read after {self.size_bytes:,} bytes "
                f"({exc.strerror or exc}). Nothing was written; copy the file to another disk and try again."
            ) from exc
        self._digest.update(memoryview(buffer)[:count])
        self.size_bytes += count
        self._progress(self.size_bytes, self._total_bytes)
        return count

    def close(self) -> None:
        """Close the file underneath as well."""
        self._file.close()
        super().close()

    def drain(self) -> None:
        """Read to the end, so that digest and size are of the whole file."""
        buffer = memoryview(bytearray(1 << 20))
        while self.readinto(buffer):
            pass


def open_stored(path: Path, *, progress: Progress) -> StoredFile:
    """Open for one pass.

    Raises BadInput where there is no such file, it is a folder or it may not be read; Unavailable for other refusals.
    """
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise BadInput(_folder_message(path))
        file = path.open("rb", buffering=0)
    except (FileNotFoundError, NotADirectoryError) as exc:
        raise BadInput(_missing_message(path)) from exc
    except PermissionError as exc:
        raise BadInput(f"{path}: you have no permission to read it. Ask its owner, or copy it to your folder.") from exc
    except ValueError as exc:
        raise BadInput(f"{str(path)!r} is not a path: {exc}") from exc
    except OSError as exc:
        raise Unavailable(f"{path}: cannot be opened ({exc.strerror or exc})") from exc
    total_bytes = status.st_size if stat.S_ISREG(status.st_mode) else None
    return StoredFile(file, name=path.name, total_bytes=total_bytes, progress=progress)


def tables_in(folder: Path) -> list[str]:
    """Names of the files of a folder that look like tables; empty where it cannot be listed."""
    try:
        names = sorted(entry.name for entry in folder.iterdir() if entry.is_file())
    except OSError:
        return []
    return [name for name in names if name.lower().removesuffix(".gz").endswith(READABLE)]


def _folder_message(path: Path) -> str:
    names = tables_in(path)
    if not names:
        return f"{path}: this is a folder, and it holds no CSV, TSV, JSON Lines or Parquet file. Name one file."
    return f"{path}: this is a folder. Name one file of it: {_listed(names)}."


def _missing_message(path: Path) -> str:
    folder = path.parent
    if not folder.is_dir():
        return f"{path}: there is no folder {folder}."
    names = tables_in(folder)
    near = difflib.get_close_matches(path.name, names, n=3, cutoff=0.6)
    if near:
        return f"{path}: there is no such file. Did you mean {_listed(near)}?"
    if names:
        return f"{path}: there is no such file. {folder} holds {_listed(names)}."
    return f"{path}: there is no such file, and {folder} holds no CSV, TSV, JSON Lines or Parquet file."


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - 10:,} more" if len(names) > 10 else ""
    return ", ".join(names[:10]) + more
