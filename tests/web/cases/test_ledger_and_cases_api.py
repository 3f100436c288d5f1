"""What the pages of the ledger and of cases do, over HTTP: permissions, reach, problems in words."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from api_desk import Api, served
from governed import BEN, DEFINITION, NAME, House
from interlock.flows.access.tenants import assign_tenant
from interlock.flows.action.undo import undo
from interlock.flows.ledger.content import keep_text
from interlock.flows.ledger.prove import check_proof
from interlock.flows.ledger.verify import verify_export
from interlock.flows.review.decide import close_review

ROLES = {
    "Dev": "auditor",
    "Ben": "safety-owner",
    "Olga": "operator",
    "Noa": "reviewer",
    "Abe": "auditor@tenant/acme",
    "Wim": f"auditor@workflow/{NAME}",
    "shop": "runtime",
}
HOSTILE = 'a/b?c="1"&<b>\u202e\U0001f6d1'


@dataclass
class ApiDesk:
    """Asked as somebody of ROLES; None: without a token."""

    api: Api

    def get(self, path: str, as_: str | None, **query: Any) -> Any:
        if as_ is None:
            return self.api.client.get(f"/v1{path}")
        return self.api.get(path, ROLES[as_], **query)

    def post(self, path: str, body: dict[str, Any], as_: str) -> Any:
        return self.api.post(path, body, ROLES[as_])

    def name(self, as_: str) -> str:
        """The name of their token."""
        return f"Person {list(self.api.tokens).index(ROLES[as_])}"


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiDesk]:
    house = House(Path(tmp_path_factory.mktemp("api")))
    house.live()
    with house.store.transaction() as tx:
        digest = keep_text(tx, "plain", "I am Jane Doe", at="2026-03-02T09:00:00.000000Z")
    house.act(replace(house.proposal(key="plain"), payload_digest=digest))
    house.act(house.proposal(key="undone"))
    undo(house.rt, house.desk, "undone", by=BEN)
    close_review(house.store, NAME, "undone", "audit", label="billing", by=BEN, clock=house.clock)
    house.act(replace(house.proposal(key=HOSTILE), tenant="acme"))
    house.define(replace(DEFINITION, name="returns"))
    assign_tenant(house.store, "returns", "acme", by=BEN, clock=house.clock)
    with served(house) as made:
        yield ApiDesk(made)
    house.store.close()


def entries(api: ApiDesk, as_: str = "Dev", **query: Any) -> list[Any]:
    answer = api.get("/ledger/entries", as_, **query)
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.json()["entries"]
    return found


def test_entries_are_found_page_by_page_and_each_is_proved(api: ApiDesk) -> None:
    newest = api.get("/ledger/entries", "Dev", limit=3).json()
    rest = entries(api, before=newest["further"], limit=1000)
    numbers = [one["entry"] for one in (*newest["entries"], *rest)]
    assert numbers == list(range(numbers[0], -1, -1))
    granted = entries(api, kind="grant.given")[0]
    one = api.get(f"/ledger/entries/{granted['entry']}", "Dev").json()
    assert (one["intact"], one["holds"], one["what"][:8]) == (True, True, "Ana Ruiz")
    assert check_proof(one["proof"])
    assert one["proof"]["record"] == one["record"]
    handed = api.get("/ledger/proofs/inclusion", "Dev", entry=granted["entry"]).json()
    assert (handed["record"], check_proof(handed)) == (one["record"], True)
    grown = api.get("/ledger/proofs/consistency", "Dev", old_entries=granted["entry"]).json()
    assert (grown["old_entries"], check_proof(grown)) == (granted["entry"], True)
    assert api.get("/ledger/proofs/inclusion", "Dev", entry=10**6).status_code == 400


def test_what_lies_out_of_reach_does_not_exist(api: ApiDesk) -> None:
    assert {(one["workflow"], *one["cases"]) for one in entries(api, "Abe", limit=1000)} == {
        ("returns",),
        (NAME, HOSTILE),
    }
    assert {one["workflow"] for one in entries(api, "Wim", limit=1000)} == {NAME}
    granted = entries(api, kind="grant.given")[0]["entry"]
    there = api.get("/ledger/entries/999999", "Dev").json()["detail"].replace("999999", str(granted))
    hidden = api.get(f"/ledger/entries/{granted}", "Abe")
    assert (hidden.status_code, hidden.json()["detail"]) == (404, there)
    assert api.get("/cases", "Abe").json()["cases"][0]["key"] == HOSTILE
    for path in ("/cases/why", "/cases/replay"):
        assert api.get(path, "Abe", key="plain").status_code == api.get(path, "Abe", key="no such").status_code == 404
    digest = entries(api, kind="evidence.recorded")[0]["body"]["digest"]
    assert [api.get(f"/ledger/evidence/{digest}", as_).status_code for as_ in ("Dev", "Wim", "Abe")] == [200, 200, 404]
    assert api.get("/ledger/evidence/zz", "Dev").status_code == 404


def test_the_whole_is_for_who_may_read_the_whole(api: ApiDesk) -> None:
    for as_ in ("Abe", "Wim", "Noa", "shop"):
        assert api.get("/ledger/verification", as_).status_code == 403
        assert api.post("/ledger/verification", {}, as_).status_code == 403
        assert api.post("/ledger/export", {}, as_).status_code == 403
    assert api.get("/ledger/entries", "Noa").status_code == 403
    assert api.get("/ledger/entries", None).status_code == 401
    lines = api.post("/ledger/export", {}, "Dev").content.splitlines(keepends=True)
    assert verify_export(lines).holds
    assert entries(api, kind="ledger.exported")[0]["who"] == api.name("Dev")
    begun = api.post("/ledger/verification", {}, "Dev").json()["verification"]
    assert begun["by"] == api.name("Dev")
    while (found := api.get("/ledger/verification", "Dev").json()["verification"])["ended_at"] is None:
        pass
    assert found["holds"] is True
    assert api.post("/ledger/verification", {"checkpoint": "none"}, "Dev").status_code == 400


def test_a_case_is_explained_and_decided_again(api: ApiDesk) -> None:
    why = api.get("/cases/why", "Dev", key="plain").json()
    assert why["trace"]["answer"].startswith("It was applied under a grant")
    assert (why["case"]["verb"], why["keeps_content"], why["can_be_undone"]) == ("apply", True, True)
    assert "Jane Doe" not in str(why)
    assert api.get("/cases/replay", "Dev", key="plain").json()["same"] is True
    assert api.get("/cases/why", "Noa", key="plain").status_code == 403, "a blind look that may be Noa's is open"
    assert "waits for a blind look" in api.get("/cases/replay", "Noa", key="plain").json()["detail"]


def test_content_is_handed_over_on_record_only(api: ApiDesk) -> None:
    assert api.post("/cases/content", {"key": "plain"}, "shop").status_code == 403
    assert api.post("/cases/content", {"key": "plain"}, "Abe").status_code == 404
    assert entries(api, kind="content.shown") == []
    assert api.post("/cases/content", {"key": "plain"}, "Olga").json()["content"]["text"] == "I am Jane Doe"
    shown = entries(api, kind="content.shown")
    assert [(one["who"], one["body"]["page"], one["cases"]) for one in shown] == [(api.name("Olga"), "api", ["plain"])]
    assert api.get("/cases/why", "Dev", key="plain").json()["seen"][0]["by"] == api.name("Olga")


def test_content_is_erased_and_an_undo_asked_for_by_who_may(api: ApiDesk) -> None:
    told = {"key": "plain", "reason": "asked for"}
    assert [api.post(path, told, "Dev").status_code for path in ("/cases/erase", "/cases/ask-undo")] == [403, 403]
    assert api.post("/cases/erase", {"key": "plain"}, "Ben").status_code == 400
    needed = api.post("/cases/erase", told, "Ben")
    assert (needed.status_code, "it waits for a person" in needed.json()["detail"]) == (400, True)
    assert api.post("/cases/erase", {**told, "key": "undone"}, "Ben").json()["cases"] == 1
    assert api.post("/cases/ask-undo", told, "Olga").json()["kind"] == "undo"
    assert api.post("/cases/ask-undo", told, "Olga").status_code == 400
    assert entries(api, kind="review.opened")[0]["body"]["by"] == api.name("Olga")


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/ledger/entries", {"since": "soon"}),
        ("/ledger/entries", {"before": -1}),
        ("/ledger/entries", {"limit": 10_000}),
        ("/ledger/entries", {"person": "x" * 5_000}),
        ("/cases", {"until": "2026-99-01"}),
        ("/cases/why", {"key": ""}),
        ("/cases/why", {"key": "x" * 5_000}),
        ("/cases/why", {}),
    ],
)
def test_bad_questions_are_problems_in_words(api: ApiDesk, path: str, query: dict[str, Any]) -> None:
    answer = api.get(path, "Dev", **query)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert answer.json()["detail"]
