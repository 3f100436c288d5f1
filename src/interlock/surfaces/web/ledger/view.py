"""What the list of the ledger and its verification show, as plain values."""

from collections.abc import Mapping
from urllib.parse import urlencode

from interlock.flows.access.entry_reach import keys_of
from interlock.flows.ledger.at_work import Verification
from interlock.flows.ledger.search import Asked, Found, who_did
from interlock.flows.trace.told import WORDS, told
from interlock.flows.trace.told_others import SENTENCES
from interlock.surfaces.web.addresses import case_href, number_in
from interlock.surfaces.web.cells import Link, Moment, Words
from interlock.surfaces.web.sentences import readable
from interlock.surfaces.web.states import FAILED, INCONCLUSIVE, PASSED, State, said
from interlock.surfaces.web.tables import Column, Filter, Table
from interlock.terms import words
from interlock.terms.ledger import LedgerEntry

KINDS = tuple(sorted({*WORDS, *SENTENCES}))


def _key(entry: LedgerEntry) -> str | None:
    return next(keys_of(entry), None)


def _case(entry: LedgerEntry) -> Link | Words:
    keys = list(keys_of(entry))
    more = f"and {words.count(len(keys) - 1)} others" if len(keys) > 1 else ""
    return Link(keys[0], case_href(keys[0]), more) if keys else Words("–")


def _workflow(entry: LedgerEntry) -> Link | Words:
    name = entry.body.get("workflow")
    return Link(name, f"/workflows/{name}") if isinstance(name, str) and name else Words("–")


TABLE: Table[LedgerEntry] = Table(
    address="/ledger",
    caption="What was recorded, newest first",
    columns=(
        Column(
            "entry",
            "Entry",
            lambda one: one.index,
            lambda one: Link(words.count(one.index), f"/ledger/{one.index}"),
            sortable=False,
        ),
        Column("at", "Recorded", lambda one: one.at, lambda one: Moment(one.at), sortable=False),
        Column("what", "What", told, lambda one: Words(readable(told(one)), one.kind), sortable=False),
        Column("who", "Who", who_did, lambda one: Words(who_did(one) or "the run time"), sortable=False),
        Column("workflow", "Workflow", lambda one: one.body.get("workflow"), _workflow, sortable=False),
        Column("case", "Case", _key, _case, sortable=False),
    ),
    empty="Nothing is recorded yet. The first entry is a definition that is applied: interlock apply -f FILE",
    filters=(
        Filter("kind", "Kind", options=tuple((kind, kind) for kind in KINDS)),
        Filter("workflow", "Workflow"),
        Filter("person", "Person"),
        Filter("key", "Part of a case's key"),
        Filter("since", "From (UTC)"),
        Filter("until", "Until (UTC)"),
    ),
)


def asked_in(query: Mapping[str, str]) -> Asked:
    """What an address asks for; a place in the ledger that is none is left out."""
    names = ("kind", "workflow", "person", "key", "since", "until")
    return Asked(**{name: query.get(name, "").strip() for name in names}, before=number_in(query, "before"))


def further_href(found: Found, query: Mapping[str, str], ending: str = "") -> str | None:
    """The address of the next page, None where there is none."""
    if found.further is None:
        return None
    kept = {one.name: value for one in TABLE.filters if (value := query.get(one.name, "").strip())}
    return f"{TABLE.address}{ending}?{urlencode({**kept, 'before': str(found.further)})}"


def list_title(entries: int | None, verification: Verification | None) -> str:
    """The conclusion of the list: how much there is, and whether it was found whole. None: a part of it is seen."""
    if entries is None:
        return "What is on record of your workflows and cases"
    held = f"The ledger holds {words.plural(entries, 'entry', 'entries')}"
    if verification is None or verification.check is None:
        return held
    if not verification.check.holds:
        return f"{held}: it does NOT hold"
    return f"{held}: nothing was altered in {words.count(verification.check.entries)} of them when that was verified"


def verification_state(verification: Verification | None) -> State:
    """How the last verification ended, as a state."""
    if verification is None:
        return said(INCONCLUSIVE, "Not verified since this server began")
    if verification.is_running:
        return said(INCONCLUSIVE, "Being verified")
    if verification.check is None:
        return said(INCONCLUSIVE, "Could not be verified")
    return said(PASSED, "Verified") if verification.check.holds else said(FAILED, "Altered")


def verify_title(verification: Verification | None) -> str:
    """The conclusion of the page on verification."""
    if verification is None:
        return "The ledger was not verified since this server began"
    if verification.is_running:
        return "The ledger is being verified"
    check = verification.check
    if check is None:
        return "The ledger could not be verified"
    if check.holds:
        return f"The ledger holds: {words.plural(check.entries, 'entry', 'entries')}, nothing was altered"
    return f"The ledger does NOT hold: {words.plural(len(check.faults), 'fault')}"
