"""Where every workflow stands, kept in memory: only what was recorded since the last look is read."""

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from interlock.engine.economics.alarms import Alarms, alarms
from interlock.engine.economics.glance import Glance, glance
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.altered import resting_on_facts
from interlock.flows.portfolio.read import (
    halted_scopes,
    is_halted,
    level_of,
    read_organisation,
    read_portfolio,
    read_standings,
)
from interlock.ports.clock import Clock
from interlock.ports.evidences import QueueLength, Touched
from interlock.ports.store import Reading, Store
from interlock.terms.portfolio import Portfolio, Standing
from interlock.terms.workflow import WorkflowDefinition

# What a standing is read from: a kind that `read` looks at belongs here.
OF_A_WORKFLOW = (
    "release.defined", "release.amended", "evidence.recorded", "grant.given", "grant.ended", "gate.judged",
    "readiness.judged", "stage.moved", "waiver.given", "waiver.ended", "incident.opened", "incident.closed",
    "instrument.answered", "drill.held",
)  # fmt: skip
OF_THE_ORGANISATION = (
    "organisation.defined", "council.decided", "council.refused", "action.agreed", "action.closed", "calendar.defined",
)  # fmt: skip
KINDS = (*OF_A_WORKFLOW, *OF_THE_ORGANISATION)
MANY = 100  # from here on the whole portfolio is read sooner than these workflows one by one
QUEUES_S = 1.0
QUEUES_SHARE = 1 / 50
COUNTED_AT = 0.8  # of the time that a count is kept: then the next one is made beside answering
RENEWED_S = 300.0
FIRST_S = 0.02
_NO_QUEUE = QueueLength(0, 0)


@dataclass(frozen=True, slots=True)
class _Queues:
    """How long queues were at a time, and how long that is kept: to count them takes at most a fiftieth of all time."""

    lengths: Mapping[str, QueueLength]
    at: dt.datetime
    kept_s: float

    def age_s(self, now: dt.datetime) -> float:
        """How old they are; after a clock was put back, how far."""
        return abs((now - self.at).total_seconds())


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is in memory. Entries up to `sealed` will never change nor be joined by others; those behind that were
    looked at are `seen`: in a shared store one with a lower number may still turn up.
    """

    portfolio: Portfolio
    read_at: dt.datetime
    queues: _Queues
    by_name: dict[str, Standing]
    sealed: int
    last: int
    seen: frozenset[int]


class KeptPortfolio:
    """The portfolio as of now, for pages: equal to what `read_portfolio` says, and quick. Safe for threads.

    Whoever reads holds a connection first and a lock then, here as in all that is kept of a store: a thread that reads
    already may wait for the lock, and whoever has that must not wait for a connection.

    Of every call: what was recorded since, halted scopes, and what a grant allows now. The lengths of queues are a
    second old at most, and where they are so long that to count them takes 20 ms, fifty times as old as that takes.
    What cases say of drift is that of the last full reading, `RENEWED_S` old at most, except where something about the
    workflow was recorded since.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._kept: _Kept | None = None
        self._looking, self._renewing = threading.Lock(), threading.Lock()
        self._figures: dict[str, tuple[WorkflowDefinition, Alarms, Glance]] = {}

    def portfolio(self) -> Portfolio:
        """Everything as of now. Raises Unavailable where the store cannot be read."""
        return self._current().portfolio

    def standing(self, name: str) -> Standing | None:
        """One workflow as of now; None where there is none of that name."""
        return self._current().by_name.get(name)

    def glances(self, portfolio: Portfolio) -> Mapping[str, Glance]:
        """Each workflow of a portfolio of this board at a glance, by name; made anew only where it was read anew."""
        return {one.definition.name: self._figures_of(one)[2] for one in portfolio.standings}

    def money(self, portfolio: Portfolio) -> Mapping[str, Alarms]:
        """What money says of each workflow of a portfolio of this board, by name, as `agenda` takes it."""
        return {one.definition.name: self._figures_of(one)[1] for one in portfolio.standings}

    def renew(self) -> None:
        """Read everything anew, unless somebody does so already: for a server to do beside answering."""
        self._read(lambda: True)
        self.glances(self.portfolio())

    def count(self) -> None:
        """Count long queues anew before a page has to wait for that: for a server to do beside answering."""
        now, kept = self._clock(), self._kept
        if kept is None or kept.queues.kept_s <= QUEUES_S or kept.queues.age_s(now) < COUNTED_AT * kept.queues.kept_s:
            return
        with self._store.reading() as reading:
            counted = _queues(reading, now)
        with self._looking:
            self._kept = replace(self._kept or kept, queues=counted)

    def _figures_of(self, standing: Standing) -> tuple[WorkflowDefinition, Alarms, Glance]:
        """None of them changes with time, queues or kill switches; and one that was read anew has a new definition."""
        name = standing.definition.name
        found = self._figures.get(name)
        if found is None or found[0] is not standing.definition:
            money = alarms(standing)
            found = self._figures[name] = (standing.definition, money, glance(standing, money))
        return found

    def _current(self) -> _Kept:
        kept = self._kept or self._first()
        if abs((self._clock() - kept.read_at).total_seconds()) > RENEWED_S:
            self.renew()
        with resting_on_facts(self._store), self._store.reading() as reading, self._looking:
            self._kept = _looked(self._kept or kept, reading, self._clock())
            return self._kept

    def _first(self) -> _Kept:
        while self._kept is None:
            if self._renewing.locked():  # whoever waits for somebody else's reading holds nothing that it may need
                time.sleep(FIRST_S)
            else:
                self._read(lambda: self._kept is None)
        return self._kept

    def _read(self, is_wanted: Callable[[], bool]) -> None:
        """Read everything anew where that is wanted, unless somebody does so already."""
        with resting_on_facts(self._store), self._store.reading() as reading:
            if not self._renewing.acquire(blocking=False):
                return
            try:
                if is_wanted():
                    self._take(_whole(reading, self._clock()))
            finally:
                self._renewing.release()

    def _take(self, found: _Kept) -> None:
        before = self._kept
        if before is not None:  # nobody waits for this: where more was recorded meanwhile, the next look reads it
            found = _same(before, found)
        with self._looking:
            self._kept = found


