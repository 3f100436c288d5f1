"""What is a value of its kind and what only looks like one. All samples here are authored."""

import pytest

from interlock.engine.gateway.redaction.redacting import compiled
from interlock.engine.gateway.redaction.validating import IBAN_LENGTHS, iban
from interlock.terms.gateway.content import PersonalKind

ALL = compiled([kind for kind in PersonalKind if kind is not PersonalKind.SECRET])


def found(text: str) -> dict[str, int]:
    request = ALL.begin()
    request.redact(text)
    return dict(request.counts)


def redacted(text: str) -> str:
    return ALL.begin().redact(text)


@pytest.mark.parametrize(
    ("text", "out"),
    [
        ("bob@example.com", "[EMAIL-1]"),
        ("<bob+spam@mail.example.co.uk>.", "<[EMAIL-1]>."),
        ("josé@example.fr", "[EMAIL-1]"),
        ("“иван@example.com”", "“[EMAIL-1]”"),
        ("(555) 234-5678", "[PHONE-1]"),
        ("+44 7700 900 123", "[PHONE-1]"),
        ("tel. 5552345678 now", "tel. [PHONE-1] now"),
        ("電話：090-1234-5678です", "電話：[PHONE-1]です"),
        ("555–234–5678", "[PHONE-1]"),  # as a word processor writes it
        ("٠١٢٣ ٤٥٦ ٧٨٩٠", "[PHONE-1]"),  # Arabic-Indic digits
        ("4111-1111-1111-1111", "[CARD-1]"),
        ("3782 822463 10005", "[CARD-1]"),
        ("4111.1111.1111.1111", "[CARD-1]"),
        ("3782.822463.10005", "[CARD-1]"),
        ("4111  1111  1111  1111", "[CARD-1]"),
        ("4111 - 1111 - 1111 - 1111", "[CARD-1]"),
        ("4111\u31641111\u115f1111\uffa01111", "[CARD-1]"),  # letters that nobody sees
        ("4111\u28001111\u28001111\u28001111", "[CARD-1]"),  # Braille without a dot
        ("\u202e4111111111111111\u202c", "\u202e[CARD-1]\u202c"),  # between marks of direction
        ("GB82WEST12345698765432", "[IBAN-1]"),
        ("de89 3704 0044 0532 0130 00 and", "[IBAN-1] and"),
        ("AB1234567 GB82 WEST 1234 5698 7654 32", "AB1234567 [IBAN-1]"),  # not hidden by what stands before it
        ("078-05-1120", "[SSN-1]"),
        ("192.0.2.17:8080", "[IP-1]:8080"),
        (".192.0.2.17", ".[IP-1]"),
        ("at .192.0.2.17", "at .[IP-1]"),
        ("[2001:db8::8a2e:370:7334]", "[[IP-1]]"),
        ("2001:0db8:85a3:0:0:8a2e:0370:7334", "[IP-1]"),
        ("12 3456789@example.com", "12 [EMAIL-1]"),  # a number before it hides no address
        ("4111 1111 1111 1111 (555) 234-5678", "[CARD-1] [PHONE-1]"),
    ],
)
def test_it_is_taken_out_and_nothing_else_is(text: str, out: str) -> None:
    assert redacted(text) == out


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-26",
        "26.11.2026 18:10",
        "11/26/2026",
        "2026-11-26 18:10:15.123456",
        "2019 2020",
        "4111 1111 1111 1112",  # the check digit is wrong
        "1111111111111111",
        "411.111.111.111.111.1",
        "371.449.635.398.431",  # thousands, though the check digit is right
        "4111.11111111.1111",
        "GB82 WEST 1234 5698 7654 33",
        "XX82WEST12345698765432",  # no such country
        "000-12-3456",
        "987-65-4321",
        "666-12-3456",
        "127.0.0.1",
        "v1.2.3.4",
        "1.2.3.4.5",
        "256.1.1.1",
        "x[1::2]",
        "std::vector::size",
        "12:34:56",
        "user@localhost",
        "@handle and a@b",
        "$1 234 567.89",
        "EUR 1.234.567,89",
        "order 12345678",
        "order 1234567890",
        "0123456789",
        "0000000000",
        "invoice INV-2026-000123-77",
        "id 550e8400-e29b-41d4-a716-446655440000",
        "3.14159265358979",
        "1764180000000",
        "100% of 1,000,000",
        "",
    ],
)
def test_what_only_looks_like_one_stays(text: str) -> None:
    assert found(text) == {}


def test_every_country_of_the_registry_has_a_length_and_the_check_digits_are_checked() -> None:
    assert len(IBAN_LENGTHS) >= 80
    assert iban("GB82WEST12345698765432")
    assert not iban("GB28WEST12345698765432")


def test_a_number_is_found_with_invisible_characters_in_it_and_they_go_with_it() -> None:
    assert redacted("card 4111\u200b1111\u00ad1111\u20631111!") == "card [CARD-1]!"


def test_half_a_character_is_no_reason_to_fail() -> None:
    assert redacted("\ud800 bob@example.com") == "\ud800 [EMAIL-1]"


def test_only_the_kinds_that_were_asked_for_are_taken_out() -> None:
    request = compiled(["iban"]).begin()
    assert request.redact("bob@example.com, 4111 1111 1111 1111") == "bob@example.com, 4111 1111 1111 1111"
