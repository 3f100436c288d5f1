"""The page of shadow traffic: what it concludes of two models, within reach, and what it says where there is none."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

import made_traffic
from governed import DEFINITION, House
from interlock.engine.timestamp import stamp
from interlock.flows.access.tenants import assign_tenant
from interlock.flows.gateway.evidence.rows import kept_row, row_of
from interlock.ports.gateway.traffic import TrafficRow
from interlock.terms.gateway.trace import Attempt
from interlock.terms.person import Person
from web_desk import PEOPLE, WebDesk, text_of, title_of, web_desk

PATH = "/gateway/shadow"
ACME, OTHERS = "triage", "globex-mail"


def pair(
    house: House, workflow: str, number: int, *, agrees: bool | None, failed: bool = False
) -> Iterator[TrafficRow]:
    """A request, and the one that was asked in its shadow for half the money."""
    at, id_ = stamp(house.clock()), f"{workflow}-{number:03d}"
    yield row_of(made_traffic.accepted(id_, at, workflow, None), made_traffic.outcome(id_, at), "authored-0002")
    attempt = Attempt("eu", "next", "eu", 300.0, status=502 if failed else 200)
    told: dict[str, object] = {"shadow_of": id_, "shadow_agrees": agrees, "attempts": (attempt,), "cost_micro_usd": 655,
            "latency_ms": 320.0, "status": 502 if failed else 200}  # fmt: skip
    shadow = f"{id_}-shadow"
    begun = made_traffic.accepted(shadow, at, workflow, None, model="next")
    yield row_of(begun, made_traffic.outcome(shadow, at, **told), "authored-0002")


@pytest.fixture
def desk(house: House) -> Iterator[WebDesk]:
    for name, tenant in ((ACME, "acme"), (OTHERS, "globex")):
        house.define(replace(DEFINITION, name=name))
        assign_tenant(house.store, name, tenant, by=Person("Eli Sand"), clock=house.clock)
    with web_desk(house.rt, PEOPLE) as made:
        yield made


def put(house: House, workflow: str, n: int, agreed: int, *, failed: int = 0) -> None:
    found = [
        row
        for number in range(n + failed)
        for row in pair(house, workflow, number, agrees=None if number >= n else number < agreed, failed=number >= n)
    ]
    with house.store.transaction() as tx:
        tx.load_traffic([kept_row(row) for row in found])


def test_an_empty_page_says_how_to_begin(desk: WebDesk) -> None:
    for path, days in ((PATH, 7), (f"{PATH}?workflow={ACME}&days=30", 30)):
        page = desk.get(path)
        assert title_of(page) == f"No request had a shadow in the last {days} days"
        assert "traffic.shadow_model" in text_of(page)


def test_it_says_how_often_both_said_the_same_and_for_how_much_money(desk: WebDesk, house: House) -> None:
    put(house, ACME, 200, 198, failed=2)
    put(house, OTHERS, 4, 3)
    page = desk.get(PATH, "auditor")
    title = "next said the same as small in 99.0 % of 200 answers, for 50.0 % less money; 1 more compared"
    assert title_of(page).replace("\u00a0", " ") == title
    told = " ".join(text_of(page).replace("\u00a0", " ").split())
    assert "99.0 % (96.4–99.9), n 200" in told
    assert "2 of 202" in told
    assert "shadow USD 0.0006" in told
    assert [(one["workflow"], one["agreed"], one["compared"], one["tells"]) for one in desk.get(
        f"{PATH}.json", "auditor").json()["rows"]] == [(ACME, 198, 200, True), (OTHERS, 3, 4, False)]  # fmt: skip
    early = desk.get(f"{PATH}?workflow={OTHERS}", "auditor")
    assert title_of(early).replace("\u00a0", " ") == (
        "Too early to tell whether next says the same as small: 3 of 4 answers so far"
    )


def test_nobody_sees_another_tenants_models(desk: WebDesk, house: House) -> None:
    put(house, OTHERS, 4, 3)
    for path in (PATH, f"{PATH}?workflow={OTHERS}"):
        assert title_of(desk.get(path, "acme auditor")) == "No request had a shadow in the last 7 days"
    assert desk.get(f"{PATH}.json", "acme auditor").json() == {"rows": [], "n": 0}
    for kind in ("reviewer", "outsider"):
        assert desk.get(PATH, kind).status_code == 403
