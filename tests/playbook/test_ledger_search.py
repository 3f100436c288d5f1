"""The ledger and its cases are searched as far back as can be looked in a moment; a look further finds the rest."""

from dataclasses import replace

import pytest

from governed import ANA, NAME, House
from interlock.adapters.sql import entries as sql_entries
from interlock.engine.access.permissions import role_at
from interlock.flows.access.entry_reach import Within, entries_within
from interlock.flows.access.tenants import assign_tenant, tenant_of
from interlock.flows.ledger import search as search_module
from interlock.flows.ledger.record import record
from interlock.flows.ledger.search import Asked, Found, people_of, search, time_of, who_did
from interlock.flows.trace import find_cases as find_module
from interlock.flows.trace.find_cases import CasesAsked, CasesFound, cases_within, find_cases
from interlock.ports.cases import CaseRow
from interlock.ports.store import Reading
from interlock.terms.access import Caller
from interlock.terms.errors import BadInput
from interlock.terms.ledger import LedgerEntry

ABE = Caller("Abe", frozenset({role_at("auditor@tenant/acme")}))
DEV = Caller("Dev", frozenset({role_at("auditor")}))
EVERY: Within = lambda entry: True  # noqa: E731 - as entries_within makes them


def _all_pages(reading: Reading, asked: Asked, within: Within, *, limit: int) -> tuple[list[int], list[Found]]:
    pages = [search(reading, asked, within=within, limit=limit)]
    while pages[-1].further is not None:
        pages.append(search(reading, replace(asked, before=pages[-1].further), within=within, limit=limit))
    return [entry.index for page in pages for entry in page.entries], pages


@pytest.fixture
def tenanted(passed: House) -> House:
    """Many entries of a workflow of nobody's, two cases of a tenant in it, and then many others."""
    passed.promote()
    for number in range(2):
        passed.act(replace(passed.proposal(key=f"acme-{number}"), tenant="acme"))
    for _ in range(20):
        passed.act()
    return passed


def test_whoever_looks_further_finds_all_that_is_theirs(tenanted: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_module, "LOOKED_MAX", 16)
    monkeypatch.setattr(find_module, "LOOKED_MAX", 7)
    with tenanted.store.reading() as reading:
        of = lambda workflow: tenant_of(reading, workflow)  # noqa: E731 - as TenantOf
        found, pages = _all_pages(reading, Asked(), entries_within(reading, ABE, of), limit=5)
        every = [entry for entry in reading.entries() if str(entry.body.get("key", "")).startswith("acme-")]
        assert found == [entry.index for entry in reversed(every)]
        first = pages[0]
        assert (first.entries, first.looked_to) == ((), reading.last_entry() + 1 - 16)
        assert pages[-1].looked_to is None
        assert _cases(reading, CasesAsked(), ABE) == ["acme-1", "acme-0"]
        assert _cases(reading, CasesAsked(workflow=NAME), ABE) == ["acme-1", "acme-0"]
        assert _cases(reading, CasesAsked(key="acme"), ABE) == ["acme-0", "acme-1"]
        assert len(_cases(reading, CasesAsked(), DEV)) == 82


def test_nor_does_a_store_that_is_looked_through_in_parts_hide_any(
    tenanted: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql_entries, "FEW", 9)
    with tenanted.store.reading() as reading:
        found, pages = _all_pages(reading, Asked(person="Ana"), EVERY, limit=5)
        assert found == [entry.index for entry in reversed(list(reading.entries())) if "Ana Ruiz" in people_of(entry)]
        assert any(page.looked_to for page in pages)
        assert len(_cases(reading, CasesAsked(), DEV)) == 82


