"""Sums of traffic against what they are the sums of: the ledger's totals, and the rows of each day."""

import math
from collections.abc import Iterator, Mapping, Sequence

from interlock.flows.gateway.evidence.rows import GROUPED_BY
from interlock.ports.gateway.traffic import SumBy, TrafficSum
from interlock.ports.store import Reading
from interlock.terms.gateway.traffic_check import TrafficFault

SUMMED = ("requests", "refused", "input_tokens", "output_tokens", "cost_micro_usd")
OF_ROWS = (*SUMMED, "failed", "in_doubt", "cached")
BY = (SumBy.WORKFLOW, SumBy.TENANT, SumBy.CLIENT, SumBy.MODEL)
BY_DAY = (SumBy.DAY, *BY)
NOTHING = TrafficSum((), 0, 0, 0, 0, 0, 0, 0, 0, 0.0)
Group = tuple[str, ...]


def against_the_ledger(reading: Reading, totals: Mapping[Group, Sequence[int]]) -> Iterator[TrafficFault]:
    """Sums that are not what the ledger says that all segments add up to."""
    kept = {one.by: one for one in reading.traffic_sums(BY)}
    for group in sorted({*totals, *kept}):
        wanted, one = totals.get(group, [0] * len(SUMMED)), kept.get(group, NOTHING)
        have = [getattr(one, name) for name in SUMMED]
        if have != list(wanted) and not _may_be_open(one, wanted):
            said = _differences(SUMMED, have, wanted)
            yield TrafficFault(None, f"the sums of {_named(group)} are not those of the ledger: {said}")


def against_rows(reading: Reading, *, since: str) -> Iterator[TrafficFault]:
    """Sums of a day that are not those of its rows. Days before `since` have no rows any more, or not all of them."""
    kept = {one.by: one for one in reading.traffic_sums(BY_DAY, since=since)}
    rows = {one.by: one for one in reading.row_sums(since=since)}
    for key in sorted({*kept, *rows}):
        one, of_rows = kept.get(key, NOTHING), rows.get(key, NOTHING)
        have, wanted = ([getattr(each, name) for name in OF_ROWS] for each in (one, of_rows))
        said = _differences(OF_ROWS, have, wanted)
        if not said and not math.isclose(one.latency_ms, of_rows.latency_ms, rel_tol=1e-6, abs_tol=1e-3):
            said = f"latency ms {one.latency_ms:,.3f} and not {of_rows.latency_ms:,.3f}"
        if said:
            words = f"the sums of {_named(key[1:])} on {key[0]} are not those of the rows of that day: {said}"
            yield TrafficFault(None, words)


def _named(group: Group) -> str:
    return ", ".join(f"{name} '{value}'" for name, value in zip(GROUPED_BY, group, strict=True) if value) or "nobody"


def _differences(names: Sequence[str], have: Sequence[int], wanted: Sequence[int]) -> str:
    return "; ".join(
        f"{name.replace('_', ' ')} {mine:,} and not {theirs:,}"
        for name, mine, theirs in zip(names, have, wanted, strict=True)
        if mine != theirs
    )


def _may_be_open(one: TrafficSum, wanted: Sequence[int]) -> bool:
    """Whether the difference can be requests that go on: they are in the sums, and in the ledger when they ended."""
    going_on = one.requests - wanted[0]
    same = (one.refused, one.input_tokens, one.output_tokens) == tuple(wanted[1:4])
    return same and 0 < going_on <= one.in_doubt and one.cost_micro_usd >= wanted[4]
