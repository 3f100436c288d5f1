"""Documents that a server makes: one after the other, for whoever asked and nobody else, cut to what they may see."""

import datetime as dt
import hashlib
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from governed import ANA, BEN, DEFINITION, NAME, House
from interlock.adapters.reports.briefings.forms import written
from interlock.flows.portfolio.read import read_portfolio
from interlock.flows.reporting.made import MADE, Sources
from interlock.flows.reporting.making import KEPT, WAITING_MAX, WAITING_OF_ONE_MAX, Makings
from interlock.terms.access import EVERYWHERE, Scope
from interlock.terms.briefing import Briefing
from interlock.terms.document import Asked, Document, Form, Making
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.person import Person
from interlock.terms.portfolio import Portfolio

ALL = (EVERYWHERE,)
ACME = (Scope(tenant="acme"),)
MONTHLY = Asked("monthly")
Write = Callable[[Briefing, str], bytes]


def makings(house: House, write: Write = written) -> Makings:
    def portfolio() -> Portfolio:
        with house.store.reading() as reading:
            return read_portfolio(reading, house.now)

    tenants = {NAME: "acme"}
    return Makings(
        Sources(house.store, house.clock, portfolio, tenants.get, (), lambda: (), write), house.rt.randomness
    )


@pytest.fixture
def desk(house: House) -> House:
    house.define()
    house.define(replace(DEFINITION, name="billing"))
    return house


def found(made: Makings, document: Document, by: Person = ANA) -> Document:
    now = made.find(document.id, by=by, reach=ALL)
    assert now is not None
    return now


def test_a_document_is_made_recorded_and_kept_for_an_hour(desk: House) -> None:
    made = makings(desk)
    asked = made.ask(MONTHLY, (Form.MARKDOWN,), by=ANA, reach=ALL)
    assert (asked.making, made.find(asked.id, by=ANA, reach=ALL)) == (Making.WAITING, asked)
    assert (made.work(), made.work()) == (True, False)
    ready = found(made, asked)
    assert (ready.making, set(ready.forms), ready.failed) == (Making.READY, {Form.JSON, Form.HTML, Form.MARKDOWN}, {})
    assert ready.title.encode() in ready.forms[Form.JSON]
    with desk.store.reading() as reading:
        (entry,) = reading.entries_of(MADE)
    assert (ready.entry, entry.body["report"], entry.body["reach"], entry.body["by"]) == (
        entry.index, "monthly", "*", ANA.name,
    )  # fmt: skip
    assert entry.body["digest"] == f"sha256:{hashlib.sha256(ready.forms[Form.JSON]).hexdigest()}"
    desk.now += KEPT
    made.work()
    assert made.find(asked.id, by=ANA, reach=ALL) is None


def test_nobody_else_finds_it_nor_who_may_no_longer_see_all_of_it(desk: House) -> None:
    made = makings(desk)
    asked = made.ask(MONTHLY, (), by=ANA, reach=ALL)
    assert made.find(asked.id, by=BEN, reach=ALL) is None
    assert made.find(asked.id, by=ANA, reach=ACME) is None
    assert made.find(asked.id[:-1], by=ANA, reach=ALL) is None
    assert (made.of(ANA), made.of(BEN)) == ((asked,), ())


def test_it_holds_the_workflows_of_its_reader_and_no_other(desk: House) -> None:
    made = makings(desk)
    asked = made.ask(MONTHLY, (), by=ANA, reach=ACME)
    made.work()
    ready = made.find(asked.id, by=ANA, reach=ACME)
    assert ready is not None
    assert (NAME.encode() in ready.forms[Form.JSON], b"billing" in ready.forms[Form.JSON]) == (True, False)
    one = made.ask(Asked("concept", "billing"), (), by=ANA, reach=ACME)
    made.work()
    failed = made.find(one.id, by=ANA, reach=ACME)
    assert failed is not None
    assert (failed.making, failed.fault) == (Making.FAILED, "there is no workflow 'billing'; known: triage")


