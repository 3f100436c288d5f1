"""What an application hands over is checked where it does so."""

import datetime as dt
import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.surfaces.sdk.case import About
from interlock.surfaces.sdk.checks import (
    checked_about,
    checked_confidence,
    checked_content,
    checked_key,
    checked_label,
    checked_lease,
    checked_text,
)
from interlock.terms.errors import BadInput

KNOWN = tuple(About.__annotations__)


@given(st.floats(0, 1))
def test_a_confidence_is_kept_as_it_is(confidence: float) -> None:
    assert checked_confidence(confidence) == confidence


@pytest.mark.parametrize(("given_", "kept"), [(None, None), (1, 1.0), (Fraction(1, 4), 0.25)])
def test_other_kinds_of_numbers_become_floats(given_: Any, kept: float | None) -> None:
    confidence = checked_confidence(given_)
    assert (confidence, type(confidence)) == (kept, type(kept))


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_numbers_of_numpy_are_numbers(kind: type[np.floating[Any]]) -> None:
    assert (checked_confidence(kind(0.5)), type(checked_confidence(kind(0.5)))) == (0.5, float)


@pytest.mark.parametrize("given_", [True, "0.9", math.nan, math.inf, -math.inf, Decimal("0.5"), [0.9], 1.01, -0.01, 97])
def test_what_is_no_confidence_is_refused(given_: Any) -> None:
    with pytest.raises(BadInput, match=r"^confidence"):
        checked_confidence(given_)


@given(st.text())
def test_a_key_is_one_that_is_the_same_next_time(key: str) -> None:
    try:
        kept = checked_key(key)
    except BadInput:
        return
    assert (kept, kept.strip(), kept.isprintable(), 0 < len(kept) <= 200) == (key, key, True, True)


@pytest.mark.parametrize("key", [None, 17, "", "  ", " m-1", "m-1\t", "a\nb", "k" * 201, "\ud800", "of " * 13 + "x"])
def test_what_is_no_key_is_refused(key: Any) -> None:
    with pytest.raises(BadInput, match="key"):
        checked_key(key)


@pytest.mark.parametrize("label", [None, 3, "", " \t", "l" * 501])
def test_what_is_no_label_is_refused(label: Any) -> None:
    with pytest.raises(BadInput, match="label"):
        checked_label(label)


@pytest.mark.parametrize("lease_s", [0, -1, math.nan, math.inf, 3_601, "30", None, True])
def test_a_lease_begins_and_ends(lease_s: Any) -> None:
    with pytest.raises(BadInput, match=r"^lease_s is how many seconds the action may take, up to 3600"):
        checked_lease(lease_s)


@pytest.mark.parametrize("timeout_s", [0, -1, 30, 31, math.nan, math.inf, "5", True])
def test_a_timeout_ends_before_the_lease(timeout_s: Any) -> None:
    with pytest.raises(BadInput, match=r"^timeout_s"):
        checked_lease(30, timeout_s)


def test_a_lease_and_a_timeout_that_fit() -> None:
    assert (checked_lease(3_600), checked_lease(30, 29.9), checked_lease(0.5, None)) == (3_600.0, 30.0, 0.5)


@pytest.mark.parametrize("value", ["", " ", 5, b"acme"])
def test_a_scope_has_a_name(value: Any) -> None:
    with pytest.raises(BadInput, match="tenant is a text that is not empty"):
        checked_text("tenant", value)


def test_content_may_be_empty_and_must_be_text() -> None:
    checked_content(None)
    checked_content("")
    with pytest.raises(BadInput, match="not bytes"):
        checked_content(b"mail")  # type: ignore[arg-type, unused-ignore] # as a caller without types would


def test_what_is_told_is_kept_without_what_is_none() -> None:
    told = {
        "novelty": 0.25,
        "target": "ann",
        "amount_cents": 0,
        "items": 1,
        "facts": {"vip": True, "days": 3, "country": "DK"},
        "arguments": {"lines": [{"sku": "a", "price": 1.5}], "note": None},
    }
    assert checked_about({**told, "target": None}, KNOWN) == {k: v for k, v in told.items() if k != "target"}
    assert checked_about(told, KNOWN) == told


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"amount": 5}, "did you mean 'amount_cents'"),
        ({"zzz": 5}, "there are: novelty, target, amount_cents, items, facts, arguments"),
        ({"facts": {"country": "\ud800"}}, "facts must be JSON"),
        ({"amount_cents": -5}, "whole number from 0, not -5"),
        ({"amount_cents": 12.5}, "not 12.5"),
        ({"amount_cents": "12"}, "not '12'"),
        ({"amount_cents": True}, "not True"),
        ({"items": 0}, "whole number from 1"),
        ({"novelty": 2}, "novelty 2 is outside 0..1"),
        ({"novelty": "new"}, "novelty is a number"),
        ({"target": ""}, "target is a text"),
        ({"facts": [1]}, "facts is a mapping"),
        ({"facts": {1: "x"}}, "facts is a mapping"),
        ({"facts": {"x": 1.5}}, "the fact 'x' is a text, a whole number"),
        ({"facts": {"x": None}}, "the fact 'x'"),
        ({"arguments": [1]}, "arguments is a mapping"),
        ({"arguments": {1: "x"}}, "arguments is a mapping"),
        ({"arguments": {"at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}}, "arguments must be JSON"),
        ({"arguments": {"x": {1}}}, "arguments must be JSON"),
        ({"arguments": {"x": math.nan}}, "arguments must be JSON"),
        ({"arguments": {"x": "\ud800"}}, "arguments must be JSON"),
        ({"arguments": {"x": 2**60}}, "arguments must be JSON"),
    ],
)
def test_what_cannot_be_told_is_refused(told: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInput) as caught:
        checked_about(told, KNOWN)
    assert words in str(caught.value)
