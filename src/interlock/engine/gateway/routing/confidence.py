"""How sure an answer says that it is, and whether the next tier is to be asked."""

import json
import math

UNFINISHED = frozenset({"length", "content_filter", "max_tokens", "refusal", "incomplete"})
CALLS = frozenset({"tool_calls", "tool_use", "function_call"})


def stated_confidence(said: str) -> float | None:
    """The number from 0 to 1 in the field `confidence` of a JSON object; None where the answer says none."""
    text = said.strip().removeprefix("```json").removeprefix("```").removesuffix("```").strip()
    if not text.startswith("{"):
        return None
    try:
        value = json.loads(text).get("confidence")
    except (ValueError, RecursionError):
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value) if 0.0 <= value <= 1.0 else None


def asks_next_tier(said: str, finish_reasons: tuple[str, ...], *, below: float) -> bool:
    """Whether an answer is not good enough: it was cut off or refused, or is less sure than it must be, or does not say
    how sure it is. A call of a tool is no answer yet, and says nothing.
    """
    if UNFINISHED & set(finish_reasons):
        return True
    if CALLS & set(finish_reasons):
        return False
    confidence = stated_confidence(said)
    return confidence is None or not confidence >= below
