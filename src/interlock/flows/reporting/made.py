"""Read what a document is made from, build it, and put on record that it was made."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from interlock.engine.access.reach import TenantOf, reach_words, within
from interlock.engine.reporting.documents import CROSSWALK, Records, built, check_asked, chosen
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import record
from interlock.flows.portfolio.records import VERIFIED_ENTRIES_MAX, read_records
from interlock.ports.clock import Clock
from interlock.ports.entries import Sought
from interlock.ports.progress import Progress
from interlock.ports.reports import WriteForm
from interlock.ports.store import Reading, Store
from interlock.terms.access import EVERYWHERE, Scope
from interlock.terms.briefing import Briefing
from interlock.terms.compliance import Framework
from interlock.terms.document import Asked
from interlock.terms.instrument import Instrument
from interlock.terms.person import Person
from interlock.terms.portfolio import Portfolio

MADE = "report.made"
LOOKED_MAX = 300


@dataclass(frozen=True, slots=True)
class Sources:
    """What documents are made with. `portfolio` is where everything stands now; `write` puts one into a form."""

    store: Store
    clock: Clock
    portfolio: Callable[[], Portfolio]
    tenant_of: TenantOf
    instruments: Sequence[Instrument]
    frameworks: Callable[[], Sequence[Framework]]
    write: WriteForm


def check(sources: Sources, asked: Asked) -> None:
    """Raises BadInput where no document can be meant, before anything is begun."""
    check_asked(asked.report, asked.workflow, asked.frameworks)
    if asked.report == CROSSWALK:
        chosen(sources.frameworks(), asked.frameworks)


def briefing_of(sources: Sources, asked: Asked, reach: Sequence[Scope], progress: Progress) -> Briefing:
    """The document on what lies within `reach`, the ledger verified on the way (up to VERIFIED_ENTRIES_MAX entries; for
    a crosswalk all of them). Raises BadInput.
    """
    is_crosswalk = asked.report == CROSSWALK
    records = read_records(
        sources.store,
        sources.clock(),
        sources.instruments,
        entries_max=None if is_crosswalk else VERIFIED_ENTRIES_MAX,
        frameworks=chosen(sources.frameworks(), asked.frameworks) if is_crosswalk else (),
        progress=progress,
        read=lambda _, __: within(sources.portfolio(), reach, sources.tenant_of),
    )
    return built(asked.report, records if EVERYWHERE in reach else _of_these(records), asked.workflow)


def note_made(sources: Sources, asked: Asked, reach: Sequence[Scope], as_json: bytes, *, by: Person) -> int:
    """Put on record that a document was made: its digest says later whether a copy is the one. The entry."""
    body = {
        "workflow": asked.workflow,
        "report": asked.report,
        "reach": reach_words(reach),
        "digest": f"sha256:{hashlib.sha256(as_json).hexdigest()}",
        "by": by.name,
        "authenticated": by.authenticated,
    }
    with sources.store.transaction() as tx:
        return record(tx, MADE, body, at=stamp(sources.clock())).index


def _of_these(records: Records) -> Records:
    """Answers about vendors that these workflows depend on, and about no other."""
    named = {vendor.name for one in records.portfolio.standings for vendor in one.definition.initiative.vendors}
    vendors = {name: found for name, found in records.vendors.items() if name in named}
    return Records(records.portfolio, vendors, records.frameworks)


@dataclass(frozen=True, slots=True)
class LastMade:
    """When a document of a kind was made last, and by whom; `entry` is where it is on record."""

    report: str
    workflow: str | None
    by: str
    at: str
    entry: int


def last_made(reading: Reading, reach: Sequence[Scope]) -> Mapping[str, LastMade]:
    """The newest of each kind that was made for the same reach, as far as LOOKED_MAX documents go back."""
    words, found = reach_words(reach), dict[str, LastMade]()
    for entry in islice(reading.looking_back(Sought(kinds=(MADE,))).entries, LOOKED_MAX):
        body = entry.body
        if body["reach"] == words and body["report"] not in found:
            one = LastMade(body["report"], body["workflow"], body["by"], entry.at, entry.index)
            found[one.report] = one
    return found
