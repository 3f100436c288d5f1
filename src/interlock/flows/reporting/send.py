"""Send documents when they are due: once, however many servers are on the store, and again where that failed.

A server takes a sending in hand on record before it sends, so that no other does; what a destination took is recorded
after it took it. A server that dies in between leaves it to another one half an hour later: then something may arrive
twice. The other order would lose it, and nobody would know.
"""

import datetime as dt
import hashlib
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from interlock.engine.reporting.cadence import newest_due
from interlock.engine.timestamp import moment, stamp
from interlock.flows.calendar.define import calendar_in_force
from interlock.flows.reporting.deliveries import deliveries, note_failed, note_sent, take_in_hand
from interlock.flows.reporting.made import Sources, briefing_of
from interlock.flows.reporting.schedules import kept_as, known_schedule, not_any_more, schedules
from interlock.ports.messenger import Messenger
from interlock.ports.progress import silent
from interlock.terms.briefing import Briefing
from interlock.terms.document import Form
from interlock.terms.errors import BadInput, InterlockError, Unavailable
from interlock.terms.schedule import Delivery, Parcel, Schedule

TEST = "test"
TESTS_MAX = 20
TITLE_MAX = 180
MEDIA: Mapping[Form, str] = {
    Form.HTML: "text/html",
    Form.PDF: "application/pdf",
    Form.SLIDES: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    Form.MARKDOWN: "text/markdown",
    Form.JSON: "application/json",
}
Notes = Mapping[tuple[str, int], Delivery]


@dataclass(frozen=True, slots=True)
class _Work:
    """One sending: which destinations of the schedule have not taken it and are tried now."""

    schedule: Schedule
    run: str
    left: tuple[int, ...]
    notes: Notes


class Sendings:
    """What is due, and what somebody asked to be tested. `owner` tells this server from the others on the store.

    `address` is where people reach its pages, for links; "" where that is not known.
    """

    def __init__(self, sources: Sources, messenger: Messenger, owner: str, *, address: str = "") -> None:
        self._sources, self._messenger, self._owner, self._address = sources, messenger, owner, address
        self._tests: deque[tuple[str, str]] = deque()
        self._lock = threading.Lock()

    @property
    def messenger(self) -> Messenger:
        """What it is sent with."""
        return self._messenger

    @property
    def sources(self) -> Sources:
        """What documents are made with."""
        return self._sources

    def test(self, schedule: Schedule) -> str:
        """Have it sent soon, beside its time; under which run that will be on record. Raises Unavailable where many
        tests wait already.
        """
        run = f"{TEST} {stamp(self._sources.clock())[:19]}"
        with self._lock:
            if len(self._tests) >= TESTS_MAX:
                raise Unavailable(f"{TESTS_MAX} tests wait to be sent; ask again in a minute")
            self._tests.append((schedule.id, run))
        return run

    def go(self) -> tuple[str, ...]:
        """Send what is due; what failed, in words. Raises Unavailable where the store cannot be reached."""
        return tuple(words for work in self._due() for words in self._send(work))

    def send_now(self, id_: str) -> tuple[str, ...]:
        """Send a schedule beside its time; what failed, in words. Raises BadInput where there is none."""
        with self._sources.store.reading() as reading:
            schedule = known_schedule(reading, id_)
        if schedule.ended_at is not None:
            raise BadInput(f"schedule {id_} was ended on {schedule.ended_at[:10]}; set it anew")
        run = f"{TEST} {stamp(self._sources.clock())[:19]}"
        return self._send(_Work(schedule, run, tuple(range(len(schedule.destinations))), {}))

    def _due(self) -> list[_Work]:
        now = self._sources.clock()
        with self._lock:
            tests = list(self._tests)
            self._tests.clear()
        with self._sources.store.reading() as reading:
            calendar, told = calendar_in_force(reading), deliveries(reading, now)
            live = [one for one in schedules(reading) if one.ended_at is None]
        works = [_of(one, run, told.get(one.id, {}), now) for id_, run in tests for one in live if one.id == id_]
        for schedule in live:
            date = newest_due(schedule.cadence, calendar, now, after=moment(schedule.at))
            if date is not None:
                works.append(_of(schedule, date.isoformat(), told.get(schedule.id, {}), now))
        return [work for work in works if work.left]

    def _send(self, work: _Work) -> tuple[str, ...]:
        if not take_in_hand(self._sources.store, work.schedule, work.run, owner=self._owner, now=self._sources.clock()):
            return ()
        try:
            with self._sources.store.reading() as reading:
                refusal = not_any_more(reading, work.schedule)
            if refusal:
                return self._failed_all(work, refusal, again=False)
            parcel, digest = self._parcel(work)
        except InterlockError as exc:
            return self._failed_all(work, str(exc))
        return tuple(words for number in work.left if (words := self._hand_over(work, number, parcel, digest)))

    def _hand_over(self, work: _Work, number: int, parcel: Parcel, digest: str) -> str:
        with self._sources.store.reading() as reading:
            kept = reading.secret(kept_as(work.schedule.id, number))
        try:
            if kept is None:
                raise Unavailable("its address is not kept any more: the schedule was ended")
            self._messenger.send(kept.decode(), parcel)
        except InterlockError as exc:
            return self._failed(work, number, str(exc), again=kept is not None)
        with self._sources.store.transaction() as tx:
            note_sent(tx, work.schedule, work.run, number, digest, now=self._sources.clock())
        return ""

    def _parcel(self, work: _Work) -> tuple[Parcel, str]:
        """What is sent, and the digest of its JSON form. Raises BadInput, Unavailable."""
        schedule = work.schedule
        briefing = briefing_of(self._sources, schedule.asked, schedule.reach, silent)
        as_json = self._sources.write(briefing, Form.JSON)
        name = "-".join(filter(None, (schedule.asked.report, schedule.asked.workflow, briefing.as_of[:10])))
        files = tuple(
            (f"{name}{form}", MEDIA[form], as_json if form is Form.JSON else self._sources.write(briefing, form))
            for form in schedule.forms
        )
        digest = f"sha256:{hashlib.sha256(as_json).hexdigest()}"
        return Parcel(_title(briefing, work.run), _words(briefing, schedule, work.run, self._address), files), digest

    def _failed_all(self, work: _Work, reason: str, *, again: bool = True) -> tuple[str, ...]:
        return tuple(self._failed(work, number, reason, again=again) for number in work.left)

    def _failed(self, work: _Work, number: int, reason: str, *, again: bool) -> str:
        before = work.notes.get((work.run, number))
        with self._sources.store.transaction() as tx:
            note_failed(
                tx,
                work.schedule,
                work.run,
                number,
                reason,
                before=before.failure if before else None,
                now=self._sources.clock(),
                again=again and not work.run.startswith(TEST),
            )
        to = work.schedule.destinations[number]
        return f"schedule {work.schedule.id} ({work.run}) was not taken by {to.kind} {to.host}: {reason}"


