"""Findings and the rule over them: only passed opens, and what cannot be read is an error."""

import datetime as dt
import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governed import DEFINITION
from interlock.engine.ledger.canonical import plain
from interlock.engine.rollout.definition import changed_fields, definition_of
from interlock.engine.rollout.gate import (
    check_certificate,
    check_owners,
    check_shadow,
    check_undo,
    conclude,
    effect_allowed,
    rule,
    usable,
)
from interlock.terms.evidence import Evidence, EvidenceClass, Finding, GateVerdict, Verdict
from interlock.terms.workflow import EffectPlan, Owners, TargetKind

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
CERTIFICATE: dict[str, Any] = {
    "threshold": 0.9,
    "budget": 0.05,
    "promise": "selective",
    "delta": 0.05,
    "n_labelled": 200,
    "n_above": 150,
    "n_wrong_above": 1,
    "labels_missing": 0,
}
SHADOW: dict[str, Any] = {
    "n": 60,
    "n_wrong": 0,
    "wealth": 45.0,
    "decided": True,
    "low": 0.0,
    "high": 0.06,
    "more_labels": 0,
}


def evidence(kind: str, body: Any, **changes: Any) -> Evidence:
    made = Evidence("sha256:e", "r1", kind, EvidenceClass.EXECUTED, "test", "2026-03-01T09:00:00.000000Z", body)
    return replace(made, **changes)


def certificate(**changes: Any) -> Evidence:
    return evidence("certificate", {"certificate": {**CERTIFICATE, **changes}, "labels": ["a", "b"]})


def finding(verdict: Verdict) -> Finding:
    return Finding("c", verdict, "why")


@given(st.lists(st.sampled_from(Verdict), max_size=6))
def test_only_a_gate_with_something_passed_and_nothing_else_opens(verdicts: list[Verdict]) -> None:
    kinds = set(verdicts) - {Verdict.NOT_APPLICABLE}
    made = rule([finding(verdict) for verdict in verdicts])
    assert (made is Verdict.PASSED) == (kinds == {Verdict.PASSED})
    assert (made is Verdict.FAILED) == (Verdict.FAILED in kinds)
    assert (made is Verdict.ERROR) == (Verdict.ERROR in kinds and Verdict.FAILED not in kinds)
    assert made is not Verdict.NOT_APPLICABLE


def test_a_gate_is_bound_to_its_release() -> None:
    found = finding(Verdict.PASSED)
    assert conclude("g", "r1", [found], at="now") == GateVerdict("g", "r1", Verdict.PASSED, (found,), "now")


@pytest.mark.parametrize(
    ("value", "safety", "reason"),
    [
        (None, "B", "no value owner is named"),
        ("A", None, "no safety owner is named"),
        ("", "", "no value owner and no safety owner is named"),
    ],
)
def test_no_owner_fails(value: str | None, safety: str | None, reason: str) -> None:
    made = check_owners(replace(DEFINITION, owners=Owners(value, safety)))
    assert (made.verdict, made.reason) == (Verdict.FAILED, reason)


@pytest.mark.parametrize("target", list(TargetKind))
@pytest.mark.parametrize("undo", [None, "put it back"])
@pytest.mark.parametrize("no_undo", [None, "Zoe"])
@pytest.mark.parametrize("blind", [None, "Zoe", "Ben Okafor"])
def test_an_effect_is_allowed_where_it_can_be_undone_and_seen_or_was_signed(
    target: TargetKind, undo: str | None, no_undo: str | None, blind: str | None
) -> None:
    definition = replace(DEFINITION, effect=EffectPlan("act", target, undo, no_undo, blind))
    expected = (undo is not None or no_undo is not None) and (target != "blind" or blind == DEFINITION.owners.safety)
    assert effect_allowed(definition) == expected
    assert check_undo(definition).verdict == (Verdict.PASSED if expected else Verdict.FAILED)


