"""Reading a file that people wrote; an error says what to do."""

import difflib
from pathlib import Path

from interlock.terms.errors import BadInput

SIZE_MAX_BYTES = 1_000_000


def text_of(path: Path, *, ending: str, kind: str) -> str:
    """The text of a file. Raises BadInput where there is none; `ending` and `kind` say what was expected."""
    try:
        with path.open("rb") as file:
            stored = file.read(SIZE_MAX_BYTES + 1)  # and no more: a device has no size, and no end
        if len(stored) > SIZE_MAX_BYTES:
            raise BadInput(f"{path} is over {SIZE_MAX_BYTES:,} bytes; {kind}")
        return stored.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except FileNotFoundError:
        near = difflib.get_close_matches(path.name, [p.name for p in _siblings(path)], n=3)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise BadInput(f"there is no file {path}{hint}") from None
    except IsADirectoryError:
        raise BadInput(f"{path} is a folder; name a {ending} file in it") from None
    except UnicodeDecodeError as exc:
        raise BadInput(f"{path} is not UTF-8 text (byte {exc.start}); save it as UTF-8") from exc
    except OSError as exc:
        raise BadInput(f"{path} cannot be read: {exc.strerror}") from exc


def _siblings(path: Path) -> list[Path]:
    return list(path.parent.iterdir()) if path.parent.is_dir() else []