def _of(schedule: Schedule, run: str, notes: Notes, now: dt.datetime) -> _Work:
    at = stamp(now)
    left = []
    for number in range(len(schedule.destinations)):
        note = notes.get((run, number))
        failure = note.failure if note else None
        if note is None or (failure is not None and failure.again_at is not None and failure.again_at <= at):
            left.append(number)
    return _Work(schedule, run, tuple(left), notes)


def _title(briefing: Briefing, run: str) -> str:
    """One line: what it is, its conclusion, and that it is a test or an authored sample."""
    marks = [
        mark for mark, is_so in (("Test", run.startswith(TEST)), ("Authored sample", briefing.authored_sample)) if is_so
    ]
    told = ": ".join((*marks, briefing.kind.capitalize(), briefing.title))
    line = " ".join(told.split())
    return line if len(line) <= TITLE_MAX else f"{line[: TITLE_MAX - 1]}…"


def _words(briefing: Briefing, schedule: Schedule, run: str, address: str) -> str:
    """The summary as plain text, where the pages are, and how to have it end."""
    about = schedule.asked.workflow
    page = f"{address}/workflows/{quote(about, safe='')}" if about else f"{address}/portfolio"
    end = f"{address}/reports/schedules/{schedule.id}" if address else "Reports, Schedules."
    unknown = len(briefing.unknown)
    lines: Sequence[str] = (
        briefing.title,
        "",
        *(f"- {line}" for line in briefing.summary),
        *((f"- Not known yet: {unknown}; the document says who is to find out.",) if unknown else ()),
        "",
        *briefing.records[:1],
        f"As of {briefing.as_of[:16].replace('T', ' ')} UTC; sending {run} of schedule {schedule.id}, "
        f"which {schedule.by} set.",
        *((f"Where it stands now: {page}",) if address else ()),
        f"To end it: `interlock schedule end {schedule.id}`, or {end}",
    )
    return "\n".join(lines)