def look(*items: Evidence, demoted_at: str | None = None) -> Evidence | str:
    found = usable(items, kind="certificate", release="r1", now=NOW, days=90, demoted_at=demoted_at)
    if isinstance(found, Evidence):
        return found
    assert found.verdict is Verdict.INCONCLUSIVE
    assert found.next_step
    return found.reason


def test_evidence_that_may_not_count_is_a_gap() -> None:
    good = certificate()
    assert look() == "no certificate is on record"
    assert look(evidence("shadow", {})) == "no certificate is on record"
    assert look(replace(good, release="r0")) == "the certificate on file belongs to another release"
    model = replace(good, evidence_class=EvidenceClass.MODEL)
    assert look(model) == "the certificate rests on a model's opinion alone: a model does not verify a model"
    old = replace(good, at="2025-12-01T09:00:00.000000Z")
    assert look(old) == "the certificate of 2025-12-01 is older than 90 days"
    at = good.at
    assert look(good, demoted_at=at) == f"the certificate of {at} is from before the release was demoted at {at}"


def test_the_newest_that_may_count_counts() -> None:
    good = certificate()
    newer = replace(good, at="2026-03-02T08:00:00.000000Z", digest="sha256:newer")
    assert (
        look(newer, good, replace(newer, evidence_class=EvidenceClass.MODEL, at="2026-03-02T08:59:00.000000Z")) == newer
    )
    assert look(good, newer, demoted_at=good.at) == newer
    edge = replace(good, at="2025-12-02T09:00:00.000000Z")
    assert look(edge) == edge


def test_a_certificate_passes_or_says_what_is_missing() -> None:
    made = check_certificate(certificate(), DEFINITION)
    assert (made.verdict, made.evidence, made.next_step) == (Verdict.PASSED, ("sha256:e",), "")
    nothing = check_certificate(certificate(threshold=None, labels_missing=40), DEFINITION)
    assert (nothing.verdict, nothing.next_step) == (Verdict.FAILED, "label 40 more cases")


@pytest.mark.parametrize("change", [{"budget": 0.0501}, {"promise": "joint"}, {"delta": 0.051}])
def test_a_certificate_for_a_weaker_promise_is_a_gap(change: dict[str, Any]) -> None:
    assert check_certificate(certificate(**change), DEFINITION).verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("change", [{"budget": 0.04}, {"delta": 0.01}, {"threshold": 0}, {"threshold": 1}])
def test_a_certificate_for_a_stronger_promise_passes(change: dict[str, Any]) -> None:
    assert check_certificate(certificate(**change), DEFINITION).verdict is Verdict.PASSED


def without(body: dict[str, Any], gone: str) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != gone}


ODD: list[Any] = [None, "0.05", "nan", math.nan, math.inf, -0.1, 1.5, True, [], {}]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"certificate": None, "labels": ["a"]},
        {"certificate": [], "labels": ["a"]},
        {"certificate": CERTIFICATE},
        *({"certificate": CERTIFICATE, "labels": labels} for labels in (None, [], "billing", [1], 3)),
        *({"certificate": without(CERTIFICATE, gone), "labels": ["a"]} for gone in CERTIFICATE if gone != "promise"),
        *({"certificate": {**CERTIFICATE, "budget": odd}, "labels": ["a"]} for odd in ODD),
        *({"certificate": {**CERTIFICATE, "delta": odd}, "labels": ["a"]} for odd in ODD),
        *({"certificate": {**CERTIFICATE, "threshold": odd}, "labels": ["a"]} for odd in ODD[1:]),
        *({"certificate": {**CERTIFICATE, "n_above": odd}, "labels": ["a"]} for odd in ODD),
        *({"certificate": {**CERTIFICATE, "labels_missing": odd}, "labels": ["a"]} for odd in ODD),
    ],
)
def test_a_certificate_that_cannot_be_read_is_an_error(body: Any) -> None:
    assert check_certificate(evidence("certificate", body), DEFINITION).verdict is Verdict.ERROR


