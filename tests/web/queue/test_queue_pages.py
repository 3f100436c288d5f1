"""The queue as pages: what is shown to whom, one case after the other, undo, and what is refused."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest

from governed import DEFINITION, NAME, House
from interlock.terms.review import ReviewPlan, ReviewReason
from interlock.terms.workflow import Limits
from made_once import Made
from web_desk import WebDesk, text_of, title_of, web_desk

PLAN = ReviewPlan(together_max=3, reasons=(ReviewReason("harm", "it hurts"),))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A live workflow whose reviews may be decided several at once."""
    house = House(tmp_path_factory.mktemp("made"))
    house.live(replace(DEFINITION, review=PLAN, limits=Limits(always_review=("fraud", "sales"))))
    house.store.close()
    return Made(house.path, house.now, house.release)


@pytest.fixture
def queue(made: Made, tmp_path: Path) -> Iterator[House]:
    house = made.copied_to(tmp_path)
    yield house
    house.store.close()


@pytest.fixture
def desk(queue: House) -> Iterator[WebDesk]:
    with web_desk(queue.rt) as made:
        yield made


def ask(house: House, *keys: str, label: str = "fraud", text: str = "order 4711 is late", **more: str) -> None:
    for key in keys:
        with house.store.transaction() as tx:
            proposal = replace(house.proposal(key=key, label=label), **more)  # type: ignore[arg-type]
            tx.keep_payload(proposal.payload_digest, text, key=key, at="2026-03-02T09:00:00.000000Z")
        assert house.act(proposal).decision.verb == "review"


def case(key: str, kind: str = "decision", **more: str) -> dict[str, str]:
    return {"workflow": NAME, "kind": kind, "key": key, **more}


def at(key: str, kind: str = "decision", **more: str) -> str:
    return f"/queue/case?{urlencode(case(key, kind, **more))}"


def test_an_empty_queue_says_what_fills_it(desk: WebDesk) -> None:
    answer = desk.get("/queue", "reviewer")
    assert (answer.status_code, title_of(answer)) == (200, "Nothing waits for a person")
    assert "Cases come when a workflow is not sure enough" in text_of(answer)
    taken = desk.followed("/queue/next", {}, "reviewer")
    assert "Nothing waits for you." in text_of(taken)


def test_one_case_after_the_other(queue: House, desk: WebDesk) -> None:
    ask(queue, "first", "second")
    listed = desk.get("/queue", "reviewer")
    assert title_of(listed) == "2 reviews wait, none late"
    assert "4711" not in listed.text
    opened = desk.followed("/queue/next", {}, "reviewer")
    assert title_of(opened) == "Is 'fraud' right here?"
    assert "due in 23 h 5" in text_of(opened)
    assert '<mark title="order number">4711' in opened.text
    after = desk.followed("/queue/decide", case("first", label="fraud", do="decide"), "reviewer")
    assert "You decided fraud for first" in text_of(after)
    assert "The AI had answered the same." in text_of(after)
    assert title_of(after) == "Is 'fraud' right here?"
    assert 'value="second"' in after.text
    kept = [f'data-done="Carla Nunes/{NAME}/decision/first"', f'data-draft="Carla Nunes/{NAME}/decision/second"']
    assert [name in after.text for name in kept] == [True, True], "a browser keeps a draft for its own person only"
    end = desk.followed("/queue/decide", case("second", do="approve"), "reviewer")
    assert title_of(end) == "Nothing waits for a person"
    with queue.store.reading() as reading:
        assert [row.key for row in reading.approved("2026")] == ["second"]
        first = reading.review("first", "decision")
    assert first is not None
    assert (first.reviewer, first.label) == ("Carla Nunes", "fraud")


def test_a_decision_is_undone_from_the_next_page(queue: House, desk: WebDesk) -> None:
    ask(queue, "first")
    desk.followed("/queue/next", {}, "reviewer")
    desk.followed("/queue/decide", case("first", label="fraud", do="decide"), "reviewer")
    back = desk.followed("/queue/undo", case("first"), "reviewer")
    assert title_of(back) == "Is 'fraud' right here?"
    again = desk.post("/queue/undo", case("first"), "reviewer")
    assert again.status_code == 400
    assert "it waits for a decision" in text_of(again)


