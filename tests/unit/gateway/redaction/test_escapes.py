"""Values that a text spells with escapes, as JSON in the middle of a prompt does."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.engine.gateway.redaction.escapes import unescaped
from interlock.engine.gateway.redaction.redacting import compiled
from interlock.terms.gateway.content import Entity

ADA = Entity("J\u00f6rg M\u00fcller")
KNOWN = compiled(("email", "credit_card"), (ADA,))
ONE = json.dumps({"who": "J\u00f6rg M\u00fcller", "at": "caf\u00e9"})


@pytest.mark.parametrize(
    ("text", "out"),
    [
        (f"See {ONE}", 'See {"who": "[NAME-1]", "at": "caf\\u00e9"}'),  # the rest stays as it was spelt
        (f"See {json.dumps(ONE)}", 'See "{\\"who\\": \\"[NAME-1]\\", \\"at\\": \\"caf\\\\u00e9\\"}"'),
        ("ana.ruiz\\u0040example.com", "[EMAIL-1]"),
        ("\\u0034111 1111 1111 1111, then", "[CARD-1], then"),
        ("4111\\u200b1111\\u200b1111\\u200b1111", "[CARD-1]"),
        ('x {"to": "Write to:\\nana.ruiz@example.com\\tnow"}', 'x {"to": "Write to:\\n[EMAIL-1]\\tnow"}'),
        ('x {"who": "J\\u00f6rg\\nM\\u00fcller"}', 'x {"who": "[NAME-1]"}'),
        ("OFFICE\\nora.ruiz@example.com", "OFFICE\\[EMAIL-1]"),  # no JSON
        ("[EMAIL\\u002d1]", "[LITERAL-1]"),
        ("\\ud83d\\ude00 ana@example.com \\ud83d", "\\ud83d\\ude00 [EMAIL-1] \\ud83d"),
        ("caf\\u00e9 \\u12 \\ux", "caf\\u00e9 \\u12 \\ux"),
    ],
)
def test_a_value_is_taken_out_and_the_rest_stays_as_it_was_spelt(text: str, out: str) -> None:
    request = KNOWN.begin()
    assert request.redact(text) == out


def test_the_value_comes_back_as_it_is_read() -> None:
    request = KNOWN.begin()
    request.redact(f"See {ONE}")
    assert request.restorer().restore("Dear [NAME-1]") == "Dear J\u00f6rg M\u00fcller"


@given(st.text(st.sampled_from('a\u00fc\u65e5\U0001f642\\"u0d8 \n')))
def test_every_place_leads_to_the_character_that_stands_there(text: str) -> None:
    spelt = json.dumps(text)
    plain = unescaped(spelt)
    for at, char in enumerate(plain.text):
        piece = spelt[plain.original(at) : plain.original(at + 1)]
        assert piece == char or unescaped(f'"{piece}"').text == f'"{char}"'
    assert plain.original(len(plain.text)) == len(spelt)


def test_many_backslashes_take_no_longer_than_as_many_letters() -> None:
    for text in ("\\" * 300_000, '"' + "\\n" * 100_000, "\\u00e9" * 50_000, "\\ud83d" * 50_000, "\\\\ud83d\\" * 40_000):
        began_s = time.process_time()
        KNOWN.begin().redact(text)
        assert time.process_time() - began_s < 1.0
