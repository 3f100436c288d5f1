"""Sentences of the ledger as a page shows them: times as people read them, and signs of comparison."""

import re

from interlock.terms import words

TIME = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")


def readable(text: str) -> str:
    """A sentence whose times (RFC 3339) are written out, with ≥ for >=."""
    return TIME.sub(lambda found: words.moment(found[0]), text).replace(">= ", "≥ ").replace("<= ", "≤ ")
