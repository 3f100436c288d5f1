"""Schedules in pages: set, tested, ended; addresses are shown to nobody; somebody else's reach is not there."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

from governed import DEFINITION, House
from interlock.adapters.reports.briefings.forms import written
from interlock.flows.portfolio.kept import KeptPortfolio
from interlock.flows.reporting.making import Makings
from interlock.flows.reporting.schedules import schedules
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.schedule import Destination, Parcel, Schedule
from interlock.wiring.documents import sources_over
from web_desk import PEOPLE, Given, WebDesk, text_of, title_of, web_desk

MAIL = "mailto://ann:secret@mail.example.com"
GOOD: dict[str, str | list[str]] = {
    "report": "monthly", "every": "week", "weekday": "mon", "time": "08:00", "forms": [".md"], "addresses": MAIL,
}  # fmt: skip
ACME = {"acme leader": ("Amy Acme", ("leader@tenant/acme",))}


@dataclass
class Post:
    taken: list[Parcel] = field(default_factory=list)
    closed: bool = False

    def known(self, address: str) -> Destination:
        if not address.startswith("mailto://"):
            raise BadInput("<b>this</b> is no address of a destination")
        return Destination("e-mail", address.rpartition("@")[2])

    def send(self, _: str, parcel: Parcel) -> None:
        if self.closed:
            raise Unavailable("it answered 503")
        self.taken.append(parcel)


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def desk(house: House, post: Post) -> Iterator[WebDesk]:
    for name in ("billing", "triage"):
        house.define(replace(DEFINITION, name=name))
    board, tenants = KeptPortfolio(house.store, house.clock), Given({"billing": "acme"})
    documents = Makings(sources_over(house.rt, board.portfolio, tenants.of, (), written), house.rt.randomness)
    more = {"board": board, "tenants": tenants, "documents": documents, "messenger": post}
    with web_desk(house.rt, {**PEOPLE, **ACME}, **more) as made:
        yield made


def kept(house: House) -> tuple[Schedule, ...]:
    with house.store.reading() as reading:
        return schedules(reading)


def test_a_schedule_is_set_tested_and_ended(desk: WebDesk, house: House, post: Post) -> None:
    page = desk.followed("/reports/schedules/new", GOOD)
    assert title_of(page) == "Nothing sent yet: Monthly update"
    assert ("each Monday at 08:00 (UTC)" in text_of(page), "secret" in page.text) == (True, False)
    (one,) = kept(house)
    assert (one.by, one.authenticated, str(one.reach[0])) == ("Lena Vogt", True, "*")
    tested = desk.followed(f"/reports/schedules/{one.id}/test", {})
    assert "A test is sent within a minute" in text_of(tested)
    assert desk.site.sendings.go() == ()
    assert post.taken[0].title.startswith("Test: Monthly update")
    assert "Sent" in text_of(desk.get(f"/reports/schedules/{one.id}"))
    ended = desk.followed(f"/reports/schedules/{one.id}/end", {})
    assert "its addresses are erased" in text_of(ended)
    assert desk.post(f"/reports/schedules/{one.id}/end", {}).status_code == 400
    assert desk.post(f"/reports/schedules/{one.id}/test", {}).status_code == 400
    assert title_of(desk.get("/reports/schedules")) == "No document is sent by itself"


def test_what_did_not_arrive_is_in_the_title(desk: WebDesk, house: House, post: Post) -> None:
    desk.followed("/reports/schedules/new", GOOD)
    post.closed = True
    house.now = house.now.replace(day=9, hour=8)
    assert len(desk.site.sendings.go()) == 1
    page = desk.get("/reports/schedules")
    assert title_of(page) == "1 document is sent by itself; 1 did not arrive"
    assert "Is tried again 2026-03-09, e-mail mail.example.com: it answered 503" in text_of(page)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"report": "weekly"}, "choose which document"),
        ({"report": "concept", "workflow": "nobody"}, "name the workflow that it is about, one that you may see"),
        ({"time": "8 o'clock"}, "say at what time, such as 08:00"),
        ({"every": "month", "day": "9" * 5_000}, "say on which day of the month, from 1 to 31"),
        ({"addresses": " "}, "name 1 to 10 destinations"),
        ({"addresses": "x"}, "<b>this</b> is no address of a destination"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(
    desk: WebDesk, house: House, changes: dict[str, str], said: str
) -> None:
    answer = desk.post("/reports/schedules/new", {**GOOD, **changes})
    assert (answer.status_code, said in text_of(answer), "<b>this" in answer.text) == (400, True, False)
    assert 'value=".md" checked' in answer.text
    assert kept(house) == ()


def test_one_of_another_reach_is_not_there(desk: WebDesk, house: House) -> None:
    desk.followed("/reports/schedules/new", GOOD)
    desk.followed("/reports/schedules/new", {**GOOD, "report": "concept", "workflow": "billing"}, "acme leader")
    whole, acme = kept(house)
    assert (str(acme.reach[0]), acme.asked.workflow) == ("tenant/acme", "billing")
    assert desk.get(f"/reports/schedules/{whole.id}", "acme leader").status_code == 404
    assert desk.post(f"/reports/schedules/{whole.id}/end", {}, "acme leader").status_code == 404
    assert desk.post(f"/reports/schedules/{whole.id}/test", {}, "acme leader").status_code == 404
    assert whole.id not in desk.get("/reports/schedules", "acme leader").text
    assert acme.id in desk.get("/reports/schedules", "leader").text
    other = desk.post("/reports/schedules/new", {**GOOD, "report": "concept", "workflow": "triage"}, "acme leader")
    assert other.status_code == 400


@pytest.mark.parametrize("as_", ["auditor", "operator", "reviewer", "outsider"])
def test_who_may_not_is_refused_and_so_is_a_forged_form(desk: WebDesk, house: House, as_: str) -> None:
    assert desk.get("/reports/schedules", as_).status_code == 403
    assert desk.post("/reports/schedules/new", GOOD, as_).status_code == 403
    assert desk.post("/reports/schedules/new", GOOD, forged=True).status_code == 403
    assert kept(house) == ()
    if as_ == "auditor":
        assert "/reports/schedules" not in desk.get("/reports", as_).text
