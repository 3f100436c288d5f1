"""The dates of the law, each as a source said it, and how many lines each framework has."""

import pytest

from interlock.adapters.packs.frameworks import read_frameworks
from interlock.engine.reporting.dates_of_law import binding, pending

FRAMEWORKS = {one.id: one for one in read_frameworks()}
TIMELINES = {one.id: one for one in FRAMEWORKS["eu-ai-act"].timelines}


@pytest.mark.parametrize(
    ("timeline", "published", "moved_to"),
    [
        ("prohibitions", "2025-02-02", None),
        ("general-purpose", "2025-08-02", None),
        ("general", "2026-08-02", None),
        ("annex-iii", "2026-08-02", "2027-12-02"),
        ("annex-i", "2027-08-02", "2028-08-02"),
    ],
)
def test_each_date_of_the_ai_act_as_published_and_as_it_may_move(
    timeline: str, published: str, moved_to: str | None
) -> None:
    law, newer = binding(TIMELINES[timeline]), pending(TIMELINES[timeline])
    assert law is not None
    assert (law.applies_from, law.known_as_on) == (published, "2024-07-12")
    assert (newer and newer.applies_from) == moved_to


@pytest.mark.parametrize(
    ("timeline", "published", "moved_to"),
    [("annex-iii", "2026-08-02", "2027-12-02"), ("annex-i", "2027-08-02", "2028-08-02")],
)
def test_proposal_agreement_vote_and_approval_each_say_the_date_that_is_not_law_yet(
    timeline: str, published: str, moved_to: str
) -> None:
    said = [(fact.known_as_on, fact.applies_from, fact.binding) for fact in TIMELINES[timeline].facts]
    assert said == [
        ("2024-07-12", published, True),
        ("2025-11-19", moved_to, False),
        ("2026-05-07", moved_to, False),
        ("2026-06-16", moved_to, False),
        ("2026-06-29", moved_to, False),
    ]


def test_the_ai_act_has_these_five_timelines() -> None:
    assert list(TIMELINES) == ["prohibitions", "general-purpose", "general", "annex-iii", "annex-i"]


def test_72_lines_of_the_risk_framework_34_of_the_act_and_65_of_the_management_standard() -> None:
    assert {name: len(one.lines) for name, one in FRAMEWORKS.items()} == {
        "nist-ai-rmf": 72, "eu-ai-act": 34, "iso-42001": 65,
    }  # fmt: skip
