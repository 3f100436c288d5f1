import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.terms import words
from interlock.terms.estimate import Estimate
from interlock.terms.words import NBSP, Shown


def estimate(value: float | None, low: float | None, high: float | None, n: int) -> Estimate:
    return Estimate(value, low, high, n, "Wilson score")


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.005, "0.50 %"),
        (0.01, "1.0 %"),
        (0.6241, "62.4 %"),
        (0.00012, "0.01 %"),
        (0.000012, "0.001 %"),
        (0.9996, "99.96 %"),
        (1e-17, "0 %"),
        (1e-9, "<0.000001 %"),
        (math.nan, "not measured"),
    ],
)
def test_percent(share: float, text: str) -> None:
    assert words.percent(share) == text.replace(" %", f"{NBSP}%")


@given(st.floats(1e-8, 1 - 1e-8))
def test_only_nothing_reads_as_0_percent_and_only_everything_as_100(share: float) -> None:
    assert words.percent(share) not in {words.percent(0.0), words.percent(1.0), f"0.0{NBSP}%", f"100.0{NBSP}%"}


@given(st.floats(0, 1))
def test_a_percentage_reads_back_within_its_last_digit(share: float) -> None:
    digits = words.percent(share).removesuffix(f"{NBSP}%")
    if digits[0] not in "<>":
        decimals = len(digits.partition(".")[2]) or 9
        assert abs(float(digits) - 100 * share) <= 0.51 * 10**-decimals + 1e-9


@pytest.mark.parametrize(("share", "text"), [(0.005, "0.5 %"), (0.01, "1 %"), (0.95, "95 %"), (0.999, "99.9 %")])
def test_given_percentages_have_no_trailing_zeros(share: float, text: str) -> None:
    assert words.percent_exact(share) == text.replace(" ", NBSP)


@pytest.mark.parametrize(
    ("given_estimate", "shown"),
    [
        (estimate(0.624, 0.605, 0.643, 2617), Shown("62.4 %", "±1.9, n 2,617")),
        (estimate(0.0, 0.0, 0.0037, 1024), Shown("0 %", "(0–0.37), n 1,024")),
        (estimate(0.0, 1e-17, 0.086, 41), Shown("0 %", "(0–8.6), n 41")),
        (estimate(1.0, 0.914, 1.0, 41), Shown("100 %", "(91.4–100), n 41")),
        (estimate(0.0041, 0.0007, 0.0229, 243), Shown("0.41 %", "(0.07–2.29), n 243")),
        (estimate(0.5, None, None, 3), Shown("50.0 %", "no interval, n 3")),
        (estimate(None, None, None, 0), Shown("not measured")),
        (estimate(math.nan, None, None, 0), Shown("not measured")),
        (None, Shown("not measured")),
    ],
)
def test_a_share_carries_its_interval_and_its_denominator(given_estimate: Estimate | None, shown: Shown) -> None:
    assert words.share_shown(given_estimate) == Shown(
        shown.main.replace(" %", f"{NBSP}%"), shown.behind.replace("n ", f"n{NBSP}")
    )


def test_money_and_latency_carry_units() -> None:
    assert words.money_shown(estimate(0.47, 0.44, 0.51, 500)) == Shown(f"USD{NBSP}0.47", f"(0.44–0.51), n{NBSP}500")
    assert words.latency_shown(estimate(0.93, 0.88, 1.07, 9)) == Shown(f"0.93{NBSP}ms", f"(0.88–1.07), n{NBSP}9")
    assert [words.money(x) for x in (0, 0.000012, 0.05, 12.5, 1501.9)] == [
        f"USD{NBSP}{x}" for x in ("0.00", "0.000012", "0.05", "12.50", "1,501.90")
    ]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.05, "share", "5 %"),
        (0.006123456, "share", "0.61 %"),
        (0.062, "share wrong", "6.2 % wrong"),
        (12.5, "USD", "USD 12.50"),
        (12.5, "USD a day", "USD 12.50 a day"),
        (1200, "cases", "1,200 cases"),
        (0.25, "", "0.25"),
    ],
)
def test_quantities(value: float, unit: str, text: str) -> None:
    assert words.quantity(value, unit).replace(NBSP, " ") == text


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026-03-03T14:05:11+00:00", "3 March 2026, 14:05 UTC"),
        ("2026-03-03T14:05:11Z", "3 March 2026, 14:05 UTC"),
        ("2026-03-03T14:05:11-03:30", "3 March 2026, 14:05 UTC−03:30"),
        ("2026-03-03T14:05:11", "3 March 2026, 14:05 (zone not stated)"),
        ("2026-03-03", "3 March 2026"),
        ("yesterday", "yesterday"),
    ],
)
def test_times_show_their_zone(text: str, read: str) -> None:
    assert words.moment(text) == read


def test_long_texts_are_cut_between_words_and_say_so() -> None:
    assert words.shorten("one two three four five", 16) == "one two three…"
    assert words.shorten("x" * 20, 10) == "x" * 9 + "…"
    assert words.brief("x" * 501) == "x" * 499 + "… (501 characters in all)"


@given(st.text(st.characters()), st.integers(2, 60))
def test_shortened_text_is_never_longer_than_its_limit(text: str, limit: int) -> None:
    assert len(words.shorten(text, limit)) <= limit


def test_clean_text_cannot_turn_the_direction_or_break_the_encoding() -> None:
    assert words.clean("a\x00b\u202ec\ud800d\te\nf") == "a\ufffdb\ufffdc\ufffdd e\nf"


@given(st.text(st.characters()))
def test_clean_text_can_be_written_as_utf_8(text: str) -> None:
    assert words.clean(text).encode().decode() == words.clean(text)


def test_line_numbers_of_an_exclusion() -> None:
    assert words.lines_of((14, 97), 211) == "lines 14, 97 and 209 more"
    assert words.lines_of((14,), 1) == "line 14"
    assert words.lines_of((), 3) == ""


def test_sizes_and_counts() -> None:
    assert [words.size(n).replace(NBSP, " ") for n in (0, 999, 412_345, 1_846_221, 2_100_000_000_000)] == [
        "0 bytes",
        "999 bytes",
        "412 kB",
        "1.8 MB",
        "2100.0 GB",
    ]
    assert [words.plural(1, "case"), words.plural(2617, "case")] == [f"1{NBSP}case", f"2,617{NBSP}cases"]


def test_figures_keep_their_units_on_the_line() -> None:
    assert words.tied("At 32 % it costs USD 1.38 (n 330), 5 times") == (
        f"At 32{NBSP}% it costs USD{NBSP}1.38 (n{NBSP}330), 5 times"
    )


@given(st.text(st.characters()))
def test_text_in_chunks_is_the_whole_text(text: str) -> None:
    assert "".join(words.chunks(text)) == text


def test_only_long_words_may_break() -> None:
    said = "short words, then "
    assert words.chunks(said + "x" * 40) == (said, "x" * 12, "x" * 12, "x" * 16)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0.0000"), (1.0, "1.0000"), (0.1374, "0.1374"), (0.99999, "0.99999"), (0.00001, "1e-05")],
)
def test_a_threshold_never_reads_as_certainty(value: float, text: str) -> None:
    assert words.confidence(value) == text
