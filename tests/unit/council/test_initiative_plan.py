"""An initiative's own plan of 0-30, 31-60 and 61-90 days: each step comes from a record and cites it."""

import datetime as dt
from dataclasses import replace

import pytest

import portfolio_made
from interlock.engine.council.initiative_plan import initiative_position
from interlock.engine.council.position import Position
from interlock.engine.timestamp import moment, stamp
from interlock.terms.council import CouncilDecision
from interlock.terms.evidence import Finding, GateVerdict, Verdict
from interlock.terms.grant import Grant
from interlock.terms.portfolio import Standing
from interlock.terms.stage import RolloutStage

NOW = moment(portfolio_made.AS_OF)
AUDITED = "at least 10% of what it does is audited"


def whole(stage: RolloutStage = RolloutStage.SCALE) -> Standing:
    """Everything that the plan asks for is on record."""
    made = portfolio_made.live("triage", stage)
    names = ("problem framing", "observability", "decide")
    gates = {name: portfolio_made.verdict("triage", made.release, name) for name in names}
    agreed = Finding("shadow", Verdict.PASSED, "people agreed", evidence=("sha256:shadow",))
    gates["limited live"] = GateVerdict("limited live", made.release, Verdict.PASSED, (agreed,), made.defined_at)
    return replace(made, gates=gates)


def at(standing: Standing, *decisions: CouncilDecision) -> Position:
    """Its position."""
    return initiative_position(portfolio_made.portfolio(standings=(standing,), decisions=decisions), standing)


def left(found: Position) -> list[str]:
    """The steps that are open."""
    return [step.name for phase in found.phases for step in phase.steps if not step.is_done]


def held(standing: Standing) -> Grant:
    """Its grant."""
    assert standing.grant is not None
    return standing.grant


def test_the_phases_are_0_to_30_30_to_60_and_60_to_90_days_and_all_is_done_where_all_is_on_record() -> None:
    found = at(whole())
    assert [(one.from_day, one.to_day) for one in found.phases] == [(0, 30), (30, 60), (60, 90)]
    assert (found.day, left(found), found.stands, found.is_behind) == (152, [], None, False)
    assert all(step.evidence and all(step.evidence) for phase in found.phases for step in phase.steps)


def test_an_idea_has_nothing_but_what_it_says_and_is_behind_after_30_days() -> None:
    found = at(portfolio_made.idea("drafts", "Sales"))
    assert found.stands is found.phases[0]
    assert (found.day, found.is_behind) == (41, True)
    assert [step.name for step in found.phases[2].steps if step.is_done] == ["no incident is open"]


@pytest.mark.parametrize(("share", "open_steps"), [(0.1, []), (0.0999, [AUDITED])])
def test_10_percent_are_sampled_and_an_ended_grant_samples_nothing(share: float, open_steps: list[str]) -> None:
    made = whole()
    assert left(at(replace(made, grant=replace(held(made), audit_share=share)))) == open_steps
    ended = replace(held(made), expires_at=portfolio_made.AS_OF)
    assert left(at(replace(made, grant=ended))) == ["it holds authority that has not ended", AUDITED]


@pytest.mark.parametrize(
    ("stage", "days", "fresh"),
    [
        (RolloutStage.CONTROLLED_ROLLOUT, 7, True),
        (RolloutStage.CONTROLLED_ROLLOUT, 8, False),
        (RolloutStage.SCALE, 31, True),
        (RolloutStage.SCALE, 32, False),
    ],
)
def test_figures_are_of_the_last_week_while_it_is_tried_and_of_the_last_month_after(
    stage: RolloutStage, days: int, *, fresh: bool
) -> None:
    made = whole(stage)
    end = (NOW - dt.timedelta(days=days)).date().isoformat()
    aged = replace(
        made,
        measurements=(replace(made.measurements[-1], period_end=end),),
        runs=(replace(made.runs[-1], period_end=end),),
    )
    late = [name for name in left(at(aged)) if "in the last 7" in name or "in the last 31" in name]
    assert len(late) == (0 if fresh else 2)


def test_a_gate_of_another_release_and_cases_without_an_outcome_count_for_nothing() -> None:
    made = whole()
    other = {name: replace(one, release="sha256:other") for name, one in (made.gates or {}).items()}
    assert len(left(at(replace(made, gates=other)))) == 4
    unknown = tuple(replace(one, labelled=0, wrong=0) for one in made.runs)
    assert left(at(replace(made, runs=unknown))) == [
        "its wrong cases were counted beside its error budget in the last 31 days"
    ]


def test_what_was_stopped_is_not_behind_and_a_later_move_begins_it_again() -> None:
    idea = portfolio_made.idea("drafts", "Sales")
    decided = replace(portfolio_made.decisions()[0], workflow="drafts", chosen="retire", entry=150)
    found = at(idea, decided)
    assert (found.stands, found.is_behind) == (None, False)
    assert [step.evidence for step in found.phases[2].steps if step.name == "it was scaled, or stopped"] == [
        ("entry 150",)
    ]
    again = portfolio_made.moved(
        "drafts", idea.release, RolloutStage.EXPLORATION, RolloutStage.PILOT, portfolio_made.AS_OF, 151
    )
    assert at(replace(idea, moves=(again,), stage=RolloutStage.PILOT), decided).stands is not None
    back = replace(again, left=RolloutStage.PILOT, entered=RolloutStage.EXPLORATION)
    assert at(replace(idea, moves=(back,))).stands is None


def test_a_new_release_begins_no_new_count_of_days() -> None:
    made = whole()
    anew = replace(made, defined_at=stamp(NOW - dt.timedelta(days=1)))
    assert at(anew).day == 103  # its first move
