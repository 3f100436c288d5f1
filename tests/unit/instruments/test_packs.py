"""The counts of every instrument, what each pack promises, and instruments of one's own."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from governed import DEFINITION
from interlock.adapters.packs.instruments import read_answers, read_instruments
from interlock.engine.instruments.peers import seen, weighted
from interlock.engine.instruments.probes import Probed
from interlock.engine.instruments.scales import answer_of
from interlock.engine.instruments.scoring import Given
from interlock.engine.instruments.theatre import probe_portfolio
from interlock.engine.timestamp import stamp
from interlock.terms.errors import BadInput
from interlock.terms.grant import AutonomyLevel
from interlock.terms.initiative import Initiative
from interlock.terms.instrument import Scale
from interlock.terms.measured import PeriodRun
from interlock.terms.portfolio import Portfolio, Standing
from interlock.terms.stage import RolloutStage

PACKS = {one.id: one for one in read_instruments()}
ROLES = {"startup", "scale-up", "enterprise", "product-led", "transformation", "fractional", "ai-focused"}
AS_OF = dt.datetime(2026, 3, 31, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("name", "count", "scale"),
    [
        ("readiness-scorecard", 18, Scale.ONE_TO_FIVE),
        ("rollout-checklist", 14, Scale.READY),
        ("vendor-evaluation", 12, Scale.ONE_TO_FIVE),
        ("vendor-questions", 8, Scale.TEXT),
        ("pilot-or-production", 9, Scale.READY),
        ("pilot-theatre", 3, Scale.PRESENT),
        ("failure-patterns", 10, Scale.PRESENT),
        ("readiness-gates", 8, Scale.READY),
        ("leadership-readiness", 9, Scale.ONE_TO_FIVE),
        ("skill-stack", 13, Scale.ONE_TO_FIVE),
        ("first-90-days", 7, Scale.TEXT),
        ("selection-matrix", 5, Scale.ONE_TO_FIVE),
    ],
)
def test_each_instrument_has_its_count_of_items(name: str, count: int, scale: Scale) -> None:
    assert (len(PACKS[name].items), PACKS[name].scale) == (count, scale)


@pytest.mark.parametrize("name", ["vendor-evaluation", "vendor-questions"])
def test_five_functions_review_a_vendor_and_again_when_the_scope_changes(name: str) -> None:
    assert PACKS[name].reviewed_by == ("product", "engineering", "security", "procurement", "legal")
    assert "scope" in PACKS[name].revisit


@pytest.mark.parametrize("name", ["leadership-readiness", "skill-stack"])
def test_seven_types_of_role_weigh_the_areas(name: str) -> None:
    assert all(set(item.weights) == ROLES for item in PACKS[name].items)
    assert all(any(item.weights[role] == 2.0 for item in PACKS[name].items) for role in ROLES)


def _given(value: int) -> dict[str, Given]:
    card = PACKS["leadership-readiness"]
    return {item.id: Given(answer_of(card, item.id, value), "x", "2026", 1) for item in card.items}


@pytest.mark.parametrize(
    ("own", "peers", "reading"),
    [
        (5, 3, "blind spot"),
        (2, 4, "hidden strength"),
        (4, 4, "strength"),
        (2, 2, "gap"),
        (3, 3, ""),
        (4, 3, ""),
        (3, 4, ""),
    ],
)
def test_self_and_peers_give_strengths_and_gaps(own: int, peers: int, reading: str) -> None:
    answers = {"Ana Ruiz": _given(own), "Ben": _given(peers), "Carla": _given(peers)}
    rows = seen(PACKS["leadership-readiness"], "ana ruiz", answers, profile="startup")
    assert {(one.own, one.n, one.mean, one.reading) for one in rows} == {(own, 2, float(peers), reading)}
    assert [one.weight for one in rows] == sorted((one.weight for one in rows), reverse=True)
    assert weighted(rows) == own


def test_without_own_answers_there_is_no_mean_and_an_unknown_role_is_refused() -> None:
    assert weighted(seen(PACKS["leadership-readiness"], "Ana", {"Ben": _given(4)})) is None
    with pytest.raises(BadInput, match="there is no type of role 'boss'; known: ai-focused"):
        seen(PACKS["leadership-readiness"], "Ana", {}, profile="boss")


def _pilot(name: str, *, days: int, overridden: tuple[int, ...] = (), function: str = "Desk") -> Standing:
    runs = tuple(
        PeriodRun(name, "r", "2026-01-01", "2026-01-31", 99, 50, 40, count, 9, 1, 80, f"sha256:{i}")
        for i, count in enumerate(overridden)
    )
    definition = replace(DEFINITION, name=name, initiative=Initiative(function=function))
    at = stamp(AS_OF - dt.timedelta(days=days))
    return Standing(
        definition, "r", "Ana", at, RolloutStage.PILOT, AutonomyLevel.SHADOW, None, runs=runs
    )  # fmt: skip


def _theatre(*pilots: Standing) -> dict[str, bool]:
    found = probe_portfolio(PACKS["pilot-theatre"], Portfolio(stamp(AS_OF), None, pilots))
    return {item: says.there for item, says in found.items()}


def test_pilot_theatre_is_found_in_a_portfolio() -> None:
    assert _theatre(_pilot("a", days=45, overridden=(2, 5, 9)), _pilot("b", days=1)) == {
        "pilots-in-parallel": True, "nobody-deciding": True, "confidence-falling": True
    }  # fmt: skip


def test_a_pilot_of_44_days_whose_people_overrule_no_more_is_none() -> None:
    quiet = _pilot("a", days=44, overridden=(5, 5, 4))
    other = _pilot("b", days=1, function="Legal")
    assert _theatre(quiet, other) == {
        "pilots-in-parallel": False, "nobody-deciding": False, "confidence-falling": False
    }  # fmt: skip
    assert "confidence-falling" not in _theatre(_pilot("a", days=1, overridden=(1, 2)))


def test_without_a_pilot_nothing_is_said_of_deciding_and_pilots_without_function_count() -> None:
    assert _theatre() == {"pilots-in-parallel": False}
    assert _theatre(_pilot("a", days=1, function=""), _pilot("b", days=1, function=""))["pilots-in-parallel"]


def test_what_is_on_record_is_3_to_5_and_what_is_missing_1_or_2_of_five() -> None:
    assert Probed(there=True, says="").range_on(Scale.ONE_TO_FIVE) == (3, 5)
    assert Probed(there=False, says="").range_on(Scale.ONE_TO_FIVE) == (1, 2)
    assert Probed(there=False, says="").range_on(Scale.READY) == (0, 0)


def test_what_is_present_counts_as_one() -> None:
    assert Probed(there=True, says="").range_on(Scale.PRESENT) == (1, 1)


OWN = """\
id: ours
version: "1"
title: Ours
purpose: Two things.
scale: 1-5
bands: [{low: 2, high: 10, means: go}]
items:
  - {id: one, title: One, check: it is, question: is it}
  - {id: two, title: Two, check: it is, question: is it}
