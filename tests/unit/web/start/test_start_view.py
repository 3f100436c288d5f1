"""What the first pages say, without a page."""

from dataclasses import replace

import pytest

from interlock.surfaces.web.forms import Form
from interlock.surfaces.web.start.view import again, asked_in, in_fields, rows_needed, trial_view
from interlock.terms.trial import Trial, TrialAsked, TrialState

ASKED = TrialAsked(
    text=("subject", "body"), label="team", group="-", budget=0.05, cost_wrong_usd=12.5, skip_broken=True
)
TRIAL = Trial("id", "Ana", "cases.csv", False, ASKED, TrialState.RUNNING, "2026-11-26T12:00:00+00:00")


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("nothing is plain. Say --label NAME.", "nothing is plain. Say “What people decided”."),
        ("leave times aside with --time -, or name", "leave times aside with “When it came” “none”, or name"),
        ("ask for a larger --budget.", "ask for a larger “Error budget”."),
        ("raise --rows-max.", "raise --rows-max."),
        ("Fix them or pass --skip-broken to go on.", "Fix them or tick “Leave broken rows out” to go on."),
    ],
)  # fmt: skip
def test_options_are_told_as_fields(message: str, shown: str) -> None:
    assert in_fields(message) == shown


def test_what_was_asked_is_in_the_form_again_and_comes_out_the_same() -> None:
    form = again(replace(TRIAL, asked=ASKED))
    assert asked_in(form, ("subject", "body", "team")) == ASKED
    assert form.faults == []


def test_what_no_column_is_and_what_is_no_amount_is_told_beside_its_field() -> None:
    form = Form({"label": ("nothing",), "text": ("body", "more"), "cost_review": ("0",), "budget": ("0.5",)})
    asked_in(form, ("body",))
    assert [fault.field for fault in form.faults] == ["budget", "text", "label", "cost_review"]


def test_titles_are_conclusions_and_progress_says_the_step() -> None:
    view = trial_view(replace(TRIAL, share=0.456, step="Certifying", columns={"a": "x", "b": ""}))
    assert (view.title, view.progress) == ("Trying cases.csv", "46 % done. Certifying")
    assert view.columns == (("a", "a – for example x"), ("b", "b"))
    waiting = trial_view(replace(TRIAL, state=TrialState.WAITING, before=1))
    assert waiting.progress == "1\N{NO-BREAK SPACE}file of others before it; it begins by itself."
    assert trial_view(replace(TRIAL, state=TrialState.DONE, headline="32 % of it")).title == "32 % of it"


def test_a_smaller_budget_takes_more_rows() -> None:
    assert rows_needed(0.02) > rows_needed(0.05) > 0
