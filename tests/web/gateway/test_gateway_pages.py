"""The gateway's pages and their operations: what they conclude, and that nobody sees another tenant's traffic.

The clock of these houses stands in the past, that of the API does not: it looks back for as long as it can.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from described_interfaces import audited, tool
from governed import ANA, DEFINITION, House
from interlock.flows.access.tenants import assign_tenant
from interlock.flows.gateway.inventory import record_inventory
from interlock.terms.gateway.traffic import Of, Per, TrafficLimit, TrafficPlan, Unit
from interlock.terms.person import Person
from made_traffic import load
from token_desk import TokenDesk, token_desk
from web_desk import PEOPLE, WebDesk, text_of, title_of, web_desk

ACME, GLOBEX, OURS = "triage", "globex-mail", "own-desk"
VISITORS = {
    **PEOPLE,
    "acme owner": ("Ada Acme", ("value-owner@tenant/acme",)),
    "of the workflow": ("Wim Acme", (f"value-owner@workflow/{ACME}", "auditor@tenant/acme")),
}
IN_REACH = {"auditor": 27, "acme auditor": 9, "acme owner": 9, "of the workflow": 9}
DENIED = ("reviewer", "administrator", "acme reviewer", "outsider")


def fill(house: House) -> House:
    for name in (ACME, GLOBEX, OURS):
        house.define(replace(DEFINITION, name=name))
    for name, tenant in ((ACME, "acme"), (GLOBEX, "globex")):
        assign_tenant(house.store, name, tenant, by=Person("Eli Sand"), clock=house.clock)
    load(house.store, {ACME: None, GLOBEX: "globex", OURS: None}, house.clock())
    return house


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDesk]:
    """A house with traffic, which tests only look at."""
    house = fill(House(tmp_path_factory.mktemp("filled")))
    with web_desk(house.rt, VISITORS) as made:
        yield made
    house.store.close()


def rows(desk: WebDesk, path: str, as_: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(desk.get(path, as_).text)["rows"]
    return found


@pytest.mark.parametrize(("as_", "requests"), IN_REACH.items())
def test_the_first_page_adds_up_what_is_within_reach(seen: WebDesk, as_: str, requests: int) -> None:
    one_in_nine, cost = requests // 9, {9: "USD 0.0094", 27: "USD 0.028"}[requests]
    title = title_of(seen.get("/gateway", as_)).replace("\u00a0", " ")
    ends = f"{one_in_nine} {'was' if one_in_nine == 1 else 'were'} refused, the end of {one_in_nine} is not known"
    assert title == f"{requests} requests in the last 7 days for {cost}: {ends}"
    assert len(rows(seen, "/gateway/requests.json", as_)) == requests
    for by in ("workflow", "client", "model", "day"):
        sums = rows(seen, f"/gateway.json?by={by}", as_)
        assert sum(one["requests"] for one in sums) == requests, by
        assert sum(one["refused"] for one in sums) == one_in_nine, by
        assert sum(one["in_doubt"] for one in sums) == one_in_nine, by


@pytest.mark.parametrize("as_", DENIED)
def test_who_may_not_read_traffic_sees_none(seen: WebDesk, as_: str) -> None:
    for path in ("/gateway", "/gateway/requests", "/gateway/requests/req-tri-0", "/gateway/ungoverned", "/gateway.csv"):
        assert seen.get(path, as_).status_code == 403, path


def test_another_tenants_request_is_not_there(seen: WebDesk) -> None:
    for id_, status in (("req-glo-0", 404), ("req-own-0", 404), ("req-tri-0", 200), ("no-such", 404)):
        for more in ("", "/record.json"):
            assert seen.get(f"/gateway/requests/{id_}{more}", "acme auditor").status_code == status, id_
    for path in ("/gateway", "/gateway/requests", "/gateway/requests?workflow=globex-mail", "/gateway.csv?by=client"):
        shown = seen.get(path, "acme auditor").text
        assert "app-of-globex" not in shown
        assert "req-glo" not in shown
    # What is everybody's is seen by who sees everything.
    assert seen.get("/gateway/ungoverned", "acme auditor").status_code == 403
    assert seen.get("/gateway/inventory", "acme auditor").status_code == 403


@pytest.mark.parametrize(
    ("number", "title"),
    [
        (0, "small answered in 640 ms for USD 0.0013"),
        (2, "large answered in 5,910 ms for USD 0.0013"),
        (4, "Refused: it read like an attack on the model's instructions"),
        (5, "It failed with status 502 after 1 attempt"),
        (6, "The answer broke off: the model's place ended it; the USD 0.0021 that it reserved stay charged"),
        (8, "Nobody knows how this request ended: the USD 0.0021 that it reserved stay charged"),
    ],
)
def test_the_page_of_a_request_concludes_how_it_ended(seen: WebDesk, number: int, title: str) -> None:
    assert title_of(seen.get(f"/gateway/requests/req-tri-{number}", "auditor")).replace("\u00a0", " ") == title


def test_the_page_of_a_request_shows_what_was_taken_out_and_both_records(seen: WebDesk) -> None:
    told = text_of(seen.get("/gateway/requests/req-tri-1", "auditor"))
    for words in ("email request 2", "iban request 1", "phone answer 1", "First part of the stream after 210"):
        assert words in " ".join(told.replace("\u00a0", " ").split())
    record = seen.get("/gateway/requests/req-tri-1/record.json", "auditor").json()
    assert record["accepted"]["redacted"] == {"email": 2, "iban": 1}
    assert record["outcome"]["redacted_output"] == {"phone": 1}


def test_why_something_was_refused_is_in_words_beside_the_rule_on_record(seen: WebDesk) -> None:
    for path in ("/gateway", "/gateway/requests?amiss=1", "/gateway/requests/req-tri-4"):
        told = " ".join(text_of(seen.get(path, "auditor")).split())
        assert "It read like an attack on the model's instructions" in told, path
    listed = rows(seen, "/gateway/requests.json?amiss=1&workflow=triage", "auditor")
    assert [one["rule"] for one in listed] == ["injection", None, None]
    assert 'href="/gateway/requests?rule=injection&amp;since=' in seen.get("/gateway", "auditor").text
    assert len(rows(seen, "/gateway/requests.json?rule=injection", "auditor")) == 3
    assert len(rows(seen, "/gateway/requests.json?rule=injection", "acme auditor")) == 1
    page = text_of(seen.get("/gateway/requests/req-tri-4", "auditor"))
    assert "stays charged" not in page  # it never left, so nothing was reserved
    assert "Its workflow may not ask that model" not in page


def test_the_list_goes_on_and_can_be_narrowed(seen: WebDesk) -> None:
    amiss = rows(seen, "/gateway/requests.json?amiss=1&workflow=triage", "auditor")
    assert [one["end"] for one in amiss] == ["Refused", "Failed (502)", "End not known"]
    last = amiss[0]
    after = rows(seen, f"/gateway/requests.json?workflow=triage&after_at={last['at']}&after_id={last['id']}", "auditor")
    assert [one["id"] for one in after] == [f"req-tri-{number}" for number in range(5, 9)]
    older = f"/gateway/requests?workflow=triage&after_at={last['at']}&after_id={last['id']}"
    assert title_of(seen.get(older, "auditor")).startswith("4 older requests: ")
    assert seen.get("/gateway/requests?since=soon", "auditor").status_code == 400


@pytest.mark.parametrize("as_", ["auditor", "acme owner", "of the workflow"])
def test_the_page_of_a_workflow_adds_up_its_traffic(seen: WebDesk, as_: str) -> None:
    told = " ".join(text_of(seen.get(f"/workflows/{ACME}", as_)).replace("\u00a0", " ").split())
    assert "9 requests in the last 7 days for USD 0.0094: 1 was refused, the end of 1 is not known" in told
    assert told.count("Its requests") == 1


def test_who_may_not_read_traffic_sees_none_of_it_on_the_page_of_a_workflow(seen: WebDesk) -> None:
    for as_ in ("reviewer", "acme reviewer"):
        page = seen.get(f"/workflows/{ACME}", as_)
        assert (page.status_code, "Its requests" in page.text) == (200, False), as_


def test_a_workflow_that_asks_no_models_says_nothing_of_traffic(desk: WebDesk, house: House) -> None:
    house.define()
    assert "Its requests" not in desk.get("/workflows/triage", "auditor").text
    house.define(replace(DEFINITION, traffic=TrafficPlan(models=("small",))))
    for as_, said in (("auditor", True), ("reviewer", False)):
        page = desk.get("/workflows/triage", as_).text
        assert ("Nothing passed the gateway in the last 7 days" in page) is said, as_


def test_strangers_are_counted(seen: WebDesk) -> None:
    title = title_of(seen.get("/gateway/ungoverned", "auditor"))
    assert title == "Callers whom nobody knows sent 44 requests in the last 7 days, out of 2 networks; none went on"
    assert [one["requests"] for one in rows(seen, "/gateway/ungoverned.json?network=2001", "auditor")] == [3]


def test_what_is_called_without_being_in_the_inventory_is_named(desk: WebDesk, house: House, tmp_path: Path) -> None:
    fill(house)
    page = desk.get("/gateway/inventory", "auditor")
    assert title_of(page) == "No inventory of interfaces and tools is on record"
    assert "interlock api audit FILES --record" in text_of(page)
    _record(house, tmp_path, "delete_ticket")
    page = desk.get("/gateway/inventory", "auditor")
    assert title_of(page) == "1 of 1 operation is of high risk; 1 tool called and not in it"
    assert "desk/close_ticket 3" in " ".join(text_of(page).split())
    _record(house, tmp_path, "close_ticket")
    assert title_of(desk.get("/gateway/inventory", "auditor")) == "0 of 1 operation are of high risk"
    listed = rows(desk, "/gateway/inventory.json?tier=medium", "auditor")
    assert [(one["operation"], one["authority"]) for one in listed] == [("close_ticket", "review")]


def _record(house: House, folder: Path, name: str) -> None:
    operations = tuple(audited(folder, [tool(name)]).values())
    record_inventory(house.store, operations, source="tools.json", rules_version=1, unread=0, by=ANA, clock=house.clock)


def test_an_empty_store_says_what_to_do(desk: WebDesk) -> None:
    assert title_of(desk.get("/gateway")) == "Nothing passed the gateway in the last 7 days"
    assert "interlock gateway apply -f gateway.yaml" in text_of(desk.get("/gateway"))
    assert "No limit is in force here" in text_of(desk.get("/gateway"))
    assert title_of(desk.get("/gateway/requests")) == "No request is on record that fits"
    assert title_of(desk.get("/gateway/ungoverned")) == "No caller was unknown in the last 7 days"


def test_the_operations_say_the_same_to_programs(house: House) -> None:
    limited = TrafficPlan(models=("small",), limits=(TrafficLimit(Of.WORKFLOW, Unit.REQUESTS, Per.DAY, 70),))
    fill(house)
    for name in (ACME, GLOBEX):
        house.define(replace(DEFINITION, name=name, traffic=limited))
    with token_desk(house, {"Dev Rao": "auditor", "Abe Acme": "auditor@tenant/acme", "Amy": "reviewer"}) as api:
        _operations(api)


def _operations(api: TokenDesk) -> None:
    assert len(api.get("/gateway/traffic", "Dev Rao").json()["requests"]) == 27
    first = api.get("/gateway/traffic", "Abe Acme", limit=5).json()
    assert [one["id"] for one in first["requests"]] == [f"req-tri-{number}" for number in range(5)]
    further = first["further"]
    rest = api.get("/gateway/traffic", "Abe Acme", limit=5, after_at=further["at"], after_id=further["id"]).json()
    assert ([one["id"][-1] for one in rest["requests"]], rest["further"]) == (list("5678"), None)
    assert api.get("/gateway/traffic/req-tri-4", "Abe Acme").json()["refused"] == "injection"
    by_rule = api.get("/gateway/traffic", "Abe Acme", rule="injection").json()["requests"]
    assert [one["id"] for one in by_rule] == ["req-tri-4"]
    for id_ in ("req-glo-0", "req-own-0", "no-such"):
        assert api.get(f"/gateway/traffic/{id_}", "Abe Acme").status_code == 404, id_
    found = api.get("/gateway/overview", "Abe Acme", by="model", days=400).json()
    assert (found["total"]["requests"], found["rules"], found["looked"]) == (9, [["injection", 1]], 9)
    assert api.get("/gateway/overview", "Dev Rao", days=400).json()["total"]["requests"] == 27
    assert api.get("/gateway/inventory", "Dev Rao", days=400).json() == {
        "inventory": None, "unknown": [{"tool": "desk/close_ticket", "calls": 3}],
    }  # fmt: skip
    assert [one["requests"] for one in api.get("/gateway/ungoverned", "Dev Rao", days=400).json()] == [41, 3]
    uses = {who: api.get("/gateway/limits", who).json() for who in ("Dev Rao", "Abe Acme")}
    assert [(one["name"], one["used"], one["most"]) for one in uses["Dev Rao"]] == [(GLOBEX, 0, 70), (ACME, 0, 70)]
    assert [one["name"] for one in uses["Abe Acme"]] == [ACME]
    assert api.get("/gateway/shadow", "Abe Acme", days=400).json()["looked"] == 9
    for path in ("traffic", "overview", "ungoverned", "inventory", "limits", "shadow"):
        assert api.get(f"/gateway/{path}", "Amy").status_code == 403, path
    for path in ("ungoverned", "inventory"):
        assert api.get(f"/gateway/{path}", "Abe Acme").status_code == 403, path