def test_a_workflow_that_is_given_away_takes_its_entries_along_but_not_the_cases_of_others(tenanted: House) -> None:
    tenanted.act(replace(tenanted.proposal(key="globex-0"), tenant="globex"))
    assign_tenant(tenanted.store, NAME, "acme", by=ANA, clock=tenanted.clock)
    with tenanted.store.transaction() as tx:
        for keys in (("acme-0",), ("acme-0", "globex-0")):
            cases = [{"key": key, "entries": [], "texts": []} for key in keys]
            body = {"workflow": NAME, "by": "Ana Ruiz", "authenticated": False, "reason": "old", "cases": cases}
            record(tx, "payload.erased", body, at="2026-03-02T10:00:00.000000Z")
    with tenanted.store.reading() as reading:
        of = lambda workflow: tenant_of(reading, workflow)  # noqa: E731 - as TenantOf
        found, _ = _all_pages(reading, Asked(), entries_within(reading, ABE, of), limit=50)
        others = [entry.index for entry in reading.entries() if b"globex-0" in entry.record]
        assert found == [index for index in range(reading.last_entry(), -1, -1) if index not in others]
        assert len(others) == 3


def test_times_are_days_or_moments_in_utc() -> None:
    assert time_of("2026-03-02") == "2026-03-02T00:00:00.000000Z"
    assert time_of("2026-03-02", end=True) == "2026-03-03T00:00:00.000000Z"
    assert time_of(" 2026-03-02T09:30 ") == "2026-03-02T09:30:00.000000Z"
    assert time_of("2026-03-02T09:30+02:00") == "2026-03-02T07:30:00.000000Z"
    for text in ("", "soon", "2026-02-30", "9999-12-31T24:00", "\ud800"):
        with pytest.raises(BadInput, match="is no time"):
            time_of(text)
    with pytest.raises(BadInput, match="is no time"):
        time_of("9999-12-31", end=True)


def test_who_did_something_is_read_from_whatever_was_recorded() -> None:
    def entry(kind: str = "", /, **body: object) -> LedgerEntry:
        return LedgerEntry(0, "", kind, body, b"", b"")

    assert who_did(entry(reviewer="Ben")) == "Ben"
    assert who_did(entry(by={"name": "Ben"})) == who_did(entry()) == ""
    assert people_of(entry(by="Ana", to=["Ben", 7, "Ana"])) == ("Ana", "Ben")
    signed_in = entry("session.begun", name="Ben", how="password")
    assert (who_did(signed_in), people_of(signed_in)) == ("Ben", ("Ben",))
    closed = entry("account.closed", name="Ben", by="Ana")
    assert (who_did(closed), people_of(closed)) == ("Ana", ("Ana", "Ben"))
    assert people_of(entry("organisation.defined", name="Halden")) == ()


def _cases(reading: Reading, asked: CasesAsked, caller: Caller) -> list[str]:
    sees = cases_within(reading, caller, lambda workflow: tenant_of(reading, workflow))
    pages: list[CasesFound] = [find_cases(reading, asked, sees=sees, limit=5)]
    while pages[-1].further:
        place = replace(asked, behind=pages[-1].behind) if asked.key else replace(asked, before=pages[-1].before)
        pages.append(find_cases(reading, place, sees=sees, limit=5))
    return [row.key for page in pages for row in page.cases]


def test_a_workflow_out_of_reach_is_not_looked_through(tenanted: House) -> None:
    """One that is asked for by name as little as one that there is not."""
    weighed: list[str] = []

    def seen(one: LedgerEntry | CaseRow) -> bool:
        weighed.append(str(one))
        return True

    with tenanted.store.reading() as reading:
        assert search(reading, Asked(workflow=NAME), within=seen, among=("another",)) == Found((), None, None)
        assert find_cases(reading, CasesAsked(workflow=NAME), sees=seen, among=("another",)) == CasesFound(())
        assert weighed == []
        assert search(reading, Asked(workflow=NAME), within=seen, among=(NAME,)).entries
        assert find_cases(reading, CasesAsked(workflow=NAME), sees=seen, among=(NAME,)).cases
