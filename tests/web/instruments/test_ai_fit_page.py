"""Is AI the right answer? Asked and answered in the address, on no record."""

from urllib.parse import urlencode

from governed import NAME, House
from web_desk import WebDesk, text_of, title_of

PAGE = "/instruments/ai-fit"


def test_answers_in_the_address_recommend_the_simplest_way(desk: WebDesk) -> None:
    assert title_of(desk.get(PAGE)) == "Is AI the right answer?"
    said = {"name": "<b>late mail</b>", "behaviour": "people sort less", "metric": "hours from 4 to 1 by June",
            "need-goes-away": "yes", "without-ai": "drop the second approval", "without-ai-reaches-target": "yes",
            "without-ai-kind": "workflow change"}  # fmt: skip
    page = desk.get(f"{PAGE}?{urlencode(said)}")
    assert (page.status_code, title_of(page)) == (200, "<b>late mail</b>: workflow change")
    assert "<b>late" not in page.text
    assert "drop the second approval" in page.text
    open_still = desk.get(f"{PAGE}?{urlencode({'behaviour': 'people sort less'})}")
    assert title_of(open_still) == "this problem: not yet known"
    assert "Open, and decides next" in text_of(open_still)


def test_what_cannot_be_is_said_and_stays_typed(desk: WebDesk) -> None:
    page = desk.get(f"{PAGE}?{urlencode({'cases-a-month': 'many', 'undo': 'perhaps', 'behaviour': 'kept'})}")
    assert page.status_code == 400
    assert "write a number of at least 0" in text_of(page)
    assert "choose yes or no, or leave it open" in text_of(page)
    assert ('value="many"' in page.text, "kept</textarea>" in page.text) == (True, True)


def test_a_definition_answers_first_for_who_may_see_it(desk: WebDesk, house: House) -> None:
    house.define()
    page = desk.get(f"{PAGE}?workflow={NAME}")
    assert title_of(page).startswith(f"{NAME}: ")
    assert desk.get(f"{PAGE}?workflow=nowhere").status_code == 404
    assert desk.get(PAGE, "outsider").status_code == 403
    with house.store.reading() as reading:
        assert {entry.kind for entry in reading.entries()} == {"release.defined", "salt.committed"}
