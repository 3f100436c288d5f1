"""What no answer may say: found whatever its case and its blanks, and in a stream before any of it has left."""

from collections.abc import Sequence
from functools import lru_cache

from interlock.engine.gateway.redaction.scanning import TextScanner, literal, text_scanner

_BLANKS = r"\s{1,16}"  # more than that between two words is no sentence any more


class ForbiddenPhrase(Exception):
    """An answer says what it may not, and ends here. The message does not repeat it."""


class PhraseStop:
    """Looks through one text, whole or in pieces; what may be the beginning of a phrase is held back."""

    def __init__(self, phrases: Sequence[str]) -> None:
        self._whole, self._begun = _patterns(tuple(phrases))
        self._held = ""

    def feed(self, text: str) -> str:
        """What may leave of all that was fed. Raises ForbiddenPhrase."""
        text = self._held + text
        if self._whole.search(text):
            raise ForbiddenPhrase("the answer says what this workflow's answers may not say")
        begun = self._begun.search(text)
        cut = len(text) if begun is None else begun.span()[0]
        self._held = text[cut:]
        return text[:cut]

    def finish(self) -> str:
        """What was held back."""
        text, self._held = self._held, ""
        return text


@lru_cache(maxsize=512)
def _patterns(phrases: tuple[str, ...]) -> tuple[TextScanner, TextScanner]:
    """One that finds a phrase, and one that finds the beginning of one at the very end of a text."""
    spelled = [_spelled(phrase) for phrase in phrases]
    return (
        text_scanner("(?i)" + "|".join("".join(parts) for parts in spelled)),
        text_scanner("(?i)(?:" + "|".join(map(_prefixes, spelled)) + r")\z"),
    )


def _spelled(phrase: str) -> list[str]:
    """A pattern a character; blanks between words are any."""
    words = [[literal(char) for char in word] for word in phrase.split()]
    return [part for index, word in enumerate(words) for part in ([_BLANKS] if index else []) + word]


def _prefixes(parts: list[str]) -> str:
    """What matches any beginning of the phrase: a(?:b(?:c)?)?"""
    return "(?:".join(parts) + ")?" * (len(parts) - 1)
