"""Shares and money as people write them on a command line."""

from collections.abc import Callable

from typer import BadParameter

from interlock.engine.evaluation.amounts import share_of, usd_of
from interlock.terms.errors import BadInput


def parse_share(text: str | float) -> float:
    """0.02 or "2%" -> 0.02. Raises BadParameter on anything outside 0 to 1 (both excluded)."""
    return _parsed(share_of, text)


def parse_usd(text: str | float) -> float:
    """ "12.50" -> 12.5. Raises BadParameter on anything that is not over 0."""
    return _parsed(usd_of, text)


def _parsed(read: Callable[[str], float], text: str | float) -> float:
    try:
        return read(str(text))
    except BadInput as exc:
        raise BadParameter(str(exc)) from exc
