"""Whether two written names are one person's: blanks, capitals and look-alike code points make no second person."""

import unicodedata
from collections.abc import Iterable, Mapping


def known_as(name: str) -> str:
    """The name for comparison: NFKC, without invisible characters, case-folded, blanks collapsed; "" for no name.

    Letters of another script that only look alike stay different: a definition's list of rights decides who may act.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    visible = "".join(sign for sign in folded if unicodedata.category(sign) not in {"Cf", "Cc"} or sign.isspace())
    return " ".join(visible.split())


def same_person(one: str, other: str) -> bool:
    """Whether both names are written for one person; nobody (no name) is never the same as anybody."""
    return bool(known_as(one)) and known_as(one) == known_as(other)


def is_among(name: str, people: Iterable[str]) -> bool:
    """Whether the person is one of those named."""
    return any(same_person(name, other) for other in people)


def did(name: str, authors: Mapping[str, str]) -> str | None:
    """What the person did, by (name, what that person did), such as "amended"; None where it was not they."""
    return next((what for other, what in authors.items() if same_person(name, other)), None)
