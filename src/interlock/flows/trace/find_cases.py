"""Find decided cases by key, workflow and time: a page at a time, of those that somebody may see."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial

from interlock.engine.access.permissions import may, may_somewhere
from interlock.engine.access.reach import TenantOf
from interlock.flows.access.case_reach import is_kept_from
from interlock.flows.ledger.search import SLACK, moved, time_of
from interlock.ports.cases import CaseRow
from interlock.ports.entries import Sought
from interlock.ports.store import Reading
from interlock.terms.access import Caller
from interlock.terms.errors import BadInput

PAGE = 50
KEY_MAX = 4_096
LOOKED_MAX = 1_500  # cases that are weighed one by one for a page
Sees = Callable[[CaseRow], bool]


@dataclass(frozen=True, slots=True)
class CasesAsked:
    """Which cases; "" for whatever. `key` is a key or its beginning; times as in flows.ledger.search.Asked.

    A page begins behind the key `behind` where a key is asked for, else under the ledger entry `before`.
    """

    key: str = ""
    workflow: str = ""
    since: str = ""
    until: str = ""
    behind: str = ""
    before: int | None = None


@dataclass(frozen=True, slots=True)
class CasesFound:
    """One page: by key where a key was asked for, else the newest first.

    `further` says that there may be more, behind the key `behind` or under the entry `before`; `stopped`: very many
    were looked at, and what was found is not a whole page.
    """

    cases: tuple[CaseRow, ...]
    further: bool = False
    stopped: bool = False
    behind: str = ""
    before: int | None = None


def cases_within(reading: Reading, caller: Caller, tenant_of: TenantOf) -> Sees:
    """Whether the caller may look at a case: its own tenant counts, else that of its workflow.

    One that waits for a blind look that may be theirs is not listed for them either.
    """
    given, reads = cache(tenant_of), cache(partial(_may_read, caller))
    decides = may_somewhere(caller, "review", "decide")

    def sees(row: CaseRow) -> bool:
        if not reads(row.workflow, given(row.workflow) if row.tenant is None else row.tenant):
            return False
        return not (decides and is_kept_from(reading, caller, row.key, given))

    return sees


def _may_read(caller: Caller, workflow: str, tenant: str | None) -> bool:
    return may(caller, "case", "read", workflow=workflow, tenant=tenant)


def find_cases(
    reading: Reading, asked: CasesAsked, *, sees: Sees, among: tuple[str, ...] = (), limit: int = PAGE
) -> CasesFound:
    """One page of the cases that are asked for and seen; `among` narrows what is looked at to these workflows.

    Raises BadInput for a time that is none, and a key that is too long to be looked for.
    """
    if len(asked.key) > KEY_MAX:
        raise BadInput(f"look for at most {KEY_MAX:,} characters of a key")
    since_at = time_of(asked.since) if asked.since else ""
    until_at = time_of(asked.until, end=True) if asked.until else "9"
    if asked.workflow and among and asked.workflow not in among:
        return CasesFound(())
    looking, floor = _candidates(reading, asked, since_at, until_at, among)
    found: list[CaseRow] = []
    last: CaseRow | None = None
    for number, row in enumerate(looking):
        if last is not None and (len(found) == limit or number == LOOKED_MAX):
            stopped = len(found) < limit
            return CasesFound(tuple(found), further=True, stopped=stopped, behind=last.key, before=last.entry)
        last = row
        if since_at <= row.at < until_at and asked.workflow in ("", row.workflow) and sees(row):
            found.append(row)
    return CasesFound(tuple(found), further=floor > 0, stopped=floor > 0, before=floor or None)


def _candidates(
    reading: Reading, asked: CasesAsked, since_at: str, until_at: str, among: tuple[str, ...]
) -> tuple[Iterator[CaseRow], int]:
    """What is looked at, in the order of the page, and the entry under which nothing is (0: everything is)."""
    if asked.key:
        return reading.cases_by_key(asked.key, behind=asked.behind), 0
    since = reading.entry_from(moved(since_at, -SLACK)) if asked.since else 0
    until = reading.entry_from(moved(until_at, SLACK)) if asked.until else None
    before = min((stop for stop in (asked.before, until) if stop is not None), default=None)
    if asked.workflow:
        return reading.cases_back(asked.workflow, since=since, before=before), 0
    kinds = ("decision.made",)
    looking = reading.looking_back(Sought(kinds=kinds, workflows=among, since=since, before=before))
    keys = (str(entry.body.get("key")) for entry in looking.entries)
    rows = (row for key in keys if (row := reading.case(key)) is not None)
    return rows, 0 if looking.floor <= since else looking.floor
