"""Sentences of the ledger as a page shows them: times as people read them, and signs of comparison."""

import re

from markupsafe import Markup

from interlock.terms import words

DAY = re.compile(r"(?<![\w-])\d{4}-\d\d-\d\d(?![\w-])")
ASIDE = re.compile(r" \(`[^()]*\)")
TIME = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")


def readable(text: str) -> str:
    """A sentence whose times (RFC 3339) are written out, with ≥ for >=."""
    return TIME.sub(lambda found: words.moment(found[0]), text).replace(">= ", "≥ ").replace("<= ", "≤ ")


def plainly(text: str) -> str:
    """A sentence of ours without its commands in brackets, for who is no builder, and with its days written out."""
    return dated(ASIDE.sub("", text))


def dated(text: str) -> str:
    """A sentence whose times and days are written out."""
    return DAY.sub(lambda found: words.moment(found[0]), readable(text))


def coded(text: str) -> Markup:
    """A sentence of ours whose commands stand between backticks, with these as code; all of it is escaped."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return Markup.escape(text)
    return Markup().join(Markup("<code>{}</code>").format(one) if at % 2 else one for at, one in enumerate(parts))


def sentence(said: object) -> str:
    """What an error says, as a sentence of its own."""
    words = str(said)
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "?", "!")) else ".")
