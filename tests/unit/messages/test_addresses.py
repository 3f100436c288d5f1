"""Which addresses documents may be sent to: nothing that reads files of this machine, nor leads inside unasked."""

import pytest

from interlock.adapters.messages.addresses import Service, is_internal
from interlock.adapters.messages.apprised import AppriseMessenger, sender_of
from interlock.terms.errors import BadInput
from interlock.terms.schedule import Destination


@pytest.mark.parametrize(
    ("address", "destination"),
    [
        ("mailto://ann:secret@mail.example.com?to=board@example.com", Destination("e-mail", "mail.example.com")),
        ("mailtos://ann:secret@example.com?smtp=out.example.com", Destination("e-mail", "out.example.com")),
        ("jsons://ann:secret@hooks.example.com/in", Destination("web hook", "hooks.example.com")),
        (
            "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
            Destination("Slack", "hooks.slack.com", attaches=False),
        ),
    ],
)
def test_what_is_shown_of_an_address_is_its_kind_and_host(address: str, destination: Destination) -> None:
    assert AppriseMessenger().known(address) == destination


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("file:///etc/passwd", "'file' is no service that documents are sent to; say mailto://"),
        ("syslog://", "'syslog' is no service"),
        ("dbus://", "'dbus' is no service"),
        ("board@example.com", "'board@exam' is no service"),
        ("", "is no service"),
        ("jsons://", "this address names nobody"),
        ("slack://x", "this is no complete address of Slack"),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ?template=/etc/passwd", "'template' may not stand in"),
        ("mailto://a:b@example.com?pgpprv=/etc/shadow", "'pgpprv' may not stand in"),
        ("jsons://example.com?verify=no", "'verify' may not stand in"),
        ("jsons://example.com?%2BX-Role=admin", "may not stand in an address of web hook; parameters that may: none"),
        ("jsons://example.com/x,syslog://", "give one address at a time"),
        ("jsons://example.com/x#,slack://T/A/A1BRTD4JD?template=/etc/passwd", "give one address at a time"),
        ("jsons://example.com/x#?verify=no", "write '#' in it as %23"),
        ("mailto://a:b@example.com?to=a@example.com;verify=no", "write ';' in it as %3B"),
        ("jsons://example.com/x?to=a?verify=no", r"write '\?' in it as %3F"),
        ("json://127.0.0.1:9/", "127.0.0.1 is this machine or a network of its own"),
        ("json://localhost/", "localhost is this machine"),
        ("mailto://a:b@example.com?smtp=10.0.0.5", "10.0.0.5 is this machine or a network of its own"),
        ("jsons://169.254.169.254/latest", "169.254.169.254 is this machine"),
        ("jsons://exa\nmple.com/", "this address names nobody"),
    ],
)
def test_what_may_not_be_is_refused_in_words_without_the_address(address: str, said: str) -> None:
    with pytest.raises(BadInput, match=said) as raised:
        AppriseMessenger().known(address)
    assert "A1BRTD4JD" not in str(raised.value)


def test_what_apprise_takes_for_another_address_than_we_do_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """The look at the address is one lock, what came of it another."""
    monkeypatch.setattr("interlock.adapters.messages.apprised.service_of", lambda _: Service("web hook"))
    assert sender_of("jsons://example.com/x") is not None
    slack = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
    assert sender_of(slack) is not None
    for hidden in ("jsons://example.com/x#?verify=no", f"{slack}#?template=/etc/passwd"):
        assert sender_of(hidden) is None
    parted = sender_of("jsons://example.com/x,syslog://")
    assert parted is not None
    assert "syslog" not in parted.url().partition("?")[2]


def test_a_host_inside_may_be_named_by_who_runs_the_server() -> None:
    assert AppriseMessenger(("127.0.0.1",)).known("json://127.0.0.1:9/") == Destination("web hook", "127.0.0.1")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
        "::1", "[::1]", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1",
        "localhost", "LOCALHOST.", "a.localhost",
    ],
)  # fmt: skip
def test_what_is_inside(host: str) -> None:
    assert is_internal(host)


@pytest.mark.parametrize("host", ["93.184.216.34", "2606:2800:220:1::1", "example.com", "64:ff9b::5db8:d822"])
def test_what_is_outside(host: str) -> None:
    assert not is_internal(host)
