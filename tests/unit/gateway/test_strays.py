"""What is said of strangers: a network, and a name only where it is one."""

import pytest

from interlock.engine.gateway.strays import asked_model, network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("testclient", ""),
        ("", ""),
    ],
)
def test_only_the_network_of_an_address_is_kept(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize("name", ["gpt-5-mini", "claude-sonnet-4-5-20250929", "meta/llama-4:70b", "a"])
def test_names_of_models_are_kept(name: str) -> None:
    assert asked_model(name) == name


@pytest.mark.parametrize(
    "other",
    ["sk-abcdefghijklmnopqrstuvwx", "Ana Ruiz", "x" * 65, 'a"b', "", None, 7, "-a", "AKIAIOSFODNN7EXAMPLEXYZ"],
)
def test_what_may_be_anything_is_not(other: object) -> None:
    assert asked_model(other) == ""
