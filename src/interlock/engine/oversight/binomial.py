"""Exact binomial tails with the standard library alone."""

import math

# Rounding of a few ulp must not turn an exact equality (one half squared against a quarter) into a miss.
EQUALITY_SLACK = 1e-12


def share_in_open_unit(name: str, value: float) -> float:
    """`value` as a float strictly between 0 and 1; raises ValueError naming `name` otherwise."""
    try:
        share = float(value)
    except (TypeError, ValueError):
        share = math.nan
    if not 0.0 < share < 1.0:
        raise ValueError(f"{name} is {value!r}: give a share between 0 and 1, both excluded (0.02 for 2 %)")
    return share


def whole_count(name: str, value: int, *, least: int = 0) -> int:
    """`value` as an int of at least `least`; raises ValueError naming `name` otherwise."""
    try:
        count = int(value)
    except (TypeError, ValueError, OverflowError):
        count = least - 1
    if count < least or count != value:
        raise ValueError(f"{name} is {value!r}: give a whole number, {least} or more")
    return count


def log_binomial_cdf(errors: int, n: int, rate: float) -> float:
    """Natural log of P(X <= errors), X ~ Binomial(n, rate), 0 < rate < 1; exact to floating rounding.

    The terms are summed relative to the first one and in log space, so neither long samples nor many errors
    underflow.
    """
    if errors >= n:
        return 0.0
    log_odds = math.log(rate) - math.log1p(-rate)
    log_term = log_sum = 0.0
    for i in range(errors):
        log_term += math.log((n - i) / (i + 1)) + log_odds
        high, low = (log_sum, log_term) if log_sum >= log_term else (log_term, log_sum)
        log_sum = high + math.log1p(math.exp(low - high))
    return min(0.0, n * math.log1p(-rate) + log_sum)
