"""From where a request came, and whether it may: what proxies say is believed of trusted ones only."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.engine.gateway.access.door import Door, is_within
from interlock.engine.gateway.access.hops import client_address
from interlock.engine.gateway.access.networks import Networks, address_of
from interlock.terms.gateway.definition import NetworkRules

PROXY, OTHER_PROXY, INNER = "10.0.0.1", "10.0.0.2", "192.168.7.9"
BEHIND = NetworkRules(allow=("192.168.0.0/16", "2001:db8:1::/48"), trusted_proxies=("10.0.0.0/8", "fd00::/8"))
DOOR = Door(BEHIND)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),  # IPv4 in IPv6: the same address, so the same rule
        ("fe80::1%eth0", "fe80::1"),
        ("2001:DB8::0:1", "2001:db8::1"),
        ("192.0.2.010", None),  # octal to some, decimal to others
        ("0x7f.1", None),
        ("127.1", None),
        ("localhost", None),
        ("", None),
        ("1" * 5_000, None),
        ("192.0.2.1 ", None),
    ],
)
def test_an_address_has_one_meaning(text: str, found: str | None) -> None:
    address = address_of(text)
    assert (None if address is None else str(address)) == found


@given(st.ip_addresses(), st.ip_addresses(), st.integers(0, 128))
def test_membership_is_what_the_standard_library_says(address: object, network: object, bits: int) -> None:
    one, base = ipaddress.ip_address(str(address)), ipaddress.ip_address(str(network))
    rule = ipaddress.ip_network((base, min(bits, base.max_prefixlen)), strict=False)
    found = address_of(str(one))
    assert found is not None
    mapped = "::ffff:" in str(one) or "::ffff:" in str(rule)  # another test's
    assert mapped or (found in Networks((str(rule),))) is (one in rule)


def test_a_mapped_rule_means_the_network_that_it_maps() -> None:
    rule = Networks(("::ffff:10.0.0.0/104",))
    assert [is_within(text, rule) for text in ("10.9.8.7", "::ffff:10.9.8.7", "11.0.0.0")] == [True, True, False]


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "elements", "origin"),
    [
        ("203.0.113.9", ("192.168.7.9",), (), "203.0.113.9"),  # nobody's proxy: what it says is not read
        ("203.0.113.9", (), ("for=192.168.7.9",), "203.0.113.9"),
        (PROXY, (), (), PROXY),
        (PROXY, (INNER,), (), INNER),
        (PROXY, (f"{INNER}, 203.0.113.9",), (), "203.0.113.9"),  # the left part is the client's own invention
        (PROXY, (INNER, "203.0.113.9"), (), "203.0.113.9"),  # the same in two headers
        (PROXY, (f"{INNER}, {OTHER_PROXY}",), (), INNER),
        (PROXY, (f"203.0.113.9, {INNER}, {OTHER_PROXY}, {PROXY}",), (), INNER),
        (PROXY, (f"{OTHER_PROXY}, {PROXY}",), (), OTHER_PROXY),
        (PROXY, (f"{INNER}:4711",), (), INNER),
        (PROXY, ("[2001:db8:1::7]:443",), (), "2001:db8:1::7"),
        (PROXY, ("2001:db8:1::7",), (), "2001:db8:1::7"),
        (PROXY, (f"::ffff:{INNER}",), (), INNER),
        (f"::ffff:{PROXY}", (INNER,), (), INNER),  # how a dual-stack socket sees the proxy
        (PROXY, (), (f'for={INNER};proto=https, for="[fd00::1]:80"',), INNER),
        (PROXY, (), (f'For="{INNER}:99";by=10.0.0.1',), INNER),
        (PROXY, (INNER,), (f"for={INNER}",), INNER),
        # What cannot be known lets nobody in.
        (PROXY, (INNER,), ("for=192.168.1.1",), None),  # a proxy adds to one, its client forged the other
        (PROXY, ("unknown",), (), None),
        (PROXY, ("",), (), None),
        (PROXY, (f"{INNER}, ",), (), None),
        (PROXY, (f"{INNER}, junk",), (), None),
        (PROXY, (f"{INNER}:999999",), (), None),
        (PROXY, ("[2001:db8:1::7",), (), None),
        (PROXY, (), ("for=_hidden",), None),
        (PROXY, (), ("proto=https",), None),
        (PROXY, (), (f"for={INNER};for=192.168.1.1",), None),
        (PROXY, (), (f'for="{INNER}',), None),
        (PROXY, (", ".join([INNER] + [OTHER_PROXY] * 40),), (), None),
        (PROXY, (f"{INNER}, " * 1_000 + INNER,), (), None),
    ],
)
def test_proxies_are_read_from_the_right(
    peer: str, forwarded_for: tuple[str, ...], elements: tuple[str, ...], origin: str | None
) -> None:
    assert DOOR.origin(peer, forwarded_for, elements) == origin
    found = client_address(peer, forwarded_for, elements, Networks(BEHIND.trusted_proxies))
    assert (None if found is None else str(found)) == origin  # and by itself


@given(st.lists(st.one_of(st.ip_addresses().map(str), st.text(max_size=20)), max_size=6))
def test_nobody_comes_nearer_by_writing_more_to_the_left(invented: list[str]) -> None:
    told = ", ".join([*(text.replace(",", " ") for text in invented), "203.0.113.9"])
    assert DOOR.origin(PROXY, (told,)) in {"203.0.113.9", None}
    assert DOOR.origin("203.0.113.9", (told,)) == "203.0.113.9"


@pytest.mark.parametrize(
    ("address", "may"),
    [
        (INNER, True),
        (f"::ffff:{INNER}", True),
        ("2001:db8:1::5", True),
        ("2001:db8:2::5", False),
        ("203.0.113.9", False),
        ("", False),
        ("no address", False),
    ],
)
def test_only_networks_of_the_list_may_come(address: str, may: bool) -> None:
    assert DOOR.lets_in(address) is may
    assert DOOR.lets_in(address) is may  # from what was kept
    assert Door(NetworkRules()).lets_in(address)
