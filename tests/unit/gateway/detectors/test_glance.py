"""What one look calls clear holds nothing that any of the thorough ones would find."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from interlock.engine.gateway.detectors.glance import is_clear
from interlock.engine.gateway.detectors.injection_rules import broken_rules
from interlock.engine.gateway.detectors.secrets import secrets_in
from interlock.engine.gateway.redaction.folding import folded
from interlock.engine.gateway.redaction.redacting import compiled
from interlock.terms.gateway.content import PersonalKind
from unit.gateway.detectors.test_injection import AUTHORED_ATTEMPTS
from unit.gateway.detectors.test_secrets import SECRETS

KINDS = frozenset(kind.value for kind in PersonalKind) - {PersonalKind.SECRET.value}
PERSONAL = {
    "email": ("ada@example.com", "j.müller@post.example.at"),
    "phone": ("+43 660 1234567", "(212) 555-0187", "call 5550187", "0660 1234567", "0043 660 12345678"),
    "credit_card": ("4111 1111 1111 1111", "378282246310005", "6011-1111-1111-1117"),
    "iban": ("DE89 3704 0044 0532 0130 00", "NO93 8601 1117 947", "gb29nwbk60161331926819"),
    "us_ssn": ("078-05-1120", "219 09 9999"),
    "ip_address": ("192.168.7.1", "2001:db8::1", "fe80:0:0:0:200:f8ff:fe21:67cf"),
}
ASSIGNED = ("password: Tr0ub4dor&3x", "API_KEY := 'Zx9-Qw8-Er7-Ty6'", 'the passphrase"is Correct-Horse-9')
VALUES = (*(value for values in PERSONAL.values() for value in values), *SECRETS.values(), *ASSIGNED)
WORTH_FINDING = (*VALUES, *AUTHORED_ATTEMPTS, "[EMAIL-1]", "[LITERAL-2]", "please read the notes", "")


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Values as they are, and with a piece of them doubled, cut out or changed, between this and that."""
    told = []
    for value in draw(st.lists(st.sampled_from(WORTH_FINDING), min_size=1, max_size=3)):
        at, n = draw(st.integers(0, len(value))), draw(st.integers(0, 3))
        put = draw(st.sampled_from(["", "", value[at : at + n], " ", "-", ".", "0", "A", "\t", "\u00a0", "\u00ad"]))
        whole = draw(st.booleans())
        told.append(value if whole else value[:at] + put + value[at + n :])
        told.append(draw(st.sampled_from(["", " ", "\n", "x", "7", ".", "(", "@", ":", "é", "я"])))
    return "".join(told)


def found_in(data: bytes, text: str, kinds: frozenset[str]) -> bool:
    return bool(
        secrets_in(data) or broken_rules(data) or (kinds and compiled(kinds).spans(folded(text), literals=True))
    )


@given(texts(), st.sets(st.sampled_from(sorted(KINDS))).map(frozenset))
@example("the bank is DE89370400440532013000", frozenset({"iban"}))
def test_nothing_is_found_in_what_is_clear(text: str, kinds: frozenset[str]) -> None:
    data = folded(text).data
    assert not (is_clear(data, kinds) and found_in(data, text, kinds))


@pytest.mark.parametrize("kind", sorted(PERSONAL))
def test_a_kind_is_looked_for_where_it_alone_is_asked_for(kind: str) -> None:
    for value in PERSONAL[kind]:
        data = folded(f"it is {value} now").data
        assert found_in(data, f"it is {value} now", frozenset({kind}))
        assert not is_clear(data, frozenset({kind}))
        assert is_clear(data, frozenset())


@pytest.mark.parametrize("value", [*SECRETS.values(), *ASSIGNED, *AUTHORED_ATTEMPTS])
def test_secrets_and_attempts_are_looked_for_whatever_is_taken_out(value: str) -> None:
    assert not is_clear(folded(f"use {value} please").data, frozenset())


@pytest.mark.parametrize(
    "text",
    [
        "Please summarise the minutes of 14 March 2026 for the finance team, and list 12 open invoices (EUR 40,000).",
        "The risk-averse task-force asked for a secret ballot; the token ring was at 10:30.",
        "See https://wiki.example/handbook/page for what a password has to look like.",
    ],
)
def test_business_as_usual_is_clear(text: str) -> None:
    assert is_clear(folded(text).data, KINDS)
