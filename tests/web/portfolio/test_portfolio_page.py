"""The portfolio in pages and files: its conclusion, its filters, and only what the visitor may see."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pytest

import portfolio_made
from governed import House
from interlock.engine.economics.alarms import Alarms, alarms
from interlock.engine.economics.glance import Glance, glance
from interlock.surfaces.web.portfolio.columns import PAGE_ROWS
from interlock.terms.portfolio import Portfolio, Standing
from interlock.terms.stage import RolloutStage
from interlock.terms.workflow import Problem
from web_desk import Given, WebDesk, text_of, title_of, web_desk

HOSTILE = "<script>alert(1)</script>\u202e'; DROP TABLE workflow; -- \U0001f600"


@dataclass
class MadeBoard:
    """A portfolio made by hand, as a board."""

    made: Portfolio

    def portfolio(self) -> Portfolio:
        return self.made

    def standing(self, name: str) -> Standing | None:
        return next((one for one in self.made.standings if one.definition.name == name), None)

    def glances(self, portfolio: Portfolio) -> Mapping[str, Glance]:
        return {one.definition.name: glance(one) for one in portfolio.standings}

    def money(self, portfolio: Portfolio) -> Mapping[str, Alarms]:
        return {one.definition.name: alarms(one) for one in portfolio.standings}

    def renew(self) -> None:
        pass

    def count(self) -> None:
        pass


# Orders and returns belong to acme, everything else to everybody.
TENANTS = Given({"order-status": "acme", "returns": "acme"})


@pytest.fixture
def desk(house: House) -> Iterator[WebDesk]:
    with web_desk(house.rt, board=MadeBoard(portfolio_made.portfolio()), tenants=TENANTS) as made:
        yield made


def _shown(answer: object) -> list[str]:
    """The workflows of the rows of a page, in order."""
    text = answer.text.partition("<tbody>")[2].partition("</tbody>")[0]  # type: ignore[attr-defined]
    return [part.partition('"')[0] for part in text.split('<th scope="row"><a href="/workflows/')[1:]]


def test_the_title_says_how_many_may_act_and_whom_the_others_wait_for(desk: WebDesk) -> None:
    answer = desk.get("/portfolio")
    assert title_of(answer) == "7 of 12 workflows may act; 3 wait for Ben Ruiz, 2 for Vera Holt and 3 for others"
    said = text_of(answer)
    assert "1 is stopped, 1 is live without a grant, 3 reviews are late." in said
    assert "collections ✗ Stopped Close incident 141: reminders went to paid accounts (Sami Noor)" in said
    assert "(Sami Noor) · Sami Noor" not in said
    assert "`" not in said
    assert (
        "8 questions need a decision" in said,
        "need a decision" in text_of(desk.get("/portfolio", "operator")),
    ) == (True, False)


def test_rows_lie_in_stages_and_each_figure_has_what_it_is_made_of(desk: WebDesk) -> None:
    answer = desk.get("/portfolio")
    assert _shown(answer)[:4] == ["code-review", "sales-drafts", "shift-planning", "claims-notes"]
    said = text_of(answer)
    row = said.partition("order-status Vera Holt")[2].partition("knowledge-base")[0]
    assert "first answer: 4.1 → 1" in row
    assert "0.67 % wrong (0.08–2.39), n 300, budget 4 %" in row
    assert "50.0 % ±1.0, n 9,000 · certified until 1 December 2026" in row
    assert "at most USD 0.80" in row
    assert [f"{word} " in said for word in ("Exploration", "Pilot", "Controlled rollout", "Scale", "Operation")] == [
        True
    ] * 5


FOUND: tuple[tuple[str, list[str]], ...] = (
    ("stage=scale", ["collections", "order-status"]),
    ("status=stopped", ["collections"]),
    ("function=Finance&stage=scale", ["collections"]),
    ("risk=not+told", ["code-review", "sales-drafts", "shift-planning"]),
    ("owner=Ben+Ruiz", []),
    ("text=SALES", ["sales-drafts"]),
    ("text=%27+OR+1%3D1+--", []),
    ("sort=workflow&stage=exploration", ["code-review", "sales-drafts", "shift-planning"]),
    ("sort=-workflow&stage=exploration", ["shift-planning", "sales-drafts", "code-review"]),
    ("stage=nonsense", []),
)


def test_filters_and_order_are_in_the_address(desk: WebDesk) -> None:
    for query, names in FOUND:
        answer = desk.get(f"/portfolio?{query}")
        assert (answer.status_code, _shown(answer)) == (200, names), query
        assert ("Nothing matches these filters" in text_of(answer)) is not bool(names)
        told = desk.get(f"/portfolio.json?{query}").json()
        assert [row["workflow"] for row in told["rows"]] == names


def test_the_files_hold_every_row_with_figures_for_programs(desk: WebDesk) -> None:
    rows = list(csv.DictReader(io.StringIO(desk.get("/portfolio.csv").text)))
    assert len(rows) == 12
    one = next(row for row in rows if row["workflow"] == "order-status")
    told = {name: one[name] for name in ("stage", "status", "risk", "wrong_n", "error_budget", "kpi_now", "automated")}
    assert told == {
        "stage": "scale", "status": "may act", "risk": "high", "wrong_n": "300", "error_budget": "0.04",
        "kpi_now": "1.9", "automated": "0.5",
    }  # fmt: skip
    assert desk.get("/portfolio.xml").status_code == 404
    as_json = desk.get("/portfolio.json").json()
    assert (as_json["n"], as_json["rows"][0].keys()) == (12, rows[0].keys())


def test_an_account_of_a_tenant_sees_its_own_workflows_only(desk: WebDesk) -> None:
    answer = desk.get("/portfolio", "acme auditor")
    assert _shown(answer) == ["returns", "order-status"]
    assert title_of(answer).startswith("2 of 2 workflows may act")
    assert [row["workflow"] for row in desk.get("/portfolio.json", "acme auditor").json()["rows"]] == [
        "returns",
        "order-status",
    ]
    for path in ("/portfolio", "/portfolio.csv", "/portfolio.json", "/portfolio/position", "/portfolio/position.csv"):
        seen = desk.get(path, "acme auditor").text
        assert ("collections" in seen, "message-triage" in seen) == (False, False), path
    assert "Nothing matches these filters" in text_of(desk.get("/portfolio?text=collections", "acme auditor"))


def test_who_may_not_see_the_portfolio_is_refused_by_address_too(desk: WebDesk) -> None:
    expected = {"reviewer": 403, "outsider": 403, None: 303, "auditor": 200}
    for path in ("/portfolio", "/portfolio.csv", "/portfolio.json", "/portfolio/position", "/portfolio/position.json"):
        assert {as_: desk.get(path, as_).status_code for as_ in expected} == expected, path


def test_the_position_says_what_is_open_and_what_is_late(desk: WebDesk) -> None:
    answer = desk.get("/portfolio/position")
    assert title_of(answer) == "Day 152: 11 of 17 steps are done, 3 late"
    said = text_of(answer)
    assert "Each responsibility has one owner 9 of 11 ✗ Late" in said
    assert "A council is named ✓ Done" in said
    told = desk.get("/portfolio/position.json").json()["rows"]
    assert [row["workflow"] for row in told] == [one.definition.name for one in portfolio_made.standings()]


def test_the_way_of_the_organisation_is_not_told_from_a_part_of_it(desk: WebDesk) -> None:
    answer = desk.get("/portfolio/position", "acme auditor")
    assert title_of(answer) == "2 of 2 initiatives are late"
    said = text_of(answer)
    assert ("A council is named" in said, "shown to who may see all its workflows" in said) == (False, True)


def test_hostile_words_are_shown_as_text(house: House) -> None:
    made = portfolio_made.live("triage")
    problem = Problem(who=HOSTILE)
    owners = replace(made.definition.owners, value=HOSTILE, safety="x" * 1_000_000)
    hostile = replace(made, definition=replace(made.definition, problem=problem, owners=owners))
    board = MadeBoard(replace(portfolio_made.portfolio(), standings=(hostile,)))
    with web_desk(house.rt, board=board) as desk:
        for path in ("/portfolio", "/portfolio?text=script", "/portfolio/position"):
            answer = desk.get(path)
            assert (answer.status_code, "<script>alert" in answer.text, "\u202e" in answer.text) == (200, False, False)
            assert len(answer.content) < 60_000


def test_an_empty_portfolio_says_what_fills_it(house: House) -> None:
    with web_desk(house.rt) as desk:
        answer = desk.get("/portfolio")
        assert title_of(answer) == "No workflow is here yet"
        assert "<code>interlock apply -f NAME.yaml --as YOU</code> puts it on record" in answer.text
        assert ("Try a file of past decisions" in answer.text, "Invite who" in answer.text) == (True, False)
        assert "Invite who will answer for it" in text_of(desk.get("/portfolio", "administrator"))
        assert desk.get("/portfolio/position").status_code == 200


def test_a_full_page_of_those_that_act_stays_small(house: House) -> None:
    acting = tuple(portfolio_made.live(f"customer-messages-{n}", RolloutStage.SCALE) for n in range(PAGE_ROWS))
    with web_desk(house.rt, board=MadeBoard(portfolio_made.portfolio(standings=acting)), tenants=TENANTS) as desk:
        answer = desk.get("/portfolio")
    assert len(_shown(answer)) == PAGE_ROWS
    assert len(answer.content) < 60_000
