"""Search the ledger: newest first, a page at a time, as far back as can be looked in a moment."""

import datetime as dt
from dataclasses import dataclass

from interlock.engine.timestamp import moment, stamp
from interlock.flows.access.entry_reach import Within, keys_of
from interlock.ports.entries import Sought
from interlock.ports.store import Reading
from interlock.terms.errors import BadInput
from interlock.terms.ledger import LedgerEntry

PAGE = 50
TEXT_MAX = 1_000
ACTED = ("by", "approver", "reviewer", "proposed_by", "approved_by", "person", "to", "present", "owner")
DID = ACTED[:6]
# Kinds whose `name` is a person's: elsewhere it is that of an organisation or a thing.
OF_PEOPLE = ("account.", "session.", "sign_in.", "token.")
BEGUN = "session.begun"  # by whoever signs in
LOOKED_MAX = 1_500  # entries that are weighed one by one for a page
SLACK = dt.timedelta(minutes=1)  # writers that wait for each other record times a little out of order


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for; "" and None for whatever.

    `person` and `key` are parts of what is on record. Times are RFC 3339 or days, in UTC: from `since` on, and before
    `until` (a day: up to its end). `before` is the entry before which the page begins.
    """

    kind: str = ""
    workflow: str = ""
    person: str = ""
    key: str = ""
    since: str = ""
    until: str = ""
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One page. `further` is the entry before which the next one begins, None where nothing is left to look at.

    `looked_to`: it was looked back no further than this entry, and what was found is not a whole page; None where
    everything was looked at, or the page is full.
    """

    entries: tuple[LedgerEntry, ...]
    further: int | None
    looked_to: int | None


def search(reading: Reading, asked: Asked, *, within: Within, among: tuple[str, ...] = (), limit: int = PAGE) -> Found:
    """The newest entries that fit, of those `within` reach; `among` narrows what is looked at to these workflows.

    Raises BadInput for a time that is none, and for a text that is too long to be looked for.
    """
    sought = _sought(reading, asked, among)
    if asked.workflow and among and asked.workflow not in among:
        return Found((), None, None)
    looking = reading.looking_back(sought)
    entries: list[LedgerEntry] = []
    for number, entry in enumerate(looking.entries):
        if len(entries) == limit:
            return Found(tuple(entries), entries[-1].index, None)
        if number == LOOKED_MAX:
            return Found(tuple(entries), entry.index + 1, entry.index + 1)
        if _fits(entry, asked) and within(entry):
            entries.append(entry)
    to = None if looking.floor <= sought.since else looking.floor
    return Found(tuple(entries), to, to)


def people_of(entry: LedgerEntry) -> tuple[str, ...]:
    """Everybody whom an entry names as having acted, been asked or been there."""
    named: list[str] = []
    for member in (*ACTED, "name") if entry.kind.startswith(OF_PEOPLE) else ACTED:
        value = entry.body.get(member)
        named.extend([value] if isinstance(value, str) else value if isinstance(value, list) else [])
    return tuple(dict.fromkeys(name for name in named if isinstance(name, str)))


def who_did(entry: LedgerEntry) -> str:
    """Who did what an entry says, "" where the run time did."""
    members = (*DID, "name") if entry.kind == BEGUN else DID
    return next((value for member in members if isinstance(value := entry.body.get(member), str)), "")


def time_of(text: str, *, end: bool = False) -> str:
    """A time or a day as it is recorded; with `end` the end of that day. Raises BadInput for what is neither."""
    words = text.strip()
    try:
        if len(words) <= len("2026-03-02"):
            day = dt.datetime.combine(dt.date.fromisoformat(words), dt.time(), dt.UTC)
            return stamp(day + dt.timedelta(days=1) if end else day)
        found = moment(words)
        return stamp(found if found.tzinfo else found.replace(tzinfo=dt.UTC))
    except (ValueError, OverflowError):
        raise BadInput(f"'{words[:40]}' is no time: write a day such as 2026-03-02, or 2026-03-02T09:30Z") from None


def _sought(reading: Reading, asked: Asked, among: tuple[str, ...]) -> Sought:
    texts = tuple(filter(None, (asked.person, asked.key)))
    if any(len(text) > TEXT_MAX for text in texts):
        raise BadInput(f"look for at most {TEXT_MAX:,} characters of a person's name or a key")
    since_at = time_of(asked.since) if asked.since else None
    until_at = time_of(asked.until, end=True) if asked.until else None
    stops = [asked.before, None if until_at is None else reading.entry_from(moved(until_at, SLACK))]
    return Sought(
        kinds=(asked.kind,) if asked.kind else (),
        workflows=(asked.workflow,) if asked.workflow else among,
        since=0 if since_at is None else reading.entry_from(moved(since_at, -SLACK)),
        before=min((stop for stop in stops if stop is not None), default=None),
        since_at=since_at,
        until_at=until_at,
        texts=texts,
    )


def moved(at: str, by: dt.timedelta) -> str:
    """A recorded time, so much later; at the end of time itself."""
    try:
        return stamp(moment(at) + by)
    except OverflowError:  # at the end of time
        return at


def _fits(entry: LedgerEntry, asked: Asked) -> bool:
    """What the texts of a record cannot say alone: that they stand where they were looked for."""
    by_person = not asked.person or any(asked.person in name for name in people_of(entry))
    return by_person and (not asked.key or any(asked.key in key for key in keys_of(entry)))