def test_what_was_typed_stays_where_it_is_refused(queue: House, desk: WebDesk) -> None:
    ask(queue, "k")
    desk.followed("/queue/next", {}, "reviewer")
    answer = desk.post("/queue/decide", case("k", label="sales", do="decide"), "reviewer")
    assert answer.status_code == 400
    assert "'fraud' was proposed and you decide 'sales': say why" in text_of(answer)
    assert re.search(r'value="sales" data-key="[1-9]" checked', answer.text)
    empty = desk.post("/queue/decide", case("k", do="decide", note="my <words>"), "reviewer")
    assert (empty.status_code, "Choose what is right" in text_of(empty)) == (400, True)
    assert "my &lt;words&gt;</textarea>" in empty.text


def test_two_reviewers_cannot_take_one_case(queue: House, desk: WebDesk) -> None:
    ask(queue, "first", "second")
    desk.followed("/queue/next", {}, "reviewer")
    late = desk.post("/queue/claim", case("first"), "second reviewer")
    assert (late.status_code, title_of(late)) == (409, "Carla Nunes has this case in hand")
    assert "is claimed by Carla Nunes until" in text_of(late)
    assert "Take the next case" in text_of(late)
    forged = desk.post("/queue/decide", case("first", label="fraud", do="decide"), "second reviewer")
    assert forged.status_code == 409
    other = desk.followed("/queue/next", {}, "second reviewer")
    assert 'name="key" value="second"' in other.text


def test_a_blind_audit_hides_the_answer_until_it_is_given(queue: House, desk: WebDesk) -> None:
    queue.act(queue.proposal(key="applied", label="billing"))
    hidden = desk.followed("/queue/next", {}, "reviewer")
    assert title_of(hidden) == "Blind audit: what is right here?"
    said = text_of(hidden)
    assert ("The AI proposed" in said, ">proposed<" in hidden.text, "Final once it is sent." in said) == (
        False,
        False,
        True,
    )
    forged = desk.post("/queue/decide", case("applied", "audit", do="approve"), "reviewer")
    assert (forged.status_code, ">proposed<" in forged.text, "The AI proposed" in forged.text) == (400, False, False)
    after = desk.followed("/queue/decide", case("applied", "audit", label="sales", do="decide"), "reviewer")
    said = text_of(after)
    assert "You decided sales for applied" in said
    assert "The AI had answered billing" in said
    assert "It stays: a blind answer is final" in said
    assert "Undo" not in said
    shown = text_of(desk.get(at("applied", "audit"), "reviewer"))
    assert "The AI proposed billing" in shown


def test_a_case_is_given_back_or_put_to_others(queue: House, desk: WebDesk) -> None:
    ask(queue, "k")
    desk.followed("/queue/next", {}, "reviewer")
    assert title_of(desk.followed("/queue/release", case("k"), "reviewer")) == "1 review waits, none late"
    desk.followed("/queue/claim", case("k"), "reviewer")
    without = desk.post("/queue/put-to-others", case("k", why=" "), "reviewer")
    assert (without.status_code, "say in 1 to 500 characters why" in text_of(without)) == (400, True)
    moved = desk.followed("/queue/put-to-others", case("k", why="it names me"), "reviewer")
    assert "put to Ben Okafor, Ana Ruiz" in text_of(moved)
    assert "put to others" in text_of(desk.get("/queue?state=put+to+others", "reviewer"))


def test_several_with_one_proposal(queue: House, desk: WebDesk) -> None:
    ask(queue, "a", "b", "c", "d")
    ask(queue, "other", label="sales")
    listed = desk.get(f"/queue/together?workflow={NAME}", "reviewer")
    assert title_of(listed) == "3 cases wait with the proposal 'fraud'"
    form = {"workflow": NAME, "proposed": "fraud", "key": ["a", "b"], "label": "fraud", "do": "decide"}
    desk.followed("/queue/together", form, "reviewer")
    with queue.store.reading() as reading:
        assert [one.body["together"] for one in reading.entries_of("review.closed")] == [2, 2]
    refused = desk.post("/queue/together", {**form, "key": ["c", "other"]}, "reviewer")
    assert (refused.status_code, "different proposals" in text_of(refused)) == (400, True)
    assert desk.post("/queue/together", {**form, "key": ["none"]}, "reviewer").status_code == 404
    assert desk.get("/queue/together?workflow=none", "reviewer").status_code == 404


