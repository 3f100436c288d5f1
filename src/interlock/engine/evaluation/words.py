"""Figures in words that a board reads: percent, counts, money."""

import math


def percent(share: float) -> str:
    """0.02 -> "2 %", 0.005 -> "0.5 %", 0.716 -> "72 %"; one decimal below ten percent."""
    shown = f"{100 * share:.1f}" if abs(share) < 0.0995 else f"{100 * share:.0f}"
    return f"{shown.removesuffix('.0')} %"


def budget_percent(budget: float) -> str:
    """A budget as it was asked for: 0.0025 -> "0.25 %"."""
    return f"{100 * budget:.6g} %"


def whole_percents(share: float) -> tuple[str, str]:
    """A share and its rest, the share rounded down so that it never promises more than was proved."""
    if 0.0 < share < 0.01:
        return "less than 1 %", "more than 99 %"
    down = 100 if share == 1.0 else min(99, math.floor(100 * share + 1e-9))
    return f"{down} %", f"{100 - down} %"


def proved_percent(share: float) -> str:
    """A certified share, rounded down; the same figure wherever it is shown."""
    return whole_percents(share)[0]


def usd(amount: float) -> str:
    """1.5 -> "USD 1.50"; four decimals below ten cents."""
    return f"USD {amount:,.4f}" if 0 < abs(amount) < 0.1 else f"USD {amount:,.2f}"


def lines_in_words(lines: tuple[int, ...]) -> str:
    """(3, 14) -> "lines 3 and 14"."""
    if len(lines) == 1:
        return f"line {lines[0]}"
    return f"lines {', '.join(str(line) for line in lines[:-1])} and {lines[-1]}"
