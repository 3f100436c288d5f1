"""Shares and money as people write them."""

import math

from interlock.terms.errors import BadInput


def share_of(text: str) -> float:
    """0.02 or "2%" -> 0.02. Raises BadInput on anything outside 0 to 1 (both excluded)."""
    written = text.strip()
    share = _number(written.removesuffix("%")) / (100 if written.endswith("%") else 1)
    if not 0 < share < 1:
        raise BadInput(f"{text} is not a share between 0 and 1; two percent is written 0.02 or 2%")
    return share


def usd_of(text: str) -> float:
    """ "12.50" -> 12.5. Raises BadInput on anything that is not over 0."""
    amount_usd = _number(text)
    if not 0 < amount_usd < math.inf:
        raise BadInput(f"{text} is not an amount in USD over 0; write 12.50")
    return amount_usd


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan  # no comparison holds, so the caller refuses it with its own example
