"""Known things in a text: what is marked, what is not, and that no text takes long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.engine.review.entities import Piece, entities_in, pieces_of


def marks(text: str) -> list[tuple[str, str]]:
    return [(piece.text, piece.word) for piece in pieces_of(text) if piece.word]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("write to ana.ruiz+x@shop.example.com.", [("ana.ruiz+x@shop.example.com", "e-mail address")]),
        ("see https://shop.example/o?id=7, please", [("https://shop.example/o?id=7", "web address")]),
        ("to DE89 3704 0044 0532 0130 00 today", [("DE89 3704 0044 0532 0130 00", "bank account (IBAN)")]),
        ("card 4111 1111 1111 1111!", [("4111 1111 1111 1111", "card number")]),
        ("on 2026-02-28 or 28.02.2026", [("2026-02-28", "date"), ("28.02.2026", "date")]),
        ("by 3rd of March 2026, or May 4", [("3rd of March 2026", "date"), ("May 4", "date")]),
        ("at 14:30 or 2:15 pm", [("14:30", "time"), ("2:15 pm", "time")]),
        ("$1,299.90, 49 EUR, £5", [("$1,299.90", "amount"), ("49 EUR", "amount"), ("£5", "amount")]),
        ("Order number: 4711-AB9 is late", [("4711-AB9", "order number")]),
        ("my invoice #88123", [("88123", "invoice number")]),
        ("ref. A1", []),
        ("ref INC-4711", [("INC-4711", "reference number")]),
        ("INC-20931 again", [("INC-20931", "reference number")]),
        ("call +49 (0)30 1234567.", [("+49 (0)30 1234567", "telephone number")]),
        ("call 555-123-4567", [("555-123-4567", "telephone number")]),
    ],
)
def test_what_is_known_is_marked(text: str, expected: list[tuple[str, str]]) -> None:
    assert marks(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "the order status is unknown",  # no number
        "DE88 3704 0044 0532 0130 00",  # check digits
        "4111 1111 1111 1112",  # check digit
        "2026-02-30",  # no such day
        "31.04.2026",
        "25:61",
        "version 1.2.3",
        "a@b",  # no domain
        "1234567",  # a number is not yet a telephone
        "I may 4get",
        "<script>alert(1)</script>",
        "",
    ],
)
def test_what_only_looks_like_it_is_not(text: str) -> None:
    assert marks(text) == []


def test_a_stretch_of_text_is_one_thing() -> None:
    assert marks("https://x.example/order/4711?to=a@b.example") == [
        ("https://x.example/order/4711?to=a@b.example", "web address")
    ]


@given(st.text(alphabet=st.sampled_from("a1 .,-+@#:/€(DE4711order\n\u202eß"), max_size=200))
def test_the_pieces_joined_are_the_text_and_none_is_empty(text: str) -> None:
    pieces = pieces_of(text)
    assert "".join(piece.text for piece in pieces) == text
    assert Piece("") not in pieces
    assert all(one.end <= other.start for one, other in zip(entities_in(text), entities_in(text)[1:], strict=False))


HOSTILE = ("a", "1", "a.", "1 ", "a@", "1-", "(", "DE12 ", "order ", "https://", "1,", "+1", "may ", "@a.", "$1")


@pytest.mark.parametrize("part", HOSTILE)
def test_a_hostile_text_is_read_in_one_go(part: str) -> None:
    """A rule that tried again and again would need ten thousand million steps for these, and never end here."""
    text = part * (100_000 // len(part))
    assert "".join(piece.text for piece in pieces_of(text)) == text
