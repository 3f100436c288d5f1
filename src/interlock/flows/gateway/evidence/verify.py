"""Check traffic against its evidence: segments against the ledger, rows against segments, sums against the ledger."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from interlock.flows.gateway.evidence.load import KIND
from interlock.flows.gateway.evidence.rows import GROUPED_BY, accepted_of, row_of
from interlock.ports.gateway.segments import Segments
from interlock.ports.gateway.traffic import SumBy, TrafficRow, TrafficSum
from interlock.ports.store import Reading
from interlock.terms.errors import Unavailable
from interlock.terms.gateway.segment import Segment
from interlock.terms.gateway.trace import Accepted, Outcome
from interlock.terms.gateway.traffic_check import TrafficCheck, TrafficFault
from interlock.terms.ledger import LedgerEntry

SUMMED = ("requests", "refused", "input_tokens", "output_tokens", "cost_micro_usd")
BY = (SumBy.WORKFLOW, SumBy.TENANT, SumBy.CLIENT, SumBy.MODEL)
Group = tuple[str, ...]


@dataclass(slots=True)
class _Found:
    """What is known so far. `oldest` is, by workflow, the oldest request that still has its row."""

    checked: int = 0
    elsewhere: int = 0
    requests: int = 0
    faults: list[TrafficFault] = field(default_factory=list)
    gone: list[tuple[str, str, str, str]] = field(default_factory=list)  # (workflow, at, id, segment)
    oldest: dict[str, str] = field(default_factory=dict)


def verify_traffic(reading: Reading, segments: Segments) -> TrafficCheck:
    """The result. The ledger itself is checked elsewhere (flows.ledger.verify): this takes it for true.

    Rows are deleted when their time is over, the oldest of a workflow first: one that is gone while an older one is
    there was deleted by somebody else, and is a fault. Raises Unavailable where the store or the folder cannot be read.
    """
    here = {*segments.sealed(), *segments.kept()}
    held, found = reading.rows_by_segment(), _Found()
    totals: dict[Group, list[int]] = defaultdict(lambda: [0] * len(SUMMED))
    entries = 0
    for entry in reading.entries_of(KIND):
        entries += 1
        for one in entry.body["totals"]:
            group = tuple(one[name] for name in GROUPED_BY)
            totals[group] = [mine + one[name] for mine, name in zip(totals[group], SUMMED, strict=True)]
        _check_entry(reading, segments, entry, held, found, is_here=entry.body["segment"] in here)
    found.faults += _missing(found)
    found.faults += _sums(reading, totals)
    return TrafficCheck(entries, found.checked, found.elsewhere, found.requests, len(found.gone), tuple(found.faults))


def _check_entry(
    reading: Reading, segments: Segments, entry: LedgerEntry, held: Mapping[str, int], found: _Found, *, is_here: bool
) -> None:
    name = str(entry.body["segment"])
    for flaw in entry.body["flaws"]:
        words = (
            f"entry {entry.index} says that line {flaw['line']} was not as written when it was loaded: {flaw['words']}"
        )
        found.faults.append(TrafficFault(name, words, flaw["request"]))
    if not is_here:
        found.elsewhere += 1
        return
    try:
        segment = segments.read(name)
    except Unavailable as exc:
        found.faults.append(TrafficFault(name, str(exc)))
        return
    found.checked += 1
    found.faults += _altered(segment, entry)
    _check_rows(reading, segment, found)
    rows, begun = held.get(name, 0), len(segment.accepted) + int(entry.body["n_lost"])
    if rows > begun:
        words = f"{rows} requests of the store say that they are in it, and it has {begun}"
        found.faults.append(TrafficFault(name, words))


def _altered(segment: Segment, entry: LedgerEntry) -> Iterator[TrafficFault]:
    if segment.sha256 == entry.body["sha256"]:
        return
    for flaw in segment.flaws:
        yield TrafficFault(segment.name, f"line {flaw.line}: {flaw.words}", flaw.request)
    words = f"the file is not the one that was loaded: entry {entry.index} of the ledger has another digest"
    yield TrafficFault(segment.name, words)


def _check_rows(reading: Reading, segment: Segment, found: _Found) -> None:
    ends = {one.id: one for one in segment.outcomes}
    begun = {one.id: one for one in segment.accepted}
    for id_ in {**begun, **ends}:
        found.requests += 1
        row, first, end = reading.traffic_of(id_), begun.get(id_), ends.get(id_)
        if row is None:
            if first is not None:
                found.gone.append((first.workflow, first.at, id_, segment.name))
            continue
        found.oldest[row.workflow] = min(row.at, found.oldest.get(row.workflow, row.at))
        if first is not None and not _says(row.accepted, first):
            found.faults.append(TrafficFault(segment.name, "the store says otherwise of its beginning", id_))
        elif end is not None and not (_is_as_loaded(row, end) and _says(row.outcome or {}, end)):
            found.faults.append(TrafficFault(segment.name, "the store says otherwise of its end", id_))
        elif end is None and row.outcome is None and not _is_as_loaded(row, None):
            found.faults.append(TrafficFault(segment.name, "the store says otherwise of its cost", id_))


def _says(body: Mapping[str, Any], record: Accepted | Outcome) -> bool:
    """Whether a text of the store is that of a record, which an older gateway may have written with fewer fields."""
    try:
        return msgspec.convert(body, type(record)) == record
    except msgspec.ValidationError:
        return False


def _is_as_loaded(row: TrafficRow, end: Outcome | None) -> bool:
    """Whether the columns of a row are those of its beginning and of this end."""
    made = row_of(accepted_of(row), end, row.segment)
    return made == replace(row, accepted=made.accepted, outcome=None if row.outcome is None else made.outcome)


def _missing(found: _Found) -> Iterator[TrafficFault]:
    for workflow, at, id_, segment in found.gone:
        if at > found.oldest.get(workflow, at):
            yield TrafficFault(segment, "its row is gone, and older ones are there", id_)


def _sums(reading: Reading, totals: Mapping[Group, list[int]]) -> Iterator[TrafficFault]:
    kept = {one.by: one for one in reading.traffic_sums(BY)}
    for group in sorted({*totals, *kept}):
        wanted, one = totals.get(group, [0] * len(SUMMED)), kept.get(group)
        have = [0] * len(SUMMED) if one is None else [getattr(one, name) for name in SUMMED]
        if have != wanted and not (one is not None and _may_be_open(one, wanted)):
            named = ", ".join(f"{name} '{value}'" for name, value in zip(GROUPED_BY, group, strict=True) if value)
            said = "; ".join(
                f"{name.replace('_', ' ')} {mine:,} and not {theirs:,}"
                for name, mine, theirs in zip(SUMMED, have, wanted, strict=True)
                if mine != theirs
            )
            yield TrafficFault(None, f"the sums of {named or 'nobody'} are not those of the ledger: {said}")


def _may_be_open(one: TrafficSum, wanted: list[int]) -> bool:
    """Whether the difference can be requests that go on: they are in the sums, and in the ledger when they ended."""
    going_on = one.requests - wanted[0]
    same = (one.refused, one.input_tokens, one.output_tokens) == tuple(wanted[1:4])
    return same and 0 < going_on <= one.in_doubt and one.cost_micro_usd >= wanted[4]
