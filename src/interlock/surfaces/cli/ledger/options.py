"""Options of the ledger commands that stand for files and keys."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from interlock.flows.ledger.checkpoint import signer
from interlock.flows.ledger.kept import verifier
from interlock.ports.progress import Progress
from interlock.surfaces.cli.toolbox import Toolbox
from interlock.surfaces.cli.watching import Watching
from interlock.terms.checkpoint import SignerKey, VerifierKey
from interlock.terms.errors import BadInput

KeyOption = Annotated[
    Path | None, typer.Option("--key", help="Sign with the private key in this file (`interlock ledger keygen`).")
]
OriginOption = Annotated[
    str, typer.Option("--origin", help="A name of this ledger, written into the checkpoint; default: the key's name.")
]
VerifierOption = Annotated[
    list[str] | None,
    typer.Option(
        "--verifier", help="A key that must have signed the checkpoints: NAME+ID+KEY, or a file that holds it."
    ),
]


def signing_key(box: Toolbox, file: Path | None) -> SignerKey | None:
    """The private key in a file. Raises BadInput where it holds none or others may read it."""
    return None if file is None else signer(box.read_private(file), signing=box.signing())


def verifier_keys(given: Sequence[str] | None) -> tuple[VerifierKey, ...]:
    """The verifier keys that were named. Raises BadInput where a text is none and names no file that holds one."""
    return tuple(verifier(_text_or_file(text)) for text in given or ())


def text_of(file: Path) -> str:
    """What a file holds. Raises BadInput where it cannot be read as text."""
    try:
        return file.read_text(encoding="utf-8")
    except OSError as exc:
        raise BadInput(f"{file} cannot be read: {exc.strerror}") from exc
    except ValueError as exc:
        raise BadInput(f"{file} is no text file") from exc


@contextmanager
def watching(box: Toolbox, words: str) -> Iterator[Progress]:
    """A bar for a long pass, on a terminal only."""
    with Watching(box.err, quiet=not box.err.is_terminal) as watch:
        yield watch.stage(words)


def _text_or_file(text: str) -> str:
    return text if text.count("+") >= len("++") else text_of(Path(text))
