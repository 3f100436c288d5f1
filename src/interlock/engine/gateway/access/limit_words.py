"""Limits of traffic in words, such as "1000 requests a minute" and "5.50 usd a month of large"."""

import re
from decimal import ROUND_FLOOR, Decimal

from interlock.terms.errors import BadInput
from interlock.terms.gateway.traffic import Of, Per, TrafficLimit, Unit

MICRO = 1_000_000
MOST_MAX = 10**15
_WORDS = re.compile(
    r"(?P<most>[0-9]{1,16}(?:\.[0-9]{1,6})?) (?P<unit>requests|tokens|usd) a (?P<per>minute|day|month)"
    r"(?: of (?P<model>[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}))?",
    re.ASCII,
)
_UNITS = {"requests": Unit.REQUESTS, "tokens": Unit.TOKENS, "usd": Unit.MICRO_USD}


def limit_said(text: str) -> TrafficLimit:
    """The limit of one client that the words say. Raises BadInput for words that say none."""
    found = _WORDS.fullmatch(" ".join(text.split()))
    most = None if found is None else Decimal(found["most"]) * (MICRO if found["unit"] == "usd" else 1)
    if found is None or most is None or most != most.to_integral_value(ROUND_FLOOR) or not 1 <= most <= MOST_MAX:
        raise BadInput(
            f"'{text[:100]}' is no limit: write one such as '1000 requests a minute', '500000 tokens a day' or "
            "'5.50 usd a month of large'"
        )
    return TrafficLimit(Of.CLIENT, _UNITS[found["unit"]], Per(found["per"]), int(most), model=found["model"])


def limit_words(limit: TrafficLimit) -> str:
    """The words for a limit; `limit_said` understands those of a client."""
    if limit.unit is Unit.MICRO_USD:
        whole, micro = divmod(limit.most, MICRO)
        most = f"{whole}.{f'{micro:06}'.rstrip('0'):0<2} usd"
    else:
        most = f"{limit.most} {limit.unit}"
    return f"{most} a {limit.per}" + ("" if limit.model is None else f" of {limit.model}")
