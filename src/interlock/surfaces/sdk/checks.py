"""What an application hands over, checked where it does so: each message says what to do."""

import difflib
import math
from collections.abc import Mapping
from typing import Any
from collections.abc import Mapping
from numbers import Real
from typing import Any

from interlock.engine.ledger.canonical import encoded
from interlock.terms.errors import BadInput

LEASE_S_MAX = 3_600.0  # as long as a server grants
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


def checked_confidence(confidence: object) -> float | None:
    """The model's confidence. Raises BadInput for what is neither None nor a number in 0..1."""
    if confidence is None:
        return None
    if isinstance(confidence, bool) or not isinstance(confidence, int | float | Real) or not math.isfinite(confidence):
        raise BadInput(f"confidence is a number from 0 to 1, or None where the model gave none, not {confidence!r}")
    if not 0 <= confidence <= 1:
        raise BadInput(
            f"confidence {float(confidence):g} is outside 0..1: divide a percentage by 100; logits are no confidence"
        )
    return float(confidence)


def checked_lease(lease_s: object, timeout_s: object = None) -> float:
    """How long an action may take. Raises BadInput for a lease that has ended before it begins, or never ends."""
    if not _is_number(lease_s) or not 0 < lease_s <= LEASE_S_MAX:  # type: ignore[operator] # a number, just seen
        raise BadInput(
            f"lease_s is how many seconds the action may take, over 0 and up to {LEASE_S_MAX:g}: {lease_s!r}"
        )
    lease = float(lease_s)  # type: ignore[arg-type] # a number, just seen
    if timeout_s is not None and (not _is_number(timeout_s) or not 0 < timeout_s < lease):  # type: ignore[operator]
        raise BadInput(
            f"timeout_s ({timeout_s!r}) must be over 0 and shorter than lease_s ({lease:g}): raise the lease"
        )
    return lease


def checked_text(name: str, value: object) -> None:
    """A text, or nothing. Raises BadInput for an empty one: a scope or a target of that name cannot be told apart."""
    if value is not None and (not isinstance(value, str) or not value.strip()):
        raise BadInput(f"{name} is a text that is not empty, or left out, not {value!r}")


def checked_content(text: object) -> None:
    """The text of a case, or none; it may be empty. Raises BadInput for another type."""
    if text is not None and not isinstance(text, str):
        raise BadInput(f"text is the content of the case as a reviewer reads it, not {type(text).__name__}")


def checked_facts(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is said of a proposal beside its label. Raises BadInput for what cannot be compared with a limit or kept.

    A number that makes no sense, such as a negative amount, is left to the limits: then a person decides.
    """
    for name in ("amount_cents", "items"):
        value = facts.get(name)
        if value is not None and type(value) is not int:
            raise BadInput(f"{name} is a whole number, not {value!r}: amounts are in cents, 12.50 is 1250")
    checked_text("target", facts.get("target"))
    for name, value in _named(facts, "facts"):
        if not isinstance(value, str | int):
            raise BadInput(f"the fact '{name}' is a text, a whole number, or true or false, not {value!r}")
    checked_arguments(facts.get("arguments"))
    return facts


def checked_arguments(arguments: object) -> None:
    """What goes to the action as it is. Raises BadInput for what JSON cannot hold."""
    if arguments is None:
        return
    if not isinstance(arguments, Mapping):
        raise BadInput(f"arguments is a mapping from names to values, not {arguments!r}")
    try:
        encoded(dict(arguments))
    except (ValueError, TypeError, RecursionError) as exc:
        raise BadInput(f"arguments must be JSON ({exc}): turn times, sets and objects into texts and lists") from exc


def _named(facts: Mapping[str, Any], name: str) -> tuple[tuple[str, Any], ...]:
    given = facts.get(name)
    if given is None:
        return ()
    if not isinstance(given, Mapping) or not all(isinstance(one, str) for one in given):
        raise BadInput(f"{name} is a mapping from names to values, not {given!r}")
    return tuple(given.items())


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def checked_about(about: Mapping[str, Any], known: tuple[str, ...]) -> dict[str, Any]:
    """What else is told of a case, without what is None. Raises BadInput for an unknown name and an impossible count."""
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
    return told
