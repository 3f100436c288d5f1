"""An answer that streams: what a boundary of chunks cuts in two is still taken out, and put back."""

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from interlock.engine.gateway.redaction.redacting import compiled, mark
from interlock.engine.gateway.redaction.streaming import StreamRedaction
from interlock.terms.errors import BadInput
from interlock.terms.gateway.content import Entity, PersonalKind

KINDS = tuple(kind for kind in PersonalKind if kind.in_streams)
ENTITIES = (
    Entity("Anna Schmidt"),
    Entity("Ann"),
    Entity("José Müller"),
    Entity("12 High Street", "address"),
    Entity("Suite 12"),
)
KNOWING = compiled(KINDS, ENTITIES)
VALUES = (
    "bob.smith@example.co.uk",
    "+1 (555) 234-5678 ext. 12",
    "0490 75 40 81",
    "4111 1111 1111 1111",
    "GB82 WEST 1234 5698 7654 32",
    "123-45-6789",
    "fax: 9498777106",
    "Suite 12",
    "10.20.30.40",
    "fe80::1ff:fe23:4567:890a",
    "Anna  Schmidt",
    "jose\u0301 mu\u0308ller",
    "12 high street",
    "4\u200b1\u200b11\u200b1111\u200b1111\u200b1111",
    "４１１１１１１１１１１１１１１１",
)
FILLERS = (
    "",
    " ",
    ", ",
    "\n",
    " and ",
    "Ann",
    "Anna",
    " on 2026-11-26 ",
    " 12 ",
    "x",
    "1",
    "+",
    "@",
    ".",
    "é",
    "[",
    "”",
    " 345",
    "++",
    "y" * 70,
)


def streamed(chunks: list[str]) -> tuple[str, dict[str, int]]:
    stream = StreamRedaction(KNOWING)
    out = "".join([*map(stream.feed, chunks), stream.finish()])
    return out, dict(stream.counts)


def whole(text: str) -> tuple[str, dict[str, int]]:
    return streamed([text])


@pytest.mark.parametrize("value", VALUES)
def test_a_value_is_taken_out_at_every_split_into_two_and_one_by_one(value: str) -> None:
    text = f"Write to {value}, please; thanks."
    expected = whole(text)
    assert "[" in expected[0]
    assert value not in expected[0]
    for at in range(len(text) + 1):
        assert streamed([text[:at], text[at:]]) == expected, at
    assert streamed(list(text)) == expected


@pytest.mark.parametrize(
    ("kind", "value"),
    [("phone", "+1 (555) - 234 - 5678 ext. 1234"), ("iban", VALUES[4]), ("ip_address", VALUES[9])],
)
def test_a_kind_by_itself_holds_back_enough_for_itself(kind: str, value: str) -> None:
    redaction = compiled([kind])
    for at in range(len(value)):
        stream = StreamRedaction(redaction)
        assert stream.feed(f"to {value[:at]}") + stream.feed(f"{value[at:]}.") + stream.finish() == f"to {mark(kind)}."


@pytest.mark.parametrize("value", VALUES)
def test_a_value_is_taken_out_at_every_split_into_three(value: str) -> None:
    text = f"to {value}."
    expected = whole(text)
    for first in range(len(text)):
        for second in range(first, len(text), 3):
            assert streamed([text[:first], text[first:second], text[second:]]) == expected, (first, second)


@example(parts=[VALUES[0], "123-45-6789", "Anna  Schmidt", "123-45-6789", "123-45-6789", "12 high street"], cuts=[73])
@example(parts=["+", "+", VALUES[1]], cuts=[5])
@settings(max_examples=150, deadline=None)
@given(
    parts=st.lists(st.sampled_from(VALUES + FILLERS), max_size=8),
    cuts=st.lists(st.integers(min_value=0, max_value=200), max_size=8),
)
def test_a_stream_is_redacted_as_the_whole_text_is(parts: list[str], cuts: list[int]) -> None:
    text = "".join(parts)
    edges = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    chunks = [text[start:end] for start, end in pairwise(edges)]
    assert streamed(chunks) == whole(text)


@settings(max_examples=150, deadline=None)
@given(
    text=st.text(alphabet="ab1 2-+(.)@:/x\u200b\u0301é\n[GB", max_size=120), size=st.integers(min_value=1, max_value=7)
)
def test_a_stream_of_anything_is_redacted_as_the_whole_text_is(text: str, size: int) -> None:
    chunks = [text[at : at + size] for at in range(0, len(text), size)]
    assert streamed(chunks) == whole(text)


def test_text_that_begins_no_value_leaves_at_once() -> None:
    stream = StreamRedaction(KNOWING)
    assert stream.feed("A whole sentence, with an end. ") == "A whole sentence, with an end. "
    assert stream.held_chars == 0


def test_what_is_held_back_is_bounded() -> None:
    for endless in (
        "a" * 5_000,
        "1 " * 5_000,
        "b@" + "c." * 5_000,
        "1\u200b" * 5_000,
        "1" + "\u200b" * 20_000,
        "GB82 " * 900,
    ):
        stream, held = StreamRedaction(KNOWING), 0
        for at in range(0, len(endless), 400):
            stream.feed(endless[at : at + 400])
            held = max(held, stream.held_chars)
        assert held <= 4 * KNOWING.chars_max, endless[:9]


def test_an_address_longer_than_addresses_are_is_taken_out_up_to_that_length() -> None:
    local = "x" * 100
    out, counts = streamed(list(f"to {local}@example.com now"))
    assert out == f"to {'x' * 36}[EMAIL] now"
    assert counts == {"email": 1}


def test_secrets_are_no_kind_for_streams() -> None:
    with pytest.raises(BadInput, match="secret cannot be taken out of a stream"):
        StreamRedaction(compiled(["email", "secret"]))