"""


def test_an_instrument_of_ones_own_is_read_beside_the_others(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(OWN)
    assert read_instruments(tmp_path / "own.yaml")[-1].id == "ours"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("high: 10", "high: 9"), "bands must cover every total from 2 to 10 once"),
        (("low: 2", "low: 1"), "bands must cover every total from 2 to 10 once"),
        (("id: two", "id: one"), "the item 'one' is there twice"),
        (("title: Two", "titel: Two"), "own.yaml:9: items.1.titel: Extra inputs"),
        (("scale: 1-5", "scale: 1-9"), "own.yaml:5: scale"),
        (("id: ours", "id: skill-stack"), "is taken by an instrument of the product"),
        (("title: Ours", "title: &a Ours\nrevisit: *a"), "refers to another place"),
        (("low: 2", "low: .nan"), "bands.0.low"),
    ],
)
def test_a_faulty_instrument_is_refused_with_its_place(tmp_path: Path, change: tuple[str, str], told: str) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(OWN.replace(*change))
    with pytest.raises(BadInput) as refused:
        read_instruments(path)
    assert told in str(refused.value)


@pytest.mark.parametrize(("text", "told"), [("", "mapping"), ("- a", "mapping"), ("a: 1\na: 2", "given twice")])
def test_a_faulty_file_of_answers_is_refused(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "answers.yaml").write_text(text)
    with pytest.raises(BadInput, match=told):
        read_answers(tmp_path / "answers.yaml")