def _looked(kept: _Kept, reading: Reading, now: dt.datetime) -> _Kept:
    """The same as of `now`, with what was recorded since."""
    last, sealed = reading.last_entry(), reading.head().last
    if last < kept.last:  # another store in its place: a backup was restored
        return _whole(reading, now)
    touched = _unseen(kept, reading, last)
    names = {one.workflow for one in touched if one.workflow is not None and one.kind in OF_A_WORKFLOW}
    if len(names) > MANY:
        return _whole(reading, now)
    queues = kept.queues
    if queues.age_s(now) >= queues.kept_s:
        queues = _queues(reading, now)
    read_anew = {one.definition.name: one for one in read_standings(reading, names, now, queues.lengths)}
    by_name = _as_of(stamp(now), {**kept.by_name, **read_anew}, halted_scopes(reading), queues.lengths)
    standings = tuple(by_name[name] for name in sorted(by_name))
    if any(one.kind in OF_THE_ORGANISATION for one in touched):
        portfolio = read_organisation(reading, standings, now)
    else:
        portfolio = replace(kept.portfolio, as_of=stamp(now), standings=standings)
    seen = frozenset(one for one in (*kept.seen, *(one.entry for one in touched)) if one > sealed)
    return _Kept(portfolio, kept.read_at, queues, by_name, sealed, last, seen)


def _whole(reading: Reading, now: dt.datetime) -> _Kept:
    sealed = reading.head().last
    portfolio = read_portfolio(reading, now)
    return _Kept(
        portfolio=portfolio,
        read_at=now,
        queues=_queues(reading, now),
        by_name={one.definition.name: one for one in portfolio.standings},
        sealed=sealed,
        last=reading.last_entry(),
        seen=frozenset(one.entry for one in reading.touched(KINDS, since=sealed + 1)),
    )


def _same(before: _Kept, after: _Kept) -> _Kept:
    """As `after`, with the objects of `before` where nothing changed: their figures need not be made anew."""
    queues = after.queues.lengths
    halted = {name for name, one in after.by_name.items() if one.halted}
    old = _as_of(after.portfolio.as_of, before.by_name, {f"workflow:{name}" for name in halted}, queues)
    by_name = {name: old[name] if old.get(name) == one else one for name, one in after.by_name.items()}
    return replace(after, by_name=by_name, portfolio=replace(after.portfolio, standings=tuple(by_name.values())))


def _queues(reading: Reading, now: dt.datetime) -> _Queues:
    before = time.perf_counter()
    lengths = reading.queue_lengths(stamp(now))
    return _Queues(lengths, now, max(QUEUES_S, (time.perf_counter() - before) / QUEUES_SHARE))


def _unseen(kept: _Kept, reading: Reading, last: int) -> list[Touched]:
    if kept.sealed == kept.last == last:
        return []
    return [one for one in reading.touched(KINDS, since=kept.sealed + 1) if one.entry not in kept.seen]


def _as_of(
    at: str, standings: Mapping[str, Standing], halted: Iterable[str], queues: Mapping[str, QueueLength]
) -> dict[str, Standing]:
    """What changes without a record of its own, made right; a standing that did not change stays the same object."""
    scopes = frozenset(halted)
    found = {}
    for name, one in standings.items():
        level, stopped, queue = level_of(one.grant, at), is_halted(name, scopes), queues.get(name, _NO_QUEUE)
        if (level, stopped, queue.open, queue.late) != (one.level, one.halted, one.open_reviews, one.late_reviews):
            found[name] = replace(one, level=level, halted=stopped, open_reviews=queue.open, late_reviews=queue.late)
        else:
            found[name] = one
    return found