# Who may


@pytest.mark.parametrize("path", ["next", "claim", "decide", "release", "undo", "put-to-others", "together"])
def test_who_may_only_read_decides_nothing(queue: House, desk: WebDesk, path: str) -> None:
    ask(queue, "k")
    before = queue.kinds()
    page = desk.get(at("k"), "auditor")
    assert ("/queue/next" in page.text, "/queue/decide" in page.text, page.status_code) == (False, False, 200)
    form = case("k", label="fraud", do="decide", why="x", proposed="fraud")
    assert desk.post(f"/queue/{path}", form, "auditor").status_code == 403
    assert desk.post(f"/queue/{path}", form, "reviewer", forged=True).status_code == 403
    assert desk.post(f"/queue/{path}", form, None).status_code == 303
    assert queue.kinds() == before


def test_the_queue_is_for_who_has_a_role_for_it(desk: WebDesk) -> None:
    for path in ("/queue", "/queue.csv", at("k"), "/queue/together?workflow=triage"):
        assert desk.get(path, "outsider").status_code == 403
        assert desk.get(path, "administrator").status_code == 403
        assert desk.get(path, None).status_code == 303


def test_a_tenant_sees_its_own_cases_and_no_others(queue: House, desk: WebDesk) -> None:
    ask(queue, "acme-1", tenant="acme")
    ask(queue, "globex-1", tenant="globex")
    ask(queue, "nobodys")
    listed = desk.get("/queue", "acme reviewer")
    assert title_of(listed) == "1 review waits, none late"
    assert ("acme-1" in listed.text, "globex-1" in listed.text, "nobodys" in listed.text) == (True, False, False)
    assert desk.get("/queue.json", "acme reviewer").json()["n"] == 1
    assert desk.get("/queue.csv?key=globex", "acme auditor").text.count("\n") == 1
    there, nowhere = desk.get(at("globex-1"), "acme reviewer"), desk.get(at("none"), "acme reviewer")
    assert (there.status_code, text_of(there)) == (404, text_of(nowhere))
    before = queue.kinds()
    for path in ("claim", "decide", "release", "undo", "put-to-others"):
        answer = desk.post(f"/queue/{path}", case("globex-1", label="fraud", do="approve", why="x"), "acme reviewer")
        assert answer.status_code == 404, path
    sent = {"workflow": NAME, "proposed": "fraud", "key": ["acme-1", "globex-1"], "label": "fraud", "do": "decide"}
    assert desk.post("/queue/together", sent, "acme reviewer").status_code == 404
    assert queue.kinds() == before
    taken = desk.followed("/queue/next", {}, "acme reviewer")
    assert 'name="key" value="acme-1"' in taken.text
    end = desk.followed("/queue/decide", case("acme-1", label="fraud", do="decide"), "acme reviewer")
    assert "Nothing waits for you" in text_of(end)
    # What others decided cannot be read through the line of what was done.
    desk.followed("/queue/claim", case("globex-1"), "reviewer")
    gone = desk.post("/queue/decide", case("globex-1", label="fraud", do="decide"), "reviewer")
    entry = gone.headers["location"].rpartition("done=")[2]
    assert "globex-1" not in desk.get(f"/queue?done={entry}", "acme reviewer").text


def test_who_reads_everything_decides_only_where_they_may(queue: House) -> None:
    ask(queue, "acme-1", tenant="acme")
    ask(queue, "globex-1", tenant="globex")
    people = {"both": ("Bo Both", ("auditor", "reviewer@tenant/acme"))}
    with web_desk(queue.rt, people) as desk:
        page = desk.get(at("globex-1"), "both")
        assert (page.status_code, "/queue/claim" in page.text) == (200, False)
        assert "/queue/claim" in desk.get(at("acme-1"), "both").text
        before = queue.kinds()
        for path in ("claim", "decide", "release", "undo", "put-to-others"):
            answer = desk.post(f"/queue/{path}", case("globex-1", label="fraud", do="decide", why="x"), "both")
            assert answer.status_code == 403, path
        sent = {"workflow": NAME, "proposed": "fraud", "key": ["globex-1"], "label": "fraud", "do": "decide"}
        assert desk.post("/queue/together", sent, "both").status_code == 403
        assert queue.kinds() == before


