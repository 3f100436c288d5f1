"""A caller's place in its own trace is read exactly as W3C Trace Context says it, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.engine.gateway.trace_parent import trace_parent_of
from interlock.surfaces.gateway.heads import head_of

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
GOOD = f"00-{TRACE}-{SPAN}-01"


@pytest.mark.parametrize("said", [GOOD, f"00-{TRACE}-{SPAN}-00", f"cc-{TRACE}-{SPAN}-01", f"cc-{TRACE}-{SPAN}-01-what"])
def test_what_is_one_is_read_whether_it_is_sampled_or_not(said: str) -> None:
    assert trace_parent_of(said) == f"{TRACE}-{SPAN}"


@pytest.mark.parametrize(
    "said",
    [
        "",
        GOOD.upper(),
        GOOD + " ",
        GOOD + "-",
        GOOD + "-what",
        GOOD + "\n",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE[:-1]}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}0-01",
        f"00-{TRACE}-{SPAN}-1",
        f"cc-{TRACE}-{SPAN}-01what",
        f"00{TRACE}{SPAN}01",
        GOOD.replace("0af7", "\u0660af7"),
        "cc" + GOOD[2:] + "-" + "x" * 1_000,
    ],
)
def test_what_is_none_is_not_read(said: str) -> None:
    assert trace_parent_of(said) is None


@given(st.text() | st.from_regex(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}.?"))
def test_whatever_is_read_is_two_numbers(said: str) -> None:
    found = trace_parent_of(said)
    if found is not None:
        trace, span = found.split("-")
        assert (len(trace), len(span)) == (32, 16)
        assert int(trace, 16) > 0
        assert int(span, 16) > 0


@pytest.mark.parametrize(
    ("given_", "read"),
    [
        ([GOOD], f"{TRACE}-{SPAN}"),
        ([f" {GOOD} "], f"{TRACE}-{SPAN}"),
        ([GOOD] * 2, None),
        (["what"], None),
        ([], None),
    ],
)
def test_a_head_that_says_two_says_none(given_: list[str], read: str | None) -> None:
    headers = [(b"traceparent", one.encode()) for one in given_]
    assert head_of({"headers": headers, "client": ("127.0.0.1", 1)}).trace_parent == read
