"""Two pictures that rehearsals share: the wealth of the promotion test, and the monitor's way to its limit."""

from collections.abc import Sequence

from interlock.terms.story import Chart, Mark, Series

Path = tuple[tuple[float, float], ...]
RUN_LENGTH = 10_000.0
FLOOR = 1e-3  # a log axis has no place for less; what is under it is far from deciding


def wealth_chart(paths: Sequence[tuple[str, Path]], *, delta: float, cases: str, marks: tuple[Mark, ...] = ()) -> Chart:
    """Evidence for promotion after each judged case."""
    return Chart(
        caption="Evidence for promotion after each judged case",
        x_label=cases,
        y_label="wealth of the promotion test",
        series=_series(paths),
        marks=marks,
        levels=((1.0 / delta, f"promote at {1.0 / delta:,.0f}"),),
        log_y=True,
        note="A right case makes it grow, a wrong one shrink; looked at after every case without losing its guarantee.",
    )


def monitor_chart(paths: Sequence[tuple[str, Path]], *, cases: str, marks: tuple[Mark, ...] = ()) -> Chart:
    """The demotion monitor after each audit."""
    return Chart(
        caption="The demotion monitor after each audit",
        x_label=cases,
        y_label="statistic of the monitor",
        series=_series(paths),
        marks=marks,
        levels=((RUN_LENGTH, f"demote at {RUN_LENGTH:,.0f}"),),
        log_y=True,
        note=f"While the error rate is within budget it gets there on average once in {RUN_LENGTH:,.0f} audits, or "
        "more rarely.",
    )


def _series(paths: Sequence[tuple[str, Path]]) -> tuple[Series, ...]:
    return tuple(Series(name, tuple((x, max(y, FLOOR)) for x, y in path if x > 0)) for name, path in paths)
