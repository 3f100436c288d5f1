"""Addresses that areas of the site have in common, and places in long lists that an address names."""

from collections.abc import Mapping
from urllib.parse import urlencode

DIGITS_MAX = 18


def case_href(key: str) -> str:
    """Where a case is explained."""
    return f"/cases/why?{urlencode({'key': key})}"


def number_in(query: Mapping[str, str], name: str) -> int | None:
    """A whole number that an address names; None for none, and for what is none."""
    text = query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX else None
