from dataclasses import replace

import pytest

from interlock.adapters.packs.instruments import read_instruments
from interlock.engine.instruments.scales import choices_of
from interlock.engine.instruments.sections import Progress, sections_of
from interlock.engine.instruments.told import answer_words
from interlock.terms.instrument import Answer, Instrument, Scale

BY_ID = {one.id: one for one in read_instruments()}
CARD = BY_ID["readiness-scorecard"]


def test_a_scorecard_is_asked_in_sections_of_a_few_items() -> None:
    sections = sections_of(CARD)
    assert [(one.id, len(one.items)) for one in sections] == [
        ("problem-and-value", 4),
        ("owners-and-rights", 2),
        ("work-and-people", 2),
        ("data-and-technology", 2),
        ("security-and-risk", 4),
        ("delivery-and-operation", 4),
    ]


@pytest.mark.parametrize("instrument", BY_ID.values(), ids=BY_ID)
def test_every_item_of_every_instrument_is_in_one_section(instrument: Instrument) -> None:
    sections = sections_of(instrument)
    assert sorted(item.id for one in sections for item in one.items) == sorted(item.id for item in instrument.items)
    assert len({one.id for one in sections}) == len(sections)
    assert max(len(one.items) for one in sections) <= 10


def test_a_section_is_completed_when_every_item_is_answered() -> None:
    owners = sections_of(CARD)[1]
    assert [owners.progress(answered) for answered in ([], ["ownership"], ["ownership", "decision-rights"])] == [
        Progress.NOT_STARTED,
        Progress.IN_PROGRESS,
        Progress.COMPLETED,
    ]


def test_values_are_said_in_words() -> None:
    assert choices_of(CARD)[0] == (1, "not in place")
    assert choices_of(replace(CARD, levels=())) == ((1, "lowest"), (2, ""), (3, ""), (4, ""), (5, "highest"))
    assert choices_of(replace(CARD, scale=Scale.READY)) == ((0, "not ready"), (1, "ready"))
    assert choices_of(replace(CARD, scale=Scale.PRESENT)) == ((0, "not present"), (1, "present"))
    assert choices_of(replace(CARD, scale=Scale.TEXT)) == ()
    assert answer_words(CARD, Answer("security", 2)) == "2 (major gaps)"
    assert answer_words(replace(CARD, scale=Scale.READY), Answer("security", 1)) == "ready"
    assert answer_words(replace(CARD, scale=Scale.TEXT), Answer("security", None, "yes")) == "yes"
    assert answer_words(replace(CARD, levels=()), Answer("security", 3)) == "3"
