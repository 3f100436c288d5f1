"""What a request may cost at most, and what it did cost, in whole US micro-dollars, rounded up."""

from interlock.terms.gateway.definition import Price
from interlock.terms.gateway.usage import Usage

MILLION = 1_000_000


def worst_cost_micro_usd(price: Price | None, *, input_tokens: int, output_tokens: int) -> int:
    """The most that so many tokens can cost. A cached token may cost more than another one where it is written."""
    if price is None:
        return 0
    dearest = max(price.input_micro_usd, price.cached_input_micro_usd or 0, price.cache_write_micro_usd or 0)
    return _up(input_tokens * dearest + output_tokens * price.output_micro_usd)


def cost_micro_usd(price: Price | None, usage: Usage) -> int:
    """What the counted tokens cost."""
    if price is None:
        return 0
    read, written = usage.cached_input_tokens, usage.cache_written_input_tokens
    fresh = usage.input_tokens - read - written
    return _up(
        fresh * price.input_micro_usd
        + read * _or_input(price, price.cached_input_micro_usd)
        + written * _or_input(price, price.cache_write_micro_usd)
        + usage.output_tokens * price.output_micro_usd
    )


def _or_input(price: Price, special: int | None) -> int:
    return price.input_micro_usd if special is None else special


def _up(micro_usd_times_million: int) -> int:
    return -(-micro_usd_times_million // MILLION)
