"""The decision, against its conditions said once more in other words."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlock.engine.action.decide import decide
from interlock.terms.decision import Decision, DecisionInputs, GrantFacts, Proposal, Verb
from interlock.terms.workflow import Limits

NOW, LATER, EARLIER = (f"2026-03-0{day}T09:00:00.000000Z" for day in (2, 3, 1))
LABELS = ["billing", "fraud", "close account"]
ODD = [math.nan, math.inf, -math.inf, -0.1, 0.0, 0.5, 0.9, 0.95, 1.0, 1.1]

numbers = st.sampled_from(ODD) | st.floats()
shares = st.sampled_from([math.nan, 0.0, 0.25, 0.5, 1.0]) | st.floats(0, 1)
grants = st.builds(
    GrantFacts,
    release=st.sampled_from(["r1", "r2"]),
    threshold=st.none() | numbers,
    traffic_share=shares,
    audit_share=shares,
    expires_at=st.sampled_from([LATER, LATER, NOW, EARLIER]),
)
limits_ = st.builds(
    Limits,
    always_review=st.lists(st.sampled_from(LABELS), max_size=2).map(tuple),
    forbidden=st.lists(st.sampled_from(LABELS), max_size=1).map(tuple),
    applied_per_day=st.none() | st.integers(0, 3),
)
everything = st.builds(
    DecisionInputs,
    proposal=st.builds(
        Proposal,
        key=st.just("k"),
        release=st.sampled_from(["r1", "r1", "r2"]),
        label=st.sampled_from(LABELS),
        confidence=st.none() | numbers,
        payload_digest=st.just("sha256:x"),
    ),
    current_release=st.just("r1"),
    owners_named=st.booleans(),
    effect_allowed=st.booleans(),
    label_known=st.booleans(),
    limits=limits_,
    grant=st.none() | grants,
    halted=st.sampled_from([(), (), ("global",), ("global", "workflow:w")]),
    applied_today=st.integers(0, 4),
    traffic_draw=shares,
    audit_draw=shares,
    at=st.just(NOW),
)

SURE = DecisionInputs(
    proposal=Proposal("k", "r1", "billing", 0.95, "sha256:x"),
    current_release="r1",
    owners_named=True,
    effect_allowed=True,
    label_known=True,
    limits=Limits(always_review=("fraud",), forbidden=("close account",), applied_per_day=3),
    grant=GrantFacts("r1", 0.9, 0.5, 0.25, LATER),
    halted=(),
    applied_today=2,
    traffic_draw=0.49,
    audit_draw=0.25,
    at=NOW,
)


def may_be_applied(i: DecisionInputs) -> bool:
    """Every condition, each as something that must hold (a NaN holds for nothing)."""
    grant, confidence = i.grant, i.proposal.confidence
    return (
        i.owners_named
        and grant is not None
        and not i.halted
        and grant.release == i.proposal.release == i.current_release
        and i.at < grant.expires_at
        and i.effect_allowed
        and i.traffic_draw < grant.traffic_share
        and i.label_known
        and i.proposal.label not in (*i.limits.forbidden, *i.limits.always_review)
        and (i.limits.applied_per_day is None or i.applied_today < i.limits.applied_per_day)
        and grant.threshold is not None
        and confidence is not None
        and 0.0 <= confidence <= 1.0
        and confidence >= grant.threshold
    )


@given(everything)
@settings(max_examples=500, deadline=None)
def test_apply_exactly_where_every_condition_holds(inputs: DecisionInputs) -> None:
    assert (decide(inputs).verb is Verb.APPLY) == may_be_applied(inputs)


@given(everything)
@settings(max_examples=150, deadline=None)
def test_a_decision_is_pure_and_says_why(inputs: DecisionInputs) -> None:
    decision = decide(inputs)
    assert decide(inputs) == decision
    assert decision.reasons
    assert all(reason.strip() for reason in decision.reasons)


@given(everything)
@settings(max_examples=150, deadline=None)
def test_a_doubt_sends_to_a_person_what_would_be_applied_or_compared_and_lets_nothing_more_through(
    inputs: DecisionInputs,
) -> None:
    before = decide(inputs)
    after = decide(replace(inputs, proposal=replace(inputs.proposal, doubt="nobody looked at it yet")))
    assert after.verb is not Verb.APPLY
    assert (after == before) == (before.verb is Verb.DENY or bool(inputs.halted) or not inputs.owners_named)
    if after != before:
        assert (after.verb, after.reasons) == (Verb.REVIEW, ("nobody looked at it yet",))


@given(everything)
@settings(max_examples=150, deadline=None)
def test_what_is_forbidden_is_denied_whatever_else_holds(inputs: DecisionInputs) -> None:
    forbidden = inputs.proposal.label in inputs.limits.forbidden
    assert (decide(inputs).verb is Verb.DENY) == forbidden


@given(everything)
@settings(max_examples=150, deadline=None)
def test_only_applied_cases_are_audited_and_only_by_the_draw(inputs: DecisionInputs) -> None:
    decision = decide(inputs)
    drawn = inputs.grant is not None and not inputs.audit_draw >= inputs.grant.audit_share
    assert decision.audited == (decision.verb is Verb.APPLY and drawn)


@given(everything, st.floats(0, 1))
@settings(max_examples=150, deadline=None)
def test_a_stricter_threshold_never_applies_more(inputs: DecisionInputs, stricter: float) -> None:
    grant = inputs.grant
    if grant is None or grant.threshold is None or not grant.threshold <= stricter:
        return
    under = decide(replace(inputs, grant=replace(grant, threshold=stricter)))
    assert not (under.verb is Verb.APPLY and decide(inputs).verb is not Verb.APPLY)


def test_a_sure_case_is_applied() -> None:
    assert decide(SURE) == Decision(Verb.APPLY, ("confidence 0.9500 >= certified threshold 0.9000",), audited=False)
    assert decide(replace(SURE, audit_draw=0.2499)).audited


def _with(**facts: object) -> DecisionInputs:
    assert SURE.grant is not None
    proposal: dict[str, object] = {k: facts.pop(k) for k in ("label", "confidence") if k in facts}
    grant: dict[str, object] = {k: facts.pop(k) for k in ("threshold", "expires_at", "traffic_share") if k in facts}
    if "grant_release" in facts:
        grant["release"] = facts.pop("grant_release")
    if "release" in facts:
        proposal["release"] = facts.pop("release")
    inputs = replace(SURE, proposal=replace(SURE.proposal, **proposal), grant=replace(SURE.grant, **grant))  # type: ignore[arg-type]
    return replace(inputs, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        (_with(label="close account"), ("deny", "'close account' is forbidden by the workflow's limits")),
        (
            _with(owners_named=False),
            ("shadow", "no value owner or no safety owner is named: it can only be simulated"),
        ),
        (_with(grant=None), ("shadow", "no grant: the proposal is compared with what people decide")),
        (_with(halted=("global",)), ("review", "global is halted by the kill switch")),
        (_with(release="r0"), ("review", "the proposal was made by a release that is not the one in force")),
        (_with(grant_release="r0"), ("review", "the grant belongs to another release")),
        (_with(expires_at=NOW), ("review", f"the grant expired at {NOW}")),
        (
            _with(effect_allowed=False),
            (
                "review",
                "the target cannot be read, has no undo and no signed statement, or is blind and not signed off",
            ),
        ),
        (_with(traffic_draw=0.5), ("review", "outside the 50 % of traffic that the grant covers")),
        (_with(label_known=False), ("review", "'billing' is not a label that the certificate was made with")),
        (_with(label="fraud"), ("review", "'fraud' always goes to a person")),
        (_with(applied_today=3), ("review", "the daily limit of 3 applied cases is reached")),
        (_with(threshold=None), ("review", "no threshold is certified")),
        (_with(threshold=math.nan), ("review", "confidence 0.9500 < certified threshold nan")),
        (_with(confidence=None), ("review", "the confidence is unknown")),
        (_with(confidence=math.nan), ("review", "the confidence is unknown")),
        (_with(confidence=math.inf), ("review", "the confidence is unknown")),
        (_with(confidence=2.0), ("review", "the confidence 2 is outside 0..1")),
        (_with(confidence=2), ("review", "the confidence 2 is outside 0..1")),
        (_with(confidence=-0.5), ("review", "the confidence -0.5 is outside 0..1")),
        (_with(confidence=0.8999), ("review", "confidence 0.8999 < certified threshold 0.9000")),
    ],
)
def test_each_doubt_alone_is_enough(inputs: DecisionInputs, expected: tuple[str, str]) -> None:
    assert decide(inputs) == Decision(Verb(expected[0]), (expected[1],))


def test_every_doubt_is_named() -> None:
    inputs = _with(release="r0", label="fraud", confidence=0.1, traffic_draw=0.9, effect_allowed=False)
    assert len(decide(inputs).reasons) == 5
