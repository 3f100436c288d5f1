"""Addresses of outside candidates."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlock.adapters.candidates.address import Address, parse_address
from interlock.terms.errors import BadInput


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://localhost:8000/v1#my-model", Address("http://localhost:8000/v1", "my-model", None, None)),
        ("https://host/v1/#org/m?in=0.15&out=0.60", Address("https://host/v1", "org/m", 0.15, 0.6)),
        ("https://host/v1?in=0&out=1#m", Address("https://host/v1", "m", 0.0, 1.0)),
        ("http://[::1]:9/v1#m", Address("http://[::1]:9/v1", "m", None, None)),
    ],
)
def test_it_reads(text: str, expected: Address) -> None:
    assert parse_address(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "localhost:8000#m",
        "ftp://host#m",
        "http://host/v1",
        "http://host/v1#",
        "http://user:secret@host/v1#m",
        "http://host/v1?api_key=secret#m",
        "http://host/v1#m?in=1",
        "http://host/v1#m?in=-1&out=1",
        "http://host/v1#m?in=nan&out=1",
        "http://host/v1#m?in=cheap&out=1",
        "http://[::1#m",
    ],
)
def test_it_refuses_and_repeats_no_secret(text: str) -> None:
    with pytest.raises(BadInput) as refusal:
        parse_address(text)
    assert str(refusal.value).startswith("--candidate")
    assert "secret" not in str(refusal.value)


@settings(deadline=None)
@given(st.text())
def test_any_text_is_an_address_or_a_refusal(text: str) -> None:
    with contextlib.suppress(BadInput):
        assert parse_address(text).model
