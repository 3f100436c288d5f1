"""What an application hands over, checked where it does so: each message says what to do."""

import math

from interlock.terms.errors import BadInput

KEY_MAX = 200
LABEL_MAX = 500
WORDS_MAX = 12


def checked_key(key: object) -> str:
    """The key of a case. Raises BadInput for one that cannot come from business data."""
    if not isinstance(key, str) or not key.strip():
        raise BadInput(f"the key of a case is a text that is not empty, not {key!r}: use an order or message number")
    if len(key) > KEY_MAX:
        raise BadInput(
            f"this key has {len(key):,} characters, at most {KEY_MAX} are kept: use a number or a digest of it"
        )
    if not key.isprintable() or len(key.split()) > WORDS_MAX:
        raise BadInput(
            "this key looks like text that a model wrote. A key comes from business data (an order, a message), so "
            "that the same case has the same key whatever the model says"
        )
    return key


def checked_label(label: object) -> str:
    """What is proposed. Raises BadInput for no text, an empty or a very long one."""
    if not isinstance(label, str) or not label.strip():
        raise BadInput(f"a proposal is a label, a text that is not empty, not {label!r}")
    if len(label) > LABEL_MAX:
        raise BadInput(f"this label has {len(label):,} characters, at most {LABEL_MAX}: long texts go into `arguments`")
    return label


def checked_confidence(confidence: object) -> float | None:
    """The model's confidence. Raises BadInput for what is neither None nor a number in 0..1."""
    if confidence is None:
        return None
    if isinstance(confidence, bool) or not isinstance(confidence, int | float) or not math.isfinite(confidence):
        raise BadInput(f"confidence is a number from 0 to 1, or None where the model gave none, not {confidence!r}")
    if not 0 <= confidence <= 1:
        raise BadInput(
            f"confidence {confidence:g} is outside 0..1: divide a percentage by 100; logits are no confidence"
        )
    return float(confidence)
