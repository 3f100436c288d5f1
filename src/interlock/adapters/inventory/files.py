"""The texts in files, archives and folders, each of a size that can be read."""

import gzip
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from interlock.terms.errors import BadInput

BYTES_MAX = 64 * 1024 * 1024  # unpacked; the largest description that is published has about a quarter of it
TEXTS_MAX = 10_000
ENDINGS = (".json", ".yaml", ".yml")
PACKED = (".tar.gz", ".tgz", ".tar")

Text = tuple[str, bytes | str]  # where it is from, and what it holds; a str is why it could not be read


def texts(path: Path) -> Iterator[Text]:
    """What a file, an archive or a folder holds. Raises BadInput where the path itself cannot be read."""
    if not path.exists():
        raise BadInput(f"{path} does not exist; name an OpenAPI document, a tool list, an archive or a folder of them")
    try:
        if path.is_dir():
            yield from _in_folder(path)
        elif path.name.endswith(PACKED):
            yield from _in_archive(path)
        else:
            yield str(path), _whole(path)
    except OSError as exc:
        raise BadInput(f"{path} cannot be read ({exc.strerror or exc})") from exc
    except (tarfile.TarError, EOFError, zlib.error) as exc:
        raise BadInput(f"{path} is no archive that can be unpacked ({exc}); pack it again") from exc


def _in_folder(folder: Path) -> Iterator[Text]:
    wanted = (*ENDINGS, *(f"{ending}.gz" for ending in ENDINGS), *PACKED)
    found = sorted(one for one in folder.rglob("*") if one.is_file() and one.name.endswith(wanted))
    for number, one in enumerate(found):
        if number == TEXTS_MAX:
            raise BadInput(f"{folder} holds more than {TEXTS_MAX:,} files; name a narrower folder")
        yield from texts(one)


def _whole(path: Path) -> bytes | str:
    try:
        with gzip.open(path) if path.name.endswith(".gz") else path.open("rb") as file:
            content = file.read(BYTES_MAX + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error) as exc:
        return f"is no gzip file that can be unpacked ({exc})"
    return _too_large() if len(content) > BYTES_MAX else content


def _in_archive(path: Path) -> Iterator[Text]:
    number = 0
    with tarfile.open(path) as archive:
        for member in archive:
            if not member.isfile() or not member.name.endswith(ENDINGS):
                continue
            number += 1
            if number > TEXTS_MAX:
                raise BadInput(f"{path} holds more than {TEXTS_MAX:,} files; pack fewer")
            file = archive.extractfile(member)
            place = f"{path}:{PurePosixPath(member.name)}"
            yield place, _too_large() if file is None or member.size > BYTES_MAX else file.read()


def _too_large() -> str:
    return f"has more than {BYTES_MAX // 1024 // 1024} MB unpacked; split it"
