"""Check traffic against its evidence: segments against the ledger, rows against segments, sums against both."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from interlock.flows.gateway.evidence import keep, load, verify_sums
from interlock.flows.gateway.evidence.rows import GROUPED_BY, accepted_of, row_of
from interlock.flows.gateway.evidence.verify_sums import SUMMED, Group
from interlock.ports.gateway.segments import Segments
from interlock.ports.gateway.traffic import TrafficRow
from interlock.ports.progress import Progress, silent
from interlock.ports.store import Reading
from interlock.terms.errors import Unavailable
from interlock.terms.gateway.segment import Segment
from interlock.terms.gateway.trace import Accepted, Outcome
from interlock.terms.gateway.traffic_check import TrafficCheck, TrafficFault
from interlock.terms.ledger import LedgerEntry

NAMED_MAX = 20  # requests of one segment that no trace has


@dataclass(slots=True)
class _Found:
    """What is known so far. What is from before the day `removed_before` may be gone: that is on record."""

    removed_before: str
    checked: int = 0
    elsewhere: int = 0
    requests: int = 0
    gone: int = 0
    absent: set[str] = field(default_factory=set)
    faults: list[TrafficFault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Here:
    """What lies here, and whose it is; `everything`: no other machine has segments of this store."""

    names: frozenset[str]
    workers: frozenset[str]
    everything: bool


def verify_traffic(
    reading: Reading, segments: Segments | None, *, everything_here: bool = False, progress: Progress = silent
) -> TrafficCheck:
    """The result. The ledger itself is checked elsewhere (flows.ledger.verify): this takes it for true.

    Without `segments` only sums, rows and ledger are compared. `everything_here`: the store has one machine only, so
    each segment on record lies in that folder. A segment or a row is gone by right where it is older than what the
    ledger says was removed when its time was over; any other one is a fault. `progress` counts segments. Raises
    Unavailable where the store or the folder cannot be read.
    """
    here = _here(segments, everything=everything_here)
    removals = (str(entry.body["before"]) for entry in reading.entries_of(keep.KIND))
    waiting = () if segments is None else segments.waiting()
    held, found = reading.rows_by_segment(), _Found(max(removals, default=""))
    totals: dict[Group, list[int]] = defaultdict(lambda: [0] * len(SUMMED))
    on_record: set[str] = set()
    for number, entry in enumerate(reading.entries_of(load.KIND)):
        progress(number, None)
        on_record.add(str(entry.body["segment"]))
        for one in entry.body["totals"]:
            group = tuple(one[name] for name in GROUPED_BY)
            totals[group] = [mine + one[name] for mine, name in zip(totals[group], SUMMED, strict=True)]
        _check_entry(reading, segments, here, entry, held, found)
    for name in sorted({*held} - on_record):
        found.faults += _of_no_trace(reading, name, (), "which the ledger does not know")
    found.faults += verify_sums.against_the_ledger(reading, totals)
    found.faults += verify_sums.against_rows(reading, since=found.removed_before)
    return TrafficCheck(
        len(on_record),
        found.checked,
        found.elsewhere,
        found.requests,
        found.gone,
        tuple(found.faults),
        tuple(sorted(found.absent)),
        len({*waiting} - on_record),
    )


def _here(segments: Segments | None, *, everything: bool) -> _Here:
    names = frozenset() if segments is None else frozenset((*segments.sealed(), *segments.kept()))
    return _Here(names, frozenset(_worker(name) for name in names), everything and segments is not None)


def _worker(name: str) -> str:
    return name.rpartition(".")[0]


def _check_entry(
    reading: Reading,
    segments: Segments | None,
    here: _Here,
    entry: LedgerEntry,
    held: Mapping[str, int],
    found: _Found,
) -> None:
    name = str(entry.body["segment"])
    for flaw in entry.body["flaws"]:
        words = (
            f"entry {entry.index} says that line {flaw['line']} was not as written when it was loaded: {flaw['words']}"
        )
        found.faults.append(TrafficFault(name, words, flaw["request"]))
    if segments is None or name not in here.names:
        _absent(here, entry, name, held, found)
        return
    try:
        segment = segments.read(name)
    except Unavailable as exc:
        found.faults.append(TrafficFault(name, str(exc)))
        return
    found.checked += 1
    found.faults += _altered(segment, entry)
    ids = {one.id for one in segment.accepted} | {one.id for one in segment.outcomes}
    if _check_rows(reading, segment, found) != held.get(name, 0):
        found.faults += _of_no_trace(reading, name, ids, "and it has none of them")


def _absent(here: _Here, entry: LedgerEntry, name: str, held: Mapping[str, int], found: _Found) -> None:
    """Another machine keeps it, it was removed in time, or somebody took it away."""
    found.elsewhere += 1
    most = int(entry.body["accepted"]) + int(entry.body["n_lost"])
    if held.get(name, 0) > most:
        words = f"{held[name]} requests of the store say that they are in it, and the ledger says that it has {most}"
        found.faults.append(TrafficFault(name, words))
    if entry.at[:10] < found.removed_before:
        return
    worker = _worker(name)
    if here.everything:
        words = "it is on record and not here any more, before its time; --traces names another folder of it"
        found.faults.append(TrafficFault(name, words))
    elif worker in here.workers:
        words = "it is not here any more, before its time: others of its worker are"
        found.faults.append(TrafficFault(name, words))
    else:
        found.absent.add(worker)


def _of_no_trace(reading: Reading, name: str, known: Collection[str], why: str) -> Iterator[TrafficFault]:
    """Rows that say that a segment has them, and it does not."""
    forged = [id_ for id_ in reading.requests_of_segment(name) if id_ not in known]
    for id_ in forged[:NAMED_MAX]:
        yield TrafficFault(name, f"its row says that it is in this segment, {why}", id_)
    if len(forged) > NAMED_MAX:
        yield TrafficFault(name, f"and {len(forged) - NAMED_MAX:,} more rows")


def _altered(segment: Segment, entry: LedgerEntry) -> Iterator[TrafficFault]:
    if segment.sha256 == entry.body["sha256"]:
        return
    for flaw in segment.flaws:
        yield TrafficFault(segment.name, f"line {flaw.line}: {flaw.words}", flaw.request)
    words = f"the file is not the one that was loaded: entry {entry.index} of the ledger has another digest"
    yield TrafficFault(segment.name, words)


def _check_rows(reading: Reading, segment: Segment, found: _Found) -> int:
    """Compare the rows of all that it tells of; how many of them say that they are in it."""
    mine = 0
    ends = {one.id: one for one in segment.outcomes}
    begun = {one.id: one for one in segment.accepted}
    for id_ in {**begun, **ends}:
        row, first, end = reading.traffic_of(id_), begun.get(id_), ends.get(id_)
        found.requests += first is not None  # one that ends in a later segment is one request
        if row is None:
            if first is not None:
                found.faults += _gone(first, segment, found)
            continue
        mine += row.segment == segment.name
        if first is not None and row.segment != segment.name:
            words = f"the store says that it is in {row.segment or 'no segment'}"
            found.faults.append(TrafficFault(segment.name, words, id_))
        elif first is not None and not _says(row.accepted, first):
            found.faults.append(TrafficFault(segment.name, "the store says otherwise of its beginning", id_))
        elif end is not None and not (_is_as_loaded(row, end) and _says(row.outcome or {}, end)):
            found.faults.append(TrafficFault(segment.name, "the store says otherwise of its end", id_))
        elif end is None and row.outcome is None and not _is_as_loaded(row, None):
            found.faults.append(TrafficFault(segment.name, "the store says otherwise of its cost", id_))
    return mine


def _gone(first: Accepted, segment: Segment, found: _Found) -> Iterator[TrafficFault]:
    found.gone += 1
    if first.at >= found.removed_before:
        yield TrafficFault(segment.name, "its row is gone before its time", first.id)


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
