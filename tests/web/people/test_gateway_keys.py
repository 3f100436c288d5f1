"""Gateway keys as a page and as operations: who may make them, who may end them, and that each is shown once."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from governed import DEFINITION, House
from interlock.engine.timestamp import stamp
from interlock.flows.access.tenants import assign_tenant
from interlock.flows.gateway.access.bars import barred
from interlock.flows.gateway.access.keys import WantedKey, create_key, keys
from interlock.flows.gateway.access.used import LOOKED_MAX
from interlock.flows.gateway.evidence.rows import kept_row, row_of
from interlock.terms.person import Person
from made_traffic import accepted, outcome
from token_desk import TokenDesk, token_desk
from web_desk import PEOPLE, WebDesk, text_of, title_of, web_desk

PAGE = "/settings/gateway-keys"
OTHERS = "globex-mail"
OWNERS = {**PEOPLE, "acme owner": ("Ada Acme", ("value-owner@tenant/acme",))}
CREATES = ("leader", "value owner", "safety owner")
ENDS = (*CREATES, "operator", "administrator")
READS = (*ENDS, "auditor")


def _house(house: House) -> None:
    house.define()
    house.define(replace(DEFINITION, name=OTHERS))
    assign_tenant(house.store, "triage", "acme", by=Person("Eli Sand"), clock=house.clock)
    assign_tenant(house.store, OTHERS, "globex", by=Person("Eli Sand"), clock=house.clock)
    _key(house, "theirs", OTHERS)


def _key(house: House, name: str, workflow: str = "triage", client: str = "") -> None:
    wanted = WantedKey(name, workflow, client)
    create_key(
        house.store, wanted, by=Person("Ana Ruiz"), clock=house.clock, randomness=lambda n: name.encode().ljust(n)
    )


def _names(house: House) -> dict[str, bool]:
    with house.store.reading() as reading:
        return {row.name: row.revoked_at is None for row in keys(reading)}


@pytest.fixture
def desk(house: House) -> Iterator[WebDesk]:
    _house(house)
    with web_desk(house.rt, OWNERS) as made:
        yield made


def test_who_answers_for_a_workflow_makes_keys_and_who_stops_things_ends_them(desk: WebDesk, house: House) -> None:
    for number, kind in enumerate(OWNERS):
        made = desk.post(PAGE, {"name": f"desk-{number}", "workflow": "triage"}, kind)
        may_make = kind in (*CREATES, "acme owner")
        assert (made.status_code == 200) is may_make, kind
        if may_make:
            assert text_of(made).count("interlock_gw_") == 1
    live = _names(house)
    assert len(live) == 1 + len(CREATES) + 1
    for kind in OWNERS:
        _key(house, f"of {kind}")
        ended = desk.post(f"{PAGE}/revoke", {"name": f"of {kind}"}, kind)
        assert (ended.status_code == 303) is (kind in (*ENDS, "acme owner")), kind
        assert _names(house)[f"of {kind}"] is (kind not in (*ENDS, "acme owner"))
        assert (desk.get(PAGE, kind).status_code == 200) is (kind in (*READS, "acme owner", "acme auditor")), kind
    assert desk.post(PAGE, {"name": "forged", "workflow": "triage"}, "leader", forged=True).status_code == 403
    _key(house, "stays")
    assert desk.post(f"{PAGE}/revoke", {"name": "stays"}, "leader", forged=True).status_code == 403
    assert desk.post(f"{PAGE}/revoke", {"name": ""}, "leader").status_code == 404
    assert _names(house)["stays"]


def test_a_tenant_neither_sees_nor_touches_anothers(desk: WebDesk, house: House) -> None:
    _key(house, "ours")
    page = desk.get(PAGE, "acme owner")
    assert "ours" in page.text
    assert "theirs" not in page.text
    assert OTHERS not in page.text
    assert [row["name"] for row in desk.get(f"{PAGE}.json", "acme owner").json()["rows"]] == ["ours"]
    assert desk.post(f"{PAGE}/revoke", {"name": "theirs"}, "acme owner").status_code == 404
    for form in ({"workflow": OTHERS}, {"workflow": OTHERS, "tenant": "acme"}):
        assert desk.post(PAGE, {"name": "x", **form}, "acme owner").status_code in {403, 404}
    unknown = desk.post(PAGE, {"name": "x", "workflow": "nothing", "tenant": "acme"}, "acme owner")
    assert OTHERS not in unknown.text
    assert desk.post(f"{PAGE}/bar", {"barred": "theirs", "reason": "x"}, "acme owner").status_code == 403
    assert _names(house) == {"theirs": True, "ours": True}


def test_a_key_from_before_a_workflow_was_given_away_is_ended_by_whose_it_is_now(desk: WebDesk, house: House) -> None:
    house.define(replace(DEFINITION, name="shared"))
    _key(house, "early", "shared")
    assert desk.post(f"{PAGE}/revoke", {"name": "early"}, "acme owner").status_code == 404
    assign_tenant(house.store, "shared", "acme", by=Person("Eli Sand"), clock=house.clock)
    assert "early" in desk.get(PAGE, "acme owner").text
    assert desk.post(f"{PAGE}/revoke", {"name": "early"}, "acme owner").status_code == 303


def test_the_form_says_what_is_wrong_and_the_key_is_shown_once(desk: WebDesk, house: House) -> None:
    for wrong, words in (
        ({"name": ""}, "Name the key"),
        ({"days": "0"}, "Write a whole number"),
        ({"days": "9999999999"}, "Write a whole number"),
        ({"networks": "10.0.0.1/8"}, "is no network"),
        ({"limits": "5 euro a day"}, "is no limit"),
        ({"tenant": "globex"}, "not the tenant globex's"),
        ({"client": "a@b"}, "without '@'"),
        ({"name": "theirs"}, "was used before"),
    ):
        answer = desk.post(PAGE, {"name": "desk", "workflow": "triage", **wrong}, "leader")
        assert (answer.status_code, words in text_of(answer)) == (400, True), text_of(answer)
    form = {"name": "desk", "workflow": "triage", "days": "90", "networks": "10.0.0.0/8", "limits": "5.5 usd a day\n"}
    answer = desk.post(PAGE, form, "leader")
    assert title_of(answer) == "The gateway key desk was made"
    never = "2 applications may use the gateway; 2 of them never asked anything"
    assert title_of(desk.get(PAGE, "leader")) == never
    (row,) = (one for one in desk.get(f"{PAGE}.json", "leader").json()["rows"] if one["name"] == "desk")
    assert (row["networks"], row["limits"], row["state"]) == (["10.0.0.0/8"], ["5.50 usd a day"], "live")
    key = answer.text.partition('<pre id="secret">')[2].partition("</pre>")[0]
    assert key.startswith(row["begins"])
    assert key[len(row["begins"]) :] not in text_of(desk.get(PAGE, "leader")).replace(" ", "")


def test_a_client_is_shut_out_and_let_in_again(desk: WebDesk, house: House) -> None:
    assert "Say why" in text_of(desk.post(f"{PAGE}/bar", {"barred": "desk@id.example", "reason": ""}, "operator"))
    shut = {"barred": "desk@id.example", "reason": "stolen"}
    assert desk.post(f"{PAGE}/bar", shut, "operator").status_code == 303
    assert "barred already" in text_of(desk.post(f"{PAGE}/bar", shut, "administrator"))
    page = desk.get(PAGE, "leader")
    assert "stolen" in page.text
    again = {"admitted": "desk@id.example", "again": "found"}
    for kind in ("operator", "acme owner"):  # who stops does not let in, nor who may in one tenant only
        assert desk.post(f"{PAGE}/admit", again, kind).status_code == 403, kind
    assert desk.post(f"{PAGE}/admit", again, "leader").status_code == 303
    with house.store.reading() as reading:
        assert barred(reading) == ()


def _ask(house: House, client: str, workflow: str = "triage", *, key: str | None = None, id_: str = "q") -> str:
    at = stamp(house.clock())
    row = row_of(accepted(id_, at, workflow, None, client=client, key=key), outcome(id_, at), "authored-0003")
    with house.store.transaction() as tx:
        tx.load_traffic([kept_row(row)])
    return at


def test_a_key_shows_when_it_was_last_used(desk: WebDesk, house: House) -> None:
    _key(house, "ours")
    _key(house, "silent")
    at = _ask(house, "ours")
    _ask(house, "silent", OTHERS, id_="r")  # of that name, and by the authority of another workflow
    listed = {row["name"]: row["last_used_at"] for row in desk.get(f"{PAGE}.json", "leader").json()["rows"]}
    assert listed == {"theirs": None, "ours": at, "silent": None}
    page = desk.get(PAGE, "leader")
    assert title_of(page) == "3 applications may use the gateway; 2 of them never asked anything"
    told = " ".join(text_of(page).split())
    for words in ("ours: ours, last used 2 March 2026", "silent: silent, never used", "Choose a key"):
        assert words in told, words


def test_the_keys_of_one_application_are_told_apart(desk: WebDesk, house: House) -> None:
    for name in ("first", "second"):
        _key(house, name, client="shop")
    once = _ask(house, "shop", key="first", id_="a")
    at = _ask(house, "shop", key="second", id_="b")
    listed = {row["name"]: row["last_used_at"] for row in desk.get(f"{PAGE}.json", "leader").json()["rows"]}
    assert listed == {"theirs": None, "first": once, "second": at}
    for number in range(LOOKED_MAX):
        _ask(house, "shop", key="second", id_=f"c{number}")
    listed = {row["name"]: row["last_used_at"] for row in desk.get(f"{PAGE}.json", "leader").json()["rows"]}
    assert listed["first"] is None
    assert "first: shop, not in the newest 100 requests of its application" in text_of(desk.get(PAGE, "leader"))


@pytest.fixture
def api(tmp_path: Path) -> Iterator[TokenDesk]:
    house = House(tmp_path)
    _house(house)
    roles = {"Lena Vogt": "leader", "Olga Petrov": "operator", "Ada Acme": "value-owner@tenant/acme", "desk": "runtime"}
    with token_desk(house, roles) as made:
        yield made


def test_operations_do_what_the_page_does(api: TokenDesk) -> None:
    wanted = {"name": "desk", "workflow": "triage", "days": 90, "limits": ["1000 requests a minute"]}
    made = api.post("/gateway/keys", wanted, "Lena Vogt")
    assert (made.status_code, made.json()["key"][:13]) == (200, "interlock_gw_")
    assert api.post("/gateway/keys", {**wanted, "name": "ada's"}, "Ada Acme").status_code == 200
    assert api.post("/gateway/keys", {**wanted, "name": "x"}, "Olga Petrov").status_code == 403
    assert api.post("/gateway/keys", wanted, "desk").status_code == 403
    for tenant in (None, "acme"):
        refused = api.post("/gateway/keys", {**wanted, "name": "x", "workflow": OTHERS, "tenant": tenant}, "Ada Acme")
        assert (refused.status_code, "globex" in refused.text.replace(OTHERS, "")) == (404, False)
    wrong = api.post("/gateway/keys", {**wanted, "name": "x", "limits": ["much"]}, "Lena Vogt")
    assert (wrong.status_code, "is no limit" in wrong.text) == (400, True), wrong.text
    assert {row["name"] for row in api.get("/gateway/keys", "Lena Vogt").json()} == {"theirs", "desk", "ada's"}
    assert {row["name"] for row in api.get("/gateway/keys", "Ada Acme").json()} == {"desk", "ada's"}
    assert {row["last_used_at"] for row in api.get("/gateway/keys", "Lena Vogt").json()} == {None}
    assert made.json()["key"] not in api.get("/gateway/keys", "Lena Vogt").text
    assert api.post("/gateway/keys/theirs/revoke", {}, "Ada Acme").status_code == 404
    assert api.post("/gateway/keys/desk/revoke", {}, "Olga Petrov").json() == {"name": "desk", "revoked": True}
    shut = {"client": "desk", "reason": "stolen"}
    assert api.post("/gateway/bar", shut, "Ada Acme").status_code == 403
    assert api.post("/gateway/bar", shut, "Olga Petrov").json() == {"client": "desk", "barred": True}
    assert [one["name"] for one in api.get("/gateway/barred", "Lena Vogt").json()] == ["desk"]
    assert api.post("/gateway/admit", shut, "Olga Petrov").status_code == 403
    assert api.post("/gateway/admit", shut, "Lena Vogt").json() == {"client": "desk", "barred": False}
