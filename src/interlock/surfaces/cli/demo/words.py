"""Figures as the demonstration says them."""

from interlock.terms.estimate import Estimate


def share(value: float, digits: int = 1) -> str:
    """0.624 -> 62.4 %."""
    return f"{value * 100:.{digits}f} %"


def estimate(figure: Estimate, digits: int = 1) -> str:
    """62.4 % (60.5 to 64.3, n 2,617); "none yet (n 0)" where nothing was measured."""
    if figure.value is None or figure.low is None or figure.high is None:
        return f"none yet (n {figure.n:,})"
    low, high = figure.low * 100, figure.high * 100
    return f"{share(figure.value, digits)} ({low:.{digits}f} to {high:.{digits}f}, n {figure.n:,})"


def short(release: str) -> str:
    """The first digits of a digest."""
    return release.removeprefix("sha256:")[:12]
