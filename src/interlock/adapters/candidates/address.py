"""The address of an outside candidate: URL, model and, where known, its price."""

import math
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from interlock.terms.errors import BadInput

EXAMPLE = "http://localhost:8000/v1#my-model or https://host/v1#my-model?in=0.15&out=0.60 (USD per million tokens)"


@dataclass(frozen=True, slots=True)
class Address:
    """`base` has no trailing slash, no query and no credentials. Prices are USD per million tokens, None if unknown."""

    base: str
    model: str
    price_in_usd: float | None
    price_out_usd: float | None


def parse_address(text: str) -> Address:
    """Read `URL#MODEL`, with `?in=PRICE&out=PRICE` after either part. Raises BadInput with an example."""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError as exc:
        raise BadInput(f"--candidate: cannot be read as an address ({exc}); write {EXAMPLE}") from exc
    model, _, fragment_query = parts.fragment.partition("?")
    if parts.scheme not in {"http", "https"} or not host or not model:
        raise BadInput(f"--candidate: an address has a URL, '#' and the model's name; write {EXAMPLE}")
    if parts.username is not None or parts.password is not None:
        raise BadInput(
            "--candidate: leave credentials out of the address, they would end up in the report; "
            "put the key into INTERLOCK_CANDIDATE_API_KEY"
        )
    prices = _prices((*parse_qsl(parts.query), *parse_qsl(fragment_query)))
    base = urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))
    return Address(base=base, model=model, price_in_usd=prices.get("in"), price_out_usd=prices.get("out"))


def _prices(pairs: tuple[tuple[str, str], ...]) -> dict[str, float]:
    prices: dict[str, float] = {}
    for name, value in pairs:
        if name not in {"in", "out"}:
            raise BadInput(
                f"--candidate: only in= and out= may follow '?', not {name}=; write {EXAMPLE}. "
                "A key belongs into INTERLOCK_CANDIDATE_API_KEY"
            )
        try:
            price = float(value)
        except ValueError:
            price = math.nan
        if not (math.isfinite(price) and price >= 0):
            raise BadInput(f"--candidate: {name}={value} is not a price in USD per million tokens; write {EXAMPLE}")
        prices[name] = price
    if prices and set(prices) != {"in", "out"}:
        raise BadInput(f"--candidate: give both prices, in= and out=, or neither; write {EXAMPLE}")
    return prices