def test_shadow_agreement_passes_fails_or_needs_more() -> None:
    def verdict(**changes: Any) -> Verdict:
        return check_shadow(evidence("shadow", {**SHADOW, **changes}), DEFINITION).verdict

    assert verdict() is Verdict.PASSED
    assert verdict(decided=False) is Verdict.INCONCLUSIVE
    assert verdict(decided=False, n_wrong=30, low=0.37) is Verdict.FAILED
    assert verdict(decided=True, n=600, n_wrong=400, low=0.62) is Verdict.FAILED  # good at first, bad since


@pytest.mark.parametrize(
    "body",
    [
        {},
        None,
        [],
        *(without(SHADOW, gone) for gone in SHADOW if gone != "high"),
        *({**SHADOW, "decided": odd} for odd in ("false", "true", 1, None)),
        *({**SHADOW, "n": odd} for odd in ODD),
        *({**SHADOW, "n_wrong": odd} for odd in (*ODD, 61)),
        *({**SHADOW, "low": odd} for odd in ODD),
        *({**SHADOW, "wealth": odd} for odd in (None, "much", [0])),
    ],
)
def test_a_shadow_record_that_cannot_be_read_is_an_error(body: Any) -> None:
    assert check_shadow(evidence("shadow", body), DEFINITION).verdict is Verdict.ERROR


def test_a_gap_stays_the_gap_it_is() -> None:
    gap = finding(Verdict.INCONCLUSIVE)
    assert check_certificate(gap, DEFINITION) is gap
    assert check_shadow(gap, DEFINITION) is gap


def test_a_definition_comes_back_from_its_record() -> None:
    assert definition_of(plain(DEFINITION)) == DEFINITION


def test_changed_fields_are_named_with_both_values() -> None:
    old = plain(DEFINITION)
    new = plain(replace(DEFINITION, owners=Owners("Ana Ruiz", None), acts={"model": "two", "prompt": "p"}))
    assert changed_fields(old, new) == (
        ("acts.model", "sha256:one", "two"),
        ("acts.prompt", "(absent)", "p"),
        ("owners.safety", "Ben Okafor", "(absent)"),
    )
    assert changed_fields(old, old) == ()


def test_of_a_list_what_changed_inside_is_told_by_the_items_name() -> None:
    sort, pay = {"name": "sort", "harm": "low", "undo": None}, {"name": "pay", "harm": "high", "undo": "take back"}
    old = {"steps": [sort, pay], "owners": ["a"]}
    assert changed_fields(old, {"steps": [{**sort, "harm": "high"}, pay], "owners": ["a", "b"]}) == (
        ("owners", "['a']", "['a', 'b']"),
        ("steps[sort].harm", "low", "high"),
    )
    assert changed_fields(old, {**old, "steps": [pay]}) == (("steps[sort]", "name: sort, harm: low", "(absent)"),)
    assert changed_fields(old, {**old, "steps": [pay, sort]}) == (("steps (order)", "sort, pay", "pay, sort"),)
    send = {"name": "send", "harm": "low"}
    renamed = changed_fields(old, {**old, "steps": [send, pay]})
    assert [name for name, _, _ in renamed] == ["steps[sort]", "steps[send]"]
    assert [name for name, _, _ in changed_fields(old, {**old, "steps": [sort, sort]})] == ["steps"]
    assert changed_fields(old, old) == ()


@given(st.lists(st.sampled_from("abc"), max_size=4), st.lists(st.sampled_from("abc"), max_size=4))
def test_lists_that_differ_never_look_the_same(old: list[str], new: list[str]) -> None:
    made = [[{"name": name, "n": place} for place, name in enumerate(one)] for one in (old, new)]
    assert (changed_fields({"steps": made[0]}, {"steps": made[1]}) == ()) == (made[0] == made[1])
