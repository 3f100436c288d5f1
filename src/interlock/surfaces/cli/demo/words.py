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


def milliseconds(figure: Estimate | None) -> str:
    """17.76 ms (12.10 to 24.00, n 200); "not measured" where it was not."""
    if figure is None or figure.value is None:
        return "not measured"
    low, high = ("?" if bound is None else f"{bound:.2f}" for bound in (figure.low, figure.high))
    return f"{figure.value:.2f} ms ({low} to {high}, n {figure.n:,})"


def short(release: str) -> str:
    """The first digits of a digest."""
    return release.removeprefix("sha256:")[:12]
