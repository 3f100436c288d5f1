"""In which direction a text is written: by its first letter that has one (rule P2 of the Unicode bidi algorithm)."""

import unicodedata

RIGHT_TO_LEFT = frozenset({"R", "AL"})


def is_right_to_left(text: str) -> bool:
    """Whether a paragraph of this text starts at the right, as in Hebrew or Arabic."""
    kinds = (unicodedata.bidirectional(character) for character in text)
    return next((kind in RIGHT_TO_LEFT for kind in kinds if kind == "L" or kind in RIGHT_TO_LEFT), False)
