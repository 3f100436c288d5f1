"""Shares and money as people write them on a command line."""

import math

from typer import BadParameter


def parse_share(text: str | float) -> float:
    """0.02 or "2%" -> 0.02. Raises BadParameter on anything outside 0 to 1 (both excluded)."""
    written = str(text).strip()
    share = _number(written.removesuffix("%")) / (100 if written.endswith("%") else 1)
    if not 0 < share < 1:
        raise BadParameter(f"{text} is not a share between 0 and 1; two percent is written 0.02 or 2%")
    return share


def parse_usd(text: str | float) -> float:
    """ "12.50" -> 12.5. Raises BadParameter on anything that is not over 0."""
    amount_usd = _number(str(text))
    if not 0 < amount_usd < math.inf:
        raise BadParameter(f"{text} is not an amount in USD over 0; write 12.50")
    return amount_usd


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan  # no comparison holds, so the caller refuses it with its own example
