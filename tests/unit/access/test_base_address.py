"""Where people reach a server: one http(s) address, and nothing else."""

import pytest

from interlock.engine.access.base_address import base_address
from interlock.terms.errors import BadInput


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ""),
        (" https://ai.example.com/ ", "https://ai.example.com"),
        ("http://[::1]:8410", "http://[::1]:8410"),
        ("https://example.com/interlock/", "https://example.com/interlock"),
    ],
)
def test_an_address_loses_its_last_slash(text: str, told: str) -> None:
    assert base_address(text) == told


@pytest.mark.parametrize(
    "text",
    ["ai.example.com", "ftp://ai.example", "https://", "https://a b", "https://u:p@a", "https://a?x=1", "https://[::1",
     "https://a:port", "https://a/\n#b"],
)  # fmt: skip
def test_what_is_no_address_is_told(text: str) -> None:
    with pytest.raises(BadInput, match=r"INTERLOCK_ADDRESS says where people reach the server, such as https://"):
        base_address(text)
