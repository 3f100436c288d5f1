"""Somebody of one tenant sees functions and actions of that tenant's workflows, and can act on no other."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from governed import ANA, DEFINITION, House
from interlock.flows.standup.actions import actions, agree_action
from web_desk import PEOPLE, Given, WebDesk, text_of, title_of, web_desk

OWNER = {"acme owner": ("Amy Acme", ("value-owner@tenant/acme",))}


@pytest.fixture
def desk(house: House) -> Iterator[WebDesk]:
    for name in ("billing", "triage"):
        house.define(replace(DEFINITION, name=name))
    with web_desk(house.rt, {**PEOPLE, **OWNER}, tenants=Given({"billing": "acme"})) as made:
        yield made


def test_one_tenants_owner_sees_and_closes_what_is_theirs(desk: WebDesk, house: House) -> None:
    made = [
        agree_action(house.store, what, owner="D", due=house.now.date(), by=ANA, clock=house.clock, workflow=workflow)
        for what, workflow in (("bill it", "billing"), ("sort it", "triage"), ("write to everybody", None))
    ]
    page = text_of(desk.get("/stand-up", "acme owner"))
    assert ("bill it" in page, "sort it" in page, "write to everybody" in page) == (True, False, False)
    assert {row["what"] for row in desk.get("/stand-up/actions.json", "acme owner").json()["rows"]} == {"bill it"}
    answers = [desk.post(f"/stand-up/actions/{one.entry}", {"done": "yes"}, "acme owner").status_code for one in made]
    assert answers == [303, 404, 404]
    reads = [desk.get(f"/stand-up/actions/{one.entry}", "acme owner").status_code for one in made]
    assert reads == [200, 404, 404]
    form = {"what": "x", "owner": "y", "due": house.now.date().isoformat()}
    for workflow, said in (
        ("triage", "there is no workflow 'triage', or none that you may act on"),
        ("nothing", "there is no workflow 'nothing', or none that you may act on"),
        ("", "name the workflow that it is about: yours are some only"),  # about none: everybody's
    ):
        answer = desk.post("/stand-up/actions", {**form, "what": "kept", "workflow": workflow}, "acme owner")
        assert (answer.status_code, said in text_of(answer), 'value="kept"' in answer.text) == (400, True, True)
    assert desk.post("/stand-up/held", {"present": "Amy"}, "acme owner").status_code == 403
    assert desk.get("/stand-up/held", "acme owner").status_code == 403
    with house.store.reading() as reading:
        assert [one.closing is None for one in actions(reading)] == [False, True, True]
    assert title_of(desk.get("/stand-up", "acme owner")).startswith("1 function")
