"""The readiness scorecard and the rollout checklist: counts, bands, hard rules, and what contradicts an answer."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from governed import DEFINITION
from interlock.adapters.packs.instruments import read_instruments
from interlock.engine.instruments.leading import LEADING
from interlock.engine.instruments.probes import Facts, Probed
from interlock.engine.instruments.probing import EVERY, probe
from interlock.engine.instruments.scales import RANGES, answer_of
from interlock.engine.instruments.scoring import NOT_DECIDED, Given, Scored, score
from interlock.engine.instruments.theatre import THEATRE
from interlock.terms.errors import BadInput
from interlock.terms.evidence import Evidence, EvidenceClass
from interlock.terms.grant import AutonomyLevel
from interlock.terms.instrument import Instrument
from interlock.terms.portfolio import Standing
from interlock.terms.stage import RolloutStage
from interlock.terms.workflow import Owners

PACKS = {one.id: one for one in read_instruments()}
CARD = PACKS["readiness-scorecard"]
AREAS = tuple(item.id for item in CARD.items)
NOW = "2026-03-02T09:00:00.000000Z"
STANDING = Standing(DEFINITION, "sha256:r1", "Ana", NOW, RolloutStage.EXPLORATION, AutonomyLevel.SHADOW, None)


def given(values: Mapping[str, object], instrument: Instrument = CARD, cites: tuple[str, ...] = ()) -> dict[str, Given]:
    return {
        item: Given(answer_of(instrument, item, value, evidence=cites), "Ana", NOW, 1)
        for item, value in values.items()
    }  # fmt: skip


def scored(
    values: Mapping[str, object],
    probed: Mapping[str, Probed] | None = None,
    evidence: tuple[Evidence, ...] = (),
) -> Scored:
    return score(
        CARD,
        "triage",
        given(values, cites=tuple(one.digest for one in evidence)),
        at=NOW,
        probed=probed or {},
        evidence={one.digest: one for one in evidence},
        release="sha256:r1",
        evidence_since="2026-01-01",
    )


def adding_up_to(total: int) -> dict[str, int]:
    """Answers to all 18 areas whose sum is `total`."""
    base, more = divmod(total, 18)
    return {item: base + (i < more) for i, item in enumerate(AREAS)}


def evidence(kind: str = "scan", *, release: str = "sha256:r1", at: str = NOW, by_model: bool = False,
             **body: object) -> Evidence:  # fmt: skip
    of = EvidenceClass.MODEL if by_model else EvidenceClass.EXECUTED
    return Evidence(f"sha256:{kind}{at}{release}", release, kind, of, "ci", at, body)


def test_the_scorecard_has_its_18_areas() -> None:
    assert AREAS == (
        "problem-clarity", "strategic-relevance", "value-case", "success-criteria", "ownership", "decision-rights",
        "workflow-fit", "adoption-readiness", "data-readiness", "technical-feasibility", "security",
        "privacy-and-legal", "model-risk", "operational-controls", "vendor-readiness", "delivery-capacity",
        "production-readiness", "executive-visibility",
    )  # fmt: skip
    assert all(item.check and item.question and item.red_flags for item in CARD.items)


def test_the_rollout_checklist_has_its_14_checkpoints() -> None:
    assert tuple(item.id for item in PACKS["rollout-checklist"].items) == (
        "problem", "ownership", "success-criteria", "workflow-fit", "security-review", "privacy-and-legal",
        "data-readiness", "reliability-threshold", "human-oversight", "monitoring", "incident-response", "rollback",
        "support-model", "executive-visibility",
    )  # fmt: skip


def test_every_probe_that_a_pack_names_is_there_and_every_probe_is_named() -> None:
    named = {item.measured_by for pack in PACKS.values() for item in pack.items if item.measured_by}
    assert named == set(EVERY) | set(THEATRE) | set(LEADING)


BANDS = {
    18: "do not scale", 34: "do not scale", 35: "keep it in pilot or redesign it",
    54: "keep it in pilot or redesign it",
    55: "go on only while the named gaps are closed", 74: "go on only while the named gaps are closed",
    75: "go on to controlled rollout", 90: "go on to controlled rollout",
}  # fmt: skip


@pytest.mark.parametrize(("total", "band"), BANDS.items())
def test_bands_75_to_90_55_to_74_35_to_54_and_below_35(total: int, band: str) -> None:
    result = scored(adding_up_to(total))
    assert (result.low, result.high, result.best, result.band) == (total, total, 90, band)


@pytest.mark.parametrize(
    "area", ["ownership", "success-criteria", "security", "privacy-and-legal", "production-readiness"]
)
def test_each_of_the_five_areas_below_3_forbids_scaling_whatever_the_total(area: str) -> None:
    at_two = scored({**dict.fromkeys(AREAS, 5), area: 2})
    assert (at_two.low, at_two.band, at_two.may_scale) == (87, "go on to controlled rollout", False)
    assert [words.split(":")[0] for words in at_two.rules_held] == ["no scaling"]
    assert scored({**dict.fromkeys(AREAS, 5), area: 3}).rules_held == ()


@pytest.mark.parametrize("area", AREAS)
def test_any_1_needs_a_review_before_more_money(area: str) -> None:
    held = scored({**dict.fromkeys(AREAS, 5), area: 1}).rules_held
    assert [words.split(":")[0] for words in held][-1] == "an explicit review before more money is spent"


def test_other_areas_at_2_hold_no_rule() -> None:
    assert scored({**dict.fromkeys(AREAS, 5), "vendor-readiness": 2}).rules_held == ()


def test_missing_answers_make_a_range_and_no_band_and_rules_hold_meanwhile() -> None:
    answers = dict.fromkeys(AREAS, 4)
    del answers["security"]
    result = scored(answers)
    assert (result.low, result.high, result.band, result.unanswered) == (69, 73, BANDS[55], ("security",))
    assert [words.split(":")[0] for words in result.rules_open] == [
        "no scaling", "an explicit review before more money is spent"
    ]  # fmt: skip
    assert scored({}).band == NOT_DECIDED
    assert (scored({}).low, scored({}).high) == (18, 90)


@pytest.mark.parametrize("value", [0, 6, -1, "4", 4.0, math.nan, True, None, [4]])
def test_what_is_not_on_the_scale_is_refused(value: object) -> None:
    with pytest.raises(BadInput, match=r"security: .* is no answer; write a whole number from 1 to 5"):
        answer_of(CARD, "security", value)


@pytest.mark.parametrize("value", [1, True, "yes", ""])
def test_a_checkpoint_is_ready_or_not_ready(value: object) -> None:
    with pytest.raises(BadInput, match="write ready or not ready"):
        answer_of(PACKS["rollout-checklist"], "rollback", value)
    assert answer_of(PACKS["rollout-checklist"], "rollback", "not ready").value == 0


def test_all_fives_with_a_failing_scan_are_contradicted_and_both_are_shown() -> None:
    failing = evidence(rules=40, errors=3)
    found = probe(CARD, Facts(STANDING, (failing,), "2026-01-01", None))
    assert found["security"] == Probed(
        there=False, says="the newest scan: 3 errors by 40 rules", evidence=(failing.digest,)
    )
    result = scored(dict.fromkeys(AREAS, 5), {"security": found["security"]})
    security = next(one for one in result.items if one.item == "security")
    assert (result.contradicted, security.low, security.high, result.may_scale) == (("security",), 2, 5, False)
    assert security.given is not None
    assert security.given.answer.value == 5
    assert [words.split(":")[0] for words in result.rules_open] == ["no scaling"]


@pytest.mark.parametrize(
    ("body", "there"), [({"rules": 9, "errors": 0}, True), ({"rules": 0, "errors": 0}, False), ({}, False)]
)
def test_a_scan_that_looked_at_nothing_is_not_clean(body: dict[str, Any], there: bool) -> None:
    found = probe(CARD, Facts(STANDING, (evidence(**body),), "2026-01-01", None))
    assert found["security"].there is there


@pytest.mark.parametrize("old", [{"release": "sha256:r0"}, {"at": "2025-12-31T09:00:00.000000Z"}])
def test_a_scan_of_another_release_or_too_old_says_nothing(old: dict[str, Any]) -> None:
    scan = evidence(rules=9, errors=0, **old)
    assert "security" not in probe(CARD, Facts(STANDING, (scan,), "2026-01-01", None))


def test_no_safety_owner_and_a_kpi_without_baseline_contradict() -> None:
    bare = replace(STANDING, definition=replace(DEFINITION, owners=Owners("Ana", None)))
    found = probe(CARD, Facts(bare, (), "2026-01-01", None))
    assert not found["ownership"].there
    assert found["ownership"].says == "no owner is named for: safety"
    assert not found["success-criteria"].there
    result = scored(dict.fromkeys(AREAS, 5), found)
    assert {"ownership", "success-criteria"} <= set(result.contradicted)


@pytest.mark.parametrize(
    ("drilled_at", "there"), [(None, False), ("2026-01-01T00", False), ("2026-02-01T00", True), ("2026-02-20T00", True)]
)
def test_a_drill_older_than_its_schedule_contradicts(drilled_at: str | None, there: bool) -> None:
    found = probe(CARD, Facts(replace(STANDING, drilled_at=drilled_at), (), "2026-01-01", "2026-02-01T00"))
    assert found["operational-controls"].there is there


@pytest.mark.parametrize(
    ("of", "stale", "other", "backed"),
    [
        ({}, False, False, True),
        ({"at": "2025-12-31T09:00:00.000000Z"}, True, False, False),
        ({"release": "sha256:r0"}, False, True, False),
        ({"by_model": True}, False, False, False),
    ],
)
def test_stale_other_release_and_model_only_evidence_back_no_answer(
    of: dict[str, Any], stale: bool, other: bool, backed: bool
) -> None:
    cited = evidence("attestation", **of)
    result = scored(dict.fromkeys(AREAS, 5), evidence=(cited,))
    first = result.items[0]
    assert (bool(first.stale), bool(first.other_release), first.backed) == (stale, other, backed)
    assert result.may_scale is backed
    assert not first.opinion


def test_an_answer_without_evidence_is_an_opinion_and_does_not_scale() -> None:
    result = scored(dict.fromkeys(AREAS, 5))
    assert all(one.opinion for one in result.items)
    assert (result.band, result.may_scale, len(result.unbacked)) == (BANDS[90], False, 18)


def test_the_file_reader_and_the_engine_know_the_same_scales() -> None:
    from interlock.adapters.packs import instruments

    assert {scale: ends for scale, ends in instruments.RANGES.items() if scale in RANGES} == dict(RANGES)
