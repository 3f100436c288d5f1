"""Board summary, vendor dossier, proof of concept, 90-day result, model card and DPIA draft of a made portfolio."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest

import portfolio_made
from interlock.adapters.packs.instruments import read_instruments
from interlock.engine.council.position import position
from interlock.engine.instruments.evaluated import Evaluated, evaluated
from interlock.engine.reporting.board import board_summary
from interlock.engine.reporting.call import Call, call, criteria
from interlock.engine.reporting.concept import PLAN_DAYS, concept_page, plan
from interlock.engine.reporting.documents import CROSSWALK, KINDS, OfAll, Records, built
from interlock.engine.reporting.dpia import dpia_draft
from interlock.engine.reporting.figures import NOBODY
from interlock.engine.reporting.measures import window
from interlock.engine.reporting.model_card import model_card
from interlock.engine.reporting.monthly import monthly_update
from interlock.engine.reporting.ninety_days import DAYS, ninety_day_result
from interlock.engine.reporting.records import backed
from interlock.engine.reporting.vendor_scores import OPINION
from interlock.engine.reporting.vendors import PRICE_RISES, vendor_dossier
from interlock.terms.briefing import Briefing, Cell, Figure
from interlock.terms.errors import BadInput
from interlock.terms.evidence import Evidence, EvidenceClass
from interlock.terms.grant import AutonomyLevel
from interlock.terms.instrument import Answer, Sheet
from interlock.terms.portfolio import Portfolio, Standing
from interlock.terms.workflow import Problem

INSTRUMENTS = {one.id: one for one in read_instruments()}
AREAS, QUESTIONS = INSTRUMENTS["vendor-evaluation"], INSTRUMENTS["vendor-questions"]
WITHIN = window(portfolio_made.AS_OF, DAYS)


def standing(name: str) -> Standing:
    return next(one for one in portfolio_made.standings() if one.definition.name == name)


def cells(briefing: Briefing) -> Iterator[Cell]:
    for passage in briefing.passages:
        yield from passage.figures
        for grid in passage.grids:
            for row in grid.rows:
                yield from row


def part(briefing: Briefing, name: str) -> str:
    return next(passage.title for passage in briefing.passages if passage.part == name)


def every_document() -> list[Briefing]:
    portfolio = portfolio_made.portfolio()
    names = [one.definition.name for one in portfolio.standings]
    return [
        built(kind, Records(portfolio, {}), name)
        for kind, of in KINDS.items()
        if kind != CROSSWALK
        for name in ([None] if isinstance(of, OfAll) else names)
    ]


@pytest.fixture(scope="module")
def documents() -> list[Briefing]:
    return every_document()


def test_every_known_figure_cites_evidence_and_every_unknown_has_an_owner(
    documents: list[Briefing],
) -> None:
    assert len(documents) > 40
    for document in documents:
        found = [cell for cell in cells(document) if isinstance(cell, Figure)]
        assert [(document.title, f.label) for f in found if f.value and not f.evidence] == []
        assert [(document.title, f.label) for f in found if f.value is None and not f.owner] == []
        assert len(document.unknown) >= sum(f.value is None for f in found)
        assert all(each.owner for each in document.unknown)


def test_no_placeholder_survives_and_rows_fit_their_header(documents: list[Briefing]) -> None:
    for document in documents:
        texts = [cell for cell in cells(document) if isinstance(cell, str)]
        assert [each for each in texts if each in {"None", "nan", "TBD", "n/a"}] == []
        assert document.title
        assert all(passage.title for passage in document.passages)
        grids = [grid for passage in document.passages for grid in passage.grids]
        assert [g.caption for g in grids for row in g.rows if len(row) != len(g.header)] == []


def test_a_board_is_asked_three_things_at_most_and_told_worth_cost_and_safety() -> None:
    asked = portfolio_made.agenda() + tuple(replace(item, id="x") for item in portfolio_made.agenda())
    summary = board_summary(portfolio_made.portfolio(), asked)
    assert [passage.part for passage in summary.passages] == ["Asked", "Safety", "Worth", "Cost", "Way", "Decided"]
    assert len(summary.passages[0].grids[0].rows) == 3
    assert part(summary, "Asked").startswith("6 decisions wait; the 3 most pressing are here")
    assert part(summary, "Safety") == "1 redline was crossed, 1 workflow acts without authority"
    assert part(summary, "Decided") == "The council took 1 decision in the quarter"
    assert summary.title == (
        "Of 7 live workflows, 6 moved every KPI past its baseline; "
        "1 redline was crossed, 1 workflow acts without authority"
    )
    spent = [cell.value for row in summary.passages[3].grids[0].rows for cell in row[1:2] if isinstance(cell, Figure)]
    assert ("in 3 of 4 buckets, nothing on record of the others" in part(summary, "Cost")) == (spent.count(None) == 1)


def test_a_board_sees_the_way_of_twelve_months_phase_by_phase() -> None:
    made = portfolio_made.portfolio()
    (way,) = [passage for passage in board_summary(made, ()).passages if passage.part == "Way"]
    found = position(made)
    assert [row[0] for row in way.grids[0].rows] == ["0 to 30", "30 to 90", "90 to 180", "180 to 365"]
    for row, phase in zip(way.grids[0].rows, found.phases, strict=True):
        done = [step for step in phase.steps if step.is_done]
        assert isinstance(row[2], Figure)
        assert (row[1], row[2].value, row[2].shown) == (phase.name, len(done), f"{len(done)} of {len(phase.steps)}")
        assert str(row[3]).count("– ") == len(phase.steps) - len(done)
    stage = next(p for p in monthly_update(made, ()).passages if p.part == "Portfolio by stage")
    assert stage.lines[0].startswith(f"{way.title}. Steps on record, days 0 to 30: ")


def test_a_board_is_told_when_the_ledger_does_not_hold() -> None:
    altered = portfolio_made.portfolio(ledger_holds=False)
    broken = backed(board_summary(altered, ()), altered)
    assert "DOES NOT HOLD" in broken.passages[1].lines[0]
    assert broken.title.startswith("The ledger does not hold: no figure here can be relied on. ")
    assert broken.summary[0].startswith("The ledger does not hold")
    unseen = board_summary(portfolio_made.portfolio(ledger_entries=1200), ()).passages[1].lines[0]
    assert "(1,200 entries) was not verified in this report: `interlock ledger verify` does" in unseen
    seen = portfolio_made.portfolio(ledger_holds=True, ledger_root="ab12", ledger_entries=7)
    assert "was verified: 7 entries, root ab12." in board_summary(seen, ()).passages[1].lines[0]


def test_the_plan_of_a_proof_of_concept_runs_without_a_gap_and_is_decided_within_30_to_45_days() -> None:
    phases = plan(standing("code-review"))
    assert PLAN_DAYS == (30, 45)
    assert phases[0].first == 1
    assert [after.first - before.last for before, after in pairwise(phases)] == [1, 1, 1]
    assert 30 <= phases[-1].first <= phases[-1].last == 45
    assert [phase.done for phase in phases] == [False] * 4
    assert [phase.done for phase in plan(standing("message-triage"))] == [True] * 4


def test_a_proof_of_concept_has_problem_workflow_guardrails_plan_and_call() -> None:
    page = concept_page(portfolio_made.portfolio(), standing("message-triage"))
    named = ["Problem and KPI", "New workflow", "Guardrails", "Plan", "Go, hold or kill"]
    assert [passage.part for passage in page.passages] == named
    assert part(page, "New workflow") == "2 of 3 steps change hands; 0 hand-offs before, 1 with it"
    assert page.passages[1].grids[0].header == ("Step", "Before", "Now", "System", "Harm", "Rollback")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("message-triage", Call.GO),
        ("code-review", Call.HOLD),  # nothing is known of it
        ("returns", Call.HOLD),  # nobody recorded its money
        ("insight-brief", Call.KILL),  # its KPI has not moved
        ("collections", Call.KILL),  # a redline incident is open
        ("claims-notes", Call.HOLD),  # it acts without a grant
    ],
)
def test_go_needs_every_criterion_kill_needs_one_and_what_is_unknown_holds(name: str, said: Call) -> None:
    assert call(criteria(standing(name), WITHIN)) is said


def test_what_does_no_better_than_the_way_without_ai_is_killed() -> None:
    slow = standing("message-triage")
    worse = replace(slow, measurements=portfolio_made.measured("message-triage", "first answer", (3.1,)))
    found = criteria(worse, WITHIN)
    assert found[0].now == "no better than what is expected without AI"
    assert call(found) is Call.KILL


def test_the_90_day_result_sets_baseline_against_current_and_says_who_decided() -> None:
    result = ninety_day_result(portfolio_made.portfolio(), standing("message-triage"))
    assert [p.part for p in result.passages] == ["Baseline against current", "Unit cost", "Incidents", "Decision"]
    assert result.title == (
        "message-triage, last 90 days: records speak for go; first answer 1.9 hours against 4.1 hours: moved"
    )
    one = standing("message-triage")
    kpis = tuple(replace(one.definition.initiative.kpis[0], name=f"KPI {i}") for i in range(40))
    many = replace(one, definition=replace(one.definition, initiative=replace(one.definition.initiative, kpis=kpis)))
    assert part(ninety_day_result(portfolio_made.portfolio(), many), "Baseline against current").startswith(
        "0 of 40 KPIs"
    )
    gained = result.passages[0].figures[0]
    assert gained.value == pytest.approx(2.2)
    assert gained.interval == "(2 hours to 2.4 hours)"
    assert part(result, "Decision").startswith("Decided on 2026-10-05 by Chris Ode: ")
    assert part(result, "Incidents") == "1 incident, 0 still open"


def test_a_90_day_result_that_nobody_decided_lists_the_decision_with_those_who_may() -> None:
    result = ninety_day_result(portfolio_made.portfolio(), standing("code-review"))
    assert part(result, "Decision") == "Nobody has decided yet; records speak for hold"
    assert [u.owner for u in result.unknown if u.what.endswith("decision")] == ["Chris Ode"]


def test_a_vendor_without_exit_and_agreement_is_in_the_title_and_its_exit_was_not_tried() -> None:
    dossier = vendor_dossier(portfolio_made.portfolio())
    assert dossier.title == "2 vendors: 1 without an exit, 1 without a signed agreement, 2 that nobody evaluated"
    assert dossier.summary[0] == "Without an exit: Scanwerk."
    assert part(dossier, "Scanwerk: exit plan") == "Nobody has said what would replace Scanwerk"
    assert part(dossier, "Modelhaus: exit plan") == "Leaving Modelhaus for own model was not tried everywhere"


def test_a_dearer_vendor_makes_a_success_dearer_by_its_part_of_the_cost() -> None:
    dossier = vendor_dossier(portfolio_made.portfolio(standings=(portfolio_made.live("w"),)))
    row = dossier.passages[2].grids[1].rows[0]
    values = [cell.value for cell in row if isinstance(cell, Figure)]
    compute, all_three, successes = 2850.0, 2850.0 + 3 * 4120.0, 3 * 8300
    assert PRICE_RISES == (0.25, 0.5, 1.0)
    dearer = [(all_three + rise * compute) / successes for rise in (0.0, *PRICE_RISES)]
    assert values == pytest.approx([*dearer, 0.8])


def test_a_model_card_says_what_acts_how_often_it_is_wrong_and_its_limits() -> None:
    card = model_card(portfolio_made.portfolio(), standing("knowledge-base"))
    named = ["Intended use", "What acts", "Measured", "Authority", "Limits", "People"]
    assert [passage.part for passage in card.passages] == named
    assert part(card, "Measured") == "1.0 % wrong (0.5 % to 1.9 %) of labelled cases in 91 days"
    assert part(card, "Limits") == "1 check is not passed; steps of high harm: promise a refund"


def test_evidence_of_another_release_is_not_in_a_model_card() -> None:
    changed = replace(standing("knowledge-base"), release=portfolio_made.digest("another"))
    assert model_card(portfolio_made.portfolio(), changed).passages[2].grids[0].rows == ()


def test_a_dpia_stays_a_draft_and_asks_what_records_cannot_answer() -> None:
    draft = dpia_draft(portfolio_made.portfolio(), standing("invoice-match"))
    assert draft.title == "invoice-match, draft: 4 answers are missing"
    listed = [each.what for each in draft.unknown]
    assert "Asked: advice of the data protection officer" in listed
    assert "Processing: Scanwerk: processing agreement" in listed
    assert "people decide who have that duty" in draft.summary[0]


def test_a_dpia_of_an_idea_lists_the_whole_data_policy_as_unknown() -> None:
    draft = dpia_draft(portfolio_made.portfolio(), standing("code-review"))
    listed = {each.what for each in draft.unknown}
    assert {"Processing: purpose", "Necessity and proportion: legal basis", "Processing: sources"} <= listed


@pytest.mark.parametrize(
    ("kind", "workflow", "said"),
    [
        ("monthly", "message-triage", "'monthly' is about all workflows; leave the workflow out"),
        ("result", None, r"say which \(known: claims-notes, code-review"),
        ("result", "nobody", "there is no workflow 'nobody'; known: claims-notes, code-review"),
    ],
)
def test_a_wrong_workflow_is_told_with_what_to_do(kind: str, workflow: str | None, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        built(kind, Records(portfolio_made.portfolio(), {}), workflow)


def test_documents_of_an_empty_portfolio_say_what_would_fill_them() -> None:
    empty = Portfolio(portfolio_made.AS_OF, None, ())
    assert part(board_summary(empty, ()), "Worth") == "No workflow is live"
    assert vendor_dossier(empty).passages[0].title == "`vendors` in a definition fill this dossier"


def test_documents_of_one_early_idea_claim_nothing_and_name_who_is_to_find_out() -> None:
    early = standing("code-review")
    portfolio = portfolio_made.portfolio(standings=(early,), organisation=None, decisions=())
    board = board_summary(portfolio, ())
    assert (part(board, "Worth"), part(board, "Cost")) == ("No workflow is live", "Nobody recorded what was spent")
    card = model_card(portfolio, early)
    assert part(card, "Limits").startswith("No check was judged yet")
    assert part(card, "People") == "Nobody is named who answers for its safety"
    page = concept_page(portfolio, replace(early, definition=replace(early.definition, problem=Problem())))
    listed = {each.what: each.owner for each in page.unknown}
    assert listed["Problem: cause"] == early.definition.owners.value
    owners = {each.owner for kind in (board, card, page) for each in kind.unknown if "decision" not in each.what}
    assert NOBODY not in owners


def test_a_grant_that_has_ended_is_no_authority() -> None:
    ended = replace(portfolio_made.live("w"), level=AutonomyLevel.SHADOW)
    portfolio = portfolio_made.portfolio(standings=(ended,))
    assert part(board_summary(portfolio, ()), "Worth") == "No workflow is live"
    assert part(model_card(portfolio, ended), "Authority") == "It has no authority: people apply everything"
    assert part(monthly_update(portfolio, ()), "Portfolio by stage") == "0 of 1 workflow holds authority"


def scores_of(vendor: str, *days: int) -> tuple[Evaluated, ...]:
    """Twelve areas by two sheets, or one; the second changes an area that was low."""
    first = tuple(Answer(item.id, 2 if i == 0 else 4, evidence=("sha256:a",)) for i, item in enumerate(AREAS.items))
    sheets = [
        Sheet(AREAS.id, "1", vendor, first if i == 0 else (Answer(AREAS.items[0].id, 5, "tried again"),), "Jon",
              f"2026-{day:02d}-01T00:00:00.000000Z", 40 + i)
        for i, day in enumerate(days)
    ]  # fmt: skip
    asked = tuple(Answer(item.id, None, f"answer {item.id}") for item in QUESTIONS.items[:6])
    answered = Sheet(QUESTIONS.id, "1", vendor, asked, "Jon", sheets[-1].at, 50)
    shown = Evidence("sha256:a", "r", "attestation", EvidenceClass.HUMAN, "desk", sheets[0].at, {})
    return evaluated(AREAS, sheets, {"sha256:a": shown}), evaluated(QUESTIONS, (answered,), {})


def test_a_vendor_dossier_has_twelve_areas_eight_questions_their_evidence_and_the_history() -> None:
    dossier = vendor_dossier(portfolio_made.portfolio(), {"MODELHAUS ": scores_of("MODELHAUS ", 11, 12)})
    found = next(each for each in dossier.passages if each.part == "Modelhaus: evaluation")
    areas, history, questions = found.grids
    assert (len(areas.rows), len(questions.rows)) == (12, 8)
    assert found.title == "Modelhaus: 49 of 60; 6 of 8 questions answered"
    assert areas.rows[0][3] == OPINION
    cited = areas.rows[1][3]
    assert isinstance(cited, Figure)
    assert cited.evidence == ("sha256:a",)
    totals = [row[2] for row in history.rows]
    assert [cell.shown for cell in totals if isinstance(cell, Figure)] == ["46 of 60", "49 of 60"]
    assert [cell.evidence for cell in totals if isinstance(cell, Figure)] == [("entry 40",), ("entry 41",)]
    assert "Modelhaus: evaluation: What makes our bill double?: answer to 'Costs'" in {u.what for u in dossier.unknown}
    assert dossier.title.endswith("1 that nobody evaluated")


def test_a_low_area_is_in_the_title_and_a_workflow_that_changed_since_asks_to_look_again() -> None:
    user = portfolio_made.live("w", defined_at="2026-11-20T00:00:00.000000Z")
    dossier = vendor_dossier(portfolio_made.portfolio(standings=(user,)), {"Modelhaus": scores_of("Modelhaus", 10)})
    title = part(dossier, "Modelhaus: evaluation")
    assert title.startswith("Modelhaus: 46 of 60, low in Use-case fit; ")
    assert title.endswith("to be looked at again, 1 workflow changed since")


def test_a_vendor_that_was_evaluated_and_is_in_no_definition_is_shown_last() -> None:
    dossier = vendor_dossier(portfolio_made.portfolio(), {"Other & Co": scores_of("Other & Co", 10)})
    assert dossier.passages[-1].part == "Other & Co: evaluation"
    assert "Evaluated, and in no definition: Other & Co." in dossier.summary