def test_a_form_that_cannot_be_written_leaves_the_others(desk: House) -> None:
    def write(briefing: Briefing, ending: str) -> bytes:
        if ending == ".pdf":
            raise Unavailable("a PDF needs Pango")
        return written(briefing, ending)

    made = makings(desk, write)
    asked = made.ask(MONTHLY, (Form.PDF, Form.MARKDOWN), by=ANA, reach=ALL)
    made.work()
    ready = found(made, asked)
    assert (ready.making, ready.failed) == (Making.READY, {Form.PDF: "a PDF needs Pango"})
    assert set(ready.forms) == {Form.JSON, Form.HTML, Form.MARKDOWN}


def test_another_form_is_of_the_same_document(desk: House) -> None:
    made = makings(desk)
    asked = made.ask(MONTHLY, (), by=ANA, reach=ALL)
    made.work()
    first = found(made, asked)
    desk.now += dt.timedelta(minutes=10)
    desk.define(replace(DEFINITION, name="later"))
    assert made.also(first, Form.MARKDOWN).making is Making.WAITING
    made.work()
    ready = found(made, asked)
    assert ready.forms[Form.JSON] == first.forms[Form.JSON]
    assert (b"later" in ready.forms[Form.MARKDOWN], ready.entry) == (False, first.entry)


def test_a_form_that_is_asked_for_while_the_document_is_made_is_made_too(desk: House) -> None:
    asked_for = threading.Event()

    def write(briefing: Briefing, ending: str) -> bytes:
        if ending == ".html" and not asked_for.is_set():
            asked_for.set()
            made.also(found(made, asked), Form.MARKDOWN)
        return written(briefing, ending)

    made = makings(desk, write)
    asked = made.ask(MONTHLY, (), by=ANA, reach=ALL)
    made.work()
    assert (Form.MARKDOWN in found(made, asked).forms, found(made, asked).making) == (True, Making.READY)


def test_a_fault_of_the_program_is_told_and_the_next_document_is_made(desk: House) -> None:
    def write(briefing: Briefing, ending: str) -> bytes:
        if ending == ".pptx":
            raise ZeroDivisionError
        return written(briefing, ending)

    made = makings(desk, write)
    one = made.ask(MONTHLY, (Form.SLIDES,), by=ANA, reach=ALL)
    other = made.ask(MONTHLY, (), by=ANA, reach=ALL)
    assert (made.before(one), made.before(other)) == (0, 1)
    with pytest.raises(ZeroDivisionError):
        made.work()
    assert found(made, one).fault == "the server failed at it; its log says why"
    made.work()
    assert found(made, other).making is Making.READY


def test_the_queue_has_an_end_for_one_and_for_all(desk: House) -> None:
    made = makings(desk)
    for _ in range(WAITING_OF_ONE_MAX):
        made.ask(MONTHLY, (), by=ANA, reach=ALL)
    with pytest.raises(Unavailable, match="documents of yours wait"):
        made.ask(MONTHLY, (), by=ANA, reach=ALL)
    for number in range(WAITING_MAX - WAITING_OF_ONE_MAX):
        made.ask(MONTHLY, (), by=Person(f"person {number}"), reach=ALL)
    with pytest.raises(Unavailable, match="documents wait to be made"):
        made.ask(MONTHLY, (), by=BEN, reach=ALL)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (Asked("weekly"), "there is no report 'weekly'; known: monthly"),
        (Asked("monthly", "triage"), "is about all workflows"),
        (Asked("monthly", frameworks=("x",)), "is about no framework"),
        (Asked("crosswalk", frameworks=("x",)), "there is no framework 'x'"),
    ],
)
def test_what_cannot_be_meant_is_told_before_it_waits(desk: House, asked: Asked, said: str) -> None:
    made = makings(desk)
    with pytest.raises(BadInput, match=said):
        made.ask(asked, (), by=ANA, reach=ALL)
    assert made.of(ANA) == ()
