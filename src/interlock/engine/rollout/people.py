"""Whether two written names are one person's: blanks, capitals and look-alike code points make no second person."""

import unicodedata
from collections.abc import Iterable, Mapping

# Signs that show nothing and are no format characters: fillers of Hangul, joiners, an empty Braille cell.
BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u2800\u3164\uffa0")
LOOK_ALIKE = str.maketrans(
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0406\u0408\u0405"  # capitals, Cyrillic
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455"  # small, Cyrillic
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf\u03bd",  # Greek
    "ABEKMHOPCTXIJSaeopcyxijsABEZHIKMNOPTYXov",
)


def known_as(name: str) -> str:
    """The name for comparison: NFKC, without invisible characters, case-folded, blanks collapsed; "" for no name.

    Letters of another script that only look alike stay different: a definition's list of rights decides who may act.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    visible = "".join(sign for sign in folded if sign.isspace() or not _is_invisible(sign))
    return " ".join(visible.split())


def _is_invisible(sign: str) -> bool:
    return unicodedata.category(sign) in {"Cf", "Cc"} or sign in BLANK or "\ufe00" <= sign <= "\ufe0f"


def same_person(one: str, other: str) -> bool:
    """Whether both names are written for one person; nobody (no name) is never the same as anybody."""
    return bool(known_as(one)) and known_as(one) == known_as(other)


def is_among(name: str, people: Iterable[str]) -> bool:
    """Whether the person is one of those named."""
    return any(same_person(name, other) for other in people)


def look_alike(name: str, people: Iterable[str]) -> str | None:
    """Who of these a reader could take for the person named, the same one or not; None where there is nobody."""
    wanted = _looks(name)
    return next((other for other in people if wanted and _looks(other) == wanted), None)


def did(name: str, authors: Mapping[str, str]) -> str | None:
    """What the person did, by (name, what that person did), such as "amended"; None where it was not they.

    Here a name of another script that looks the same is the same: to be taken for an author takes rights away only.
    """
    wanted = _looks(name)
    return next((what for other, what in authors.items() if wanted and _looks(other) == wanted), None)


def _looks(name: str) -> str:
    """What the name looks like, in Latin letters where Greek and Cyrillic ones cannot be told from them."""
    return known_as(unicodedata.normalize("NFKC", name).translate(LOOK_ALIKE))
