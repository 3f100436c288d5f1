"""Small pictures inside a row, drawn here: a sparkline and an interval. Their numbers stand beside them in words."""

from collections.abc import Sequence

from markupsafe import Markup, escape

WIDTH, HEIGHT, MARGIN = 96.0, 24.0, 3.0


def sparkline(
    values: Sequence[float], *, baseline: float | None = None, target: float | None = None, words: str = ""
) -> Markup:
    """A line over time with the baseline (dotted) and the target (dashed) behind it; `words` say the same to a reader
    who does not see it. Empty for no value.
    """
    if not values:
        return Markup()
    levels = [level for level in (baseline, target) if level is not None]
    low, high = min([*values, *levels]), max([*values, *levels])
    spread = high - low or 1.0

    def x(index: int) -> float:
        return MARGIN + index * (WIDTH - 2 * MARGIN) / max(len(values) - 1, 1)

    def y(value: float) -> float:
        return HEIGHT - MARGIN - (value - low) / spread * (HEIGHT - 2 * MARGIN)

    shapes = [
        f'<path class="{style}" d="M{MARGIN} {y(level):.1f}H{WIDTH - MARGIN}"/>'
        for style, level in (("spark-base", baseline), ("spark-target", target))
        if level is not None
    ]
    path = "L".join(f"{x(i):.1f} {y(value):.1f}" for i, value in enumerate(values))
    shapes.append(f'<path class="spark-line" d="M{path}"/>')
    shapes.append(f'<circle class="spark-end" cx="{x(len(values) - 1):.1f}" cy="{y(values[-1]):.1f}" r="2.4"/>')
    return _svg("spark", WIDTH, HEIGHT, shapes, words)


def interval_bar(
    low: float | None,
    value: float | None,
    high: float | None,
    *,
    top: float,
    limit: float | None = None,
    words: str = "",
) -> Markup:
    """A bar from 0 to `top`: the interval, the value as a dot, a limit as an upright tick. Empty without a value."""
    if value is None or top <= 0:
        return Markup()

    def x(at: float) -> float:
        return MARGIN + min(max(at / top, 0.0), 1.0) * (WIDTH - 2 * MARGIN)

    middle = HEIGHT / 2
    shapes = [f'<path class="track" d="M{MARGIN} {middle}H{WIDTH - MARGIN}"/>']
    if limit is not None and limit <= top:
        shapes.append(f'<path class="bar-limit" d="M{x(limit):.1f} 5V{HEIGHT - 5}"/>')
    if low is not None and high is not None:
        shapes.append(f'<path class="bar-interval" d="M{x(low):.1f} {middle}H{x(high):.1f}"/>')
    shapes.append(f'<circle class="bar-dot" cx="{x(value):.1f}" cy="{middle}" r="3"/>')
    return _svg("spark", WIDTH, HEIGHT, shapes, words)


def _svg(style: str, width: float, height: float, shapes: Sequence[str], words: str) -> Markup:
    told = f'role="img" aria-label="{escape(words)}"' if words else 'aria-hidden="true"'
    head = f'<svg class="{style}" viewBox="0 0 {width:g} {height:g}" {told}>'
    return Markup(f"{head}{''.join(shapes)}</svg>")  # noqa: S704 - numbers and our own words, which are escaped
