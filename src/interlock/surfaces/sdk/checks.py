"""What an application hands over, checked where it does so: each message says what to do."""

import difflib
import math
from collections.abc import Mapping
from numbers import Real
from typing import Any

from interlock.engine.ledger.canonical import encoded
from interlock.terms.errors import BadInput

LEASE_S_MAX = 3_600.0  # as long as a server grants
KEY_MAX = 200
LABEL_MAX = 500
NAME_MAX = 500
WORDS_MAX = 12


def checked_key(key: object) -> str:
    """The key of a case. Raises BadInput for one that cannot come from business data."""
    if type(key) is str and 0 < len(key) <= KEY_MAX and " " not in key and key.isprintable():
        return key  # nearly always
    if not isinstance(key, str) or not key.strip():
        raise BadInput(f"the key of a case is a text that is not empty, not {key!r}: use an order or message number")
    if len(key) > KEY_MAX:
        raise BadInput(
            f"this key has {len(key):,} characters, at most {KEY_MAX} are kept: use a number or a digest of it"
        )
    if not key.isprintable() or key.count(" ") >= WORDS_MAX:
        raise BadInput(
            "this key looks like text that a model wrote. A key comes from business data (an order, a message), so "
            "that the same case has the same key whatever the model says"
        )
    if key != key.strip():
        raise BadInput(f"the key {key!r} begins or ends with a blank: the same case would have two keys; strip it")
    return key


def checked_label(label: object) -> str:
    """What is proposed. Raises BadInput for no text, an empty or a very long one."""
    if not isinstance(label, str) or not label.strip():
        raise BadInput(f"a proposal is a label, a text that is not empty, not {label!r}")
    if len(label) > LABEL_MAX:
        raise BadInput(f"this label has {len(label):,} characters, at most {LABEL_MAX}: long texts go into `arguments`")
    return label


def checked_confidence(confidence: object, name: str = "confidence") -> float | None:
    """The model's confidence, or a novelty. Raises BadInput for what is neither None nor a number in 0..1."""
    if confidence is None:
        return None
    if type(confidence) is float and 0 <= confidence <= 1:  # nearly always, and quicker than asking what it is
        return confidence
    if isinstance(confidence, bool) or not isinstance(confidence, Real) or not math.isfinite(confidence):
        raise BadInput(f"{name} is a number from 0 to 1, or None where the model gave none, not {confidence!r}")
    measured = float(confidence)
    if not 0 <= measured <= 1:
        raise BadInput(f"{name} {measured:g} is outside 0..1: divide a percentage by 100; logits are no {name}")
    return measured


def checked_lease(lease_s: float, timeout_s: float | None = None) -> float:
    """How long an action may take. Raises BadInput for a lease that has ended before it begins, or never ends."""
    if timeout_s is None and type(lease_s) is float and 0 < lease_s <= LEASE_S_MAX:
        return lease_s  # nearly always
    if not _is_number(lease_s) or not 0 < lease_s <= LEASE_S_MAX:
        raise BadInput(f"lease_s is how many seconds the action may take, up to {LEASE_S_MAX:g}, not {lease_s!r}")
    if timeout_s is not None and not _is_number(timeout_s):
        raise BadInput(f"timeout_s is a number of seconds, or None, not {timeout_s!r}")
    if timeout_s is not None and not 0 < timeout_s < lease_s:
        raise BadInput(f"timeout_s ({timeout_s:g}) must be shorter than lease_s ({lease_s:g}), and over 0")
    return float(lease_s)


def checked_text(name: str, value: object) -> None:
    """A text, or nothing. Raises BadInput for an empty one (a scope or a target of that name cannot be told apart), and
    for one that is too long to be a name.
    """
    if value is not None and (not isinstance(value, str) or not value.strip()):
        raise BadInput(f"{name} is a text that is not empty, or left out, not {value!r}")
    if value is not None and len(value) > NAME_MAX:
        raise BadInput(f"this {name} has {len(value):,} characters, at most {NAME_MAX}: long texts go into `arguments`")


def checked_content(text: object) -> None:
    """The text of a case, or none; it may be empty. Raises BadInput for another type."""
    if text is not None and not isinstance(text, str):
        raise BadInput(f"text is the content of the case as a reviewer reads it, not {type(text).__name__}")


def checked_about(about: Mapping[str, Any], known: tuple[str, ...]) -> dict[str, Any]:
    """What else is told of a case, without what is None. Raises BadInput for an unknown name or an impossible count."""
    if not about:
        return {}
    for name in about:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(known)}"
            raise BadInput(f"nothing called '{name}' can be told of a case ({hint})")
    told = {name: value for name, value in about.items() if value is not None}
    for name, least in (("amount_cents", 0), ("items", 1)):
        value = told.get(name, least)
        if type(value) is not int or value < least:
            raise BadInput(f"{name} is a whole number from {least}, not {value!r}: money in cents, things counted")
    if "novelty" in told:
        told["novelty"] = checked_confidence(told["novelty"], "novelty")
    checked_text("target", told.get("target"))
    for name in ("facts", "arguments"):
        _check_names(name, told.get(name, {}))
    for name, value in told.get("facts", {}).items():
        if not isinstance(value, str | int):
            raise BadInput(f"the fact '{name}' is a text, a whole number, or true or false, not {value!r}")
    _check_json("facts", told.get("facts", {}))
    _check_json("arguments", told.get("arguments", {}))
    return told


def _check_names(name: str, given: object) -> None:
    if not isinstance(given, Mapping) or not all(isinstance(one, str) for one in given):
        raise BadInput(f"{name} is a mapping from names to values, not {given!r}")


def _check_json(name: str, given: Mapping[str, Any]) -> None:
    if not given:
        return
    try:
        encoded(dict(given))
    except (ValueError, TypeError, RecursionError) as exc:
        raise BadInput(f"{name} must be JSON ({exc}): turn times, sets and objects into texts and lists") from exc


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