def test_what_an_audited_effect_changed_is_hidden_too(queue: House, desk: WebDesk) -> None:
    queue.act(queue.proposal(key="applied", label="billing"))
    hidden = desk.followed("/queue/next", {}, "reviewer")
    assert ("What it changes" in hidden.text, "<ins>" in hidden.text) == (False, False)
    desk.post("/queue/decide", case("applied", "audit", label="billing", do="decide"), "reviewer")
    shown = text_of(desk.get(at("applied", "audit"), "reviewer"))
    assert "queue goes from inbox to billing" in shown


def test_the_text_is_shown_to_who_has_the_case_and_that_is_on_record(queue: House, desk: WebDesk) -> None:
    ask(queue, "k")
    assert "4711" not in desk.get(at("k"), "reviewer").text
    assert "4711" not in desk.get(at("k"), "auditor").text
    assert "content.shown" not in queue.kinds()
    assert "4711" in desk.get(at("k", show="1"), "auditor").text
    desk.followed("/queue/claim", case("k"), "reviewer")
    desk.get(at("k"), "reviewer")
    with queue.store.reading() as reading:
        seen = [(one.body["by"], one.body["page"]) for one in reading.entries_of("content.shown")]
    assert seen == [("Dev Rao", "review"), ("Carla Nunes", "review")]


# Bad input


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "'; DROP TABLE review; --",
        "\u202eevil \u05e9\u05dc\u05d5\u05dd \U0001f600",
        "x" * 1_000_000,
        "4711 " * 200_000,
    ],
)
def test_hostile_texts_are_texts(queue: House, desk: WebDesk, text: str) -> None:
    ask(queue, "k/<b>&\u202e", text=text)
    page = desk.followed("/queue/next", {}, "reviewer")
    assert page.status_code == 200
    assert ("<script>alert" in page.text, "<b>" in page.text) == (False, False)
    assert len(page.content) < 60 * 1024
    if len(text) > 10_000:
        assert f"{len(text) - 8_000:,} more characters" in text_of(page)
        whole = desk.get(at("k/<b>&\u202e", whole="1"), "reviewer")
        assert len(text_of(whole)) > len(text)
    assert desk.get("/queue", "reviewer").status_code == 200


@pytest.mark.parametrize(
    "query",
    ["workflow='%3B--", "kind=nonsense", "after_due=x&after_key=%00&after_kind=z", "key=%00", "done=99999999999999999",
     "done=-1", "start=9", "state=nonsense", "sort=-key"],
)  # fmt: skip
def test_addresses_that_ask_wrongly_are_answered(queue: House, desk: WebDesk, query: str) -> None:
    ask(queue, "k")
    assert desk.get(f"/queue?{query}", "reviewer").status_code == 200
    assert desk.get(f"/queue.json?{query}", "reviewer").status_code == 200


def test_what_names_no_review_is_not_there(desk: WebDesk) -> None:
    for query in ("", "workflow=triage", "workflow=triage&kind=nonsense&key=k", "workflow=%00&kind=audit&key=%00"):
        assert desk.get(f"/queue/case?{query}", "reviewer").status_code == 404
    assert desk.get("/queue.xml", "reviewer").status_code == 404
    assert desk.post("/queue/decide", {}, "reviewer").status_code == 404


def test_filters_and_pages_stand_in_the_address(queue: House, desk: WebDesk) -> None:
    ask(queue, *(f"case-{i:02}" for i in range(53)))
    first = desk.get("/queue?key=case", "reviewer")
    assert first.text.count('<th scope="row">') == 50
    after = first.text.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    second = desk.get(after, "reviewer")
    assert second.text.count('<th scope="row">') == 3
    assert "case-52" in second.text
    assert 'rel="prev" href="/queue?key=case"' in second.text
    desk.followed("/queue/claim", case("case-07"), "reviewer")
    mine = desk.get("/queue?state=mine", "reviewer")
    assert (mine.text.count('<th scope="row">'), "case-07" in mine.text) == (1, True)
    assert desk.get("/queue?state=mine&key=nothing", "reviewer").text.count('<th scope="row">') == 0
    assert "You have case-07 in hand until" in text_of(mine)
