"""What was measured, as tables for people."""

from collections.abc import Sequence

from gateway.measured import Measured, Scene

QUANTILES = ("p50", "p95", "p99")


def tell(measured: Sequence[Measured], scenes: Sequence[Scene]) -> None:
    """Start and memory of each, then a table for each kind of scene, beside the upstream alone."""
    print(f"\n{'':<20}{'first answer s':>15}{'MB idle':>9}{'MB at most':>12}{'failed':>8}  version; not like for like")
    for row in measured:
        print(
            f"{row.contender:<20}{_or_none(row.started_s, 15, 2)}{_or_none(row.idle_mb, 9)}"
            f"{_or_none(row.after_mb(), 12)}{row.failures():>8,}  {row.version}; {row.unlike}"
        )
    kinds = list(dict.fromkeys((scene.model, scene.streams) for scene in scenes))
    for kind in kinds:
        _tell_kind(measured, [scene for scene in scenes if (scene.model, scene.streams) == kind])


def _tell_kind(measured: Sequence[Measured], scenes: Sequence[Scene]) -> None:
    what = "streams; first chunk" if scenes[0].streams else "plain; whole answer"
    print(f"\n{scenes[0].model} upstream, {what}; added is over the upstream alone, in ms")
    heads = (("connections", 12), ("a second", 10), ("CPU us", 8), *((quantile, 9) for quantile in QUANTILES))
    print(" " * 20 + "".join(f"{head:>{width}}" for head, width in (*heads, ("added p50", 11), ("p95", 9), ("p99", 9))))
    alone = measured[0]
    for scene in scenes:
        for row in (row for row in measured if scene in row.windows):
            times = [_ms(row, scene, quantile) for quantile in QUANTILES]
            added = [time - _ms(alone, scene, q) for time, q in zip(times, QUANTILES, strict=True)]
            print(
                f"{row.contender:<20}{scene.connections:>12}{row.per_s(scene):>10,.0f}{_or_none(row.cpu_us(scene), 8)}"
                + "".join(f"{time:>9.2f}" for time in times)
                + f"{added[0]:>11.2f}{added[1]:>9.2f}{added[2]:>9.2f}"
            )


def _ms(row: Measured, scene: Scene, quantile: str) -> float:
    return row.first_ms(scene, quantile) if scene.streams else row.last_ms(scene, quantile)


def _or_none(value: float | None, width: int, digits: int = 0) -> str:
    return f"{'-':>{width}}" if value is None else f"{value:>{width},.{digits}f}"
