"""Limits of a client in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.engine.gateway.access.limit_words import MOST_MAX, limit_said, limit_words
from interlock.terms.errors import BadInput
from interlock.terms.gateway.traffic import Of, Per, TrafficLimit, Unit

LIMITS = st.builds(
    TrafficLimit,
    st.just(Of.CLIENT),
    st.sampled_from(Unit),
    st.sampled_from(Per),
    st.integers(1, MOST_MAX),
    st.none(),
    st.one_of(st.none(), st.just("large"), st.just("provider/model-1.5:free")),
)


@given(LIMITS)
def test_every_limit_has_words_that_say_it(limit: TrafficLimit) -> None:
    assert limit_said(limit_words(limit)) == limit


def test_money_is_in_dollars_and_blanks_do_not_matter() -> None:
    assert limit_said("  5.5  usd a day ") == TrafficLimit(Of.CLIENT, Unit.MICRO_USD, Per.DAY, 5_500_000)
    assert limit_words(limit_said("0.000001 usd a month")) == "0.000001 usd a month"


@pytest.mark.parametrize(
    "words",
    ["", "5 euro a day", "0 usd a day", "1.5 tokens a day", "-1 usd a day", "0.0000001 usd a day", "5 usd a year",
     "1e3 usd a day", "٥ usd a day", "5 usd a day of <model>", "9999999999999999 requests a day", "5 usd"],
)  # fmt: skip
def test_what_is_no_limit_is_told(words: str) -> None:
    with pytest.raises(BadInput, match="is no limit"):
        limit_said(words)
