"""Whether a second person's look at an audit was drawn as the definition and the salt say."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from interlock.engine.oversight.audits.agreement import second_review
from interlock.engine.oversight.wording import percent


class SecondDraw(NamedTuple):
    """What the answer to an audit says of its second look: `share` is the definition's, `draw` None without a salt."""

    entry: int
    key: str
    share: float
    probability: float
    draw: float | None
    drawn: bool


def second_share(definition: Mapping[str, Any]) -> float:
    """The share of audits that get a second look, by a recorded definition."""
    return float((definition.get("review") or {}).get("second_share", 0.0))


def second_draw(entry: int, body: Mapping[str, Any], share: float) -> SecondDraw | None:
    """From the body of an audit's `review.closed`; None where it says nothing of a draw.

    Raises KeyError, TypeError or ValueError where it cannot be read.
    """
    told = body.get("second")
    if told is None:
        return None
    draw = None if told["draw"] is None else float(told["draw"])
    return SecondDraw(entry, str(body["key"]), share, float(told["probability"]), draw, bool(told["drawn"]))


def reasons_against(second: SecondDraw, salt: bytes | None, *, salted: bool) -> Iterator[str]:
    """What is wrong with the draw. `salted`: a salt was in force; `salt`: that salt, once it is published."""
    if second.probability != second.share:
        yield (
            f"its second look is drawn with probability {percent(second.probability)}, the definition says "
            f"{percent(second.share)}"
        )
    if (second.draw is not None) != salted:
        yield "its second look has " + ("no draw although" if salted else "a draw although no") + " a salt was in force"
    elif second.draw is None and not second.drawn:
        yield "it got no second look although nothing could be drawn: without a salt each audit gets one"
    elif salt is not None and second.share and second.draw is not None:
        right = second_review(second.key, share=second.share, salt=salt)
        if (second.draw, second.drawn) != (right.draw, right.in_sample):
            yield "whether it gets a second look is not what the salt gives"
