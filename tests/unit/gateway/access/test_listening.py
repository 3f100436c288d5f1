"""Where a gateway may listen, and how its connections are encrypted."""

import datetime as dt
import os
import socket
import ssl
import threading
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from governed import ANA, NAME, House
from interlock.flows.gateway.access.keys import WantedKey, create_key, revoke_key
from interlock.flows.gateway.define import define_gateway
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.gateway.definition import GatewayDefinition, ModelUpstream, TokenIssuer, WireFormat
from interlock.wiring.gateway.access import check_listening, keys_not_set, not_ready, tls_context
from interlock.wiring.listening import listening

OUTSIDE = "0.0.0.0"
ISSUER = TokenIssuer("https://id.example", "gateway", "https://id.example/keys")


def test_others_may_come_only_once_somebody_could_be_known(house: House) -> None:
    house.define()
    for here in ("127.0.0.1", "::1", "localhost"):
        assert check_listening(house.store, here, encrypted=False) is None
    for there in (OUTSIDE, "::", "gateway.example"):
        with pytest.raises(BadInput, match="no gateway key yet"):
            check_listening(house.store, there, encrypted=True)
    create_key(house.store, WantedKey("desk", NAME), by=ANA, clock=house.clock, randomness=os.urandom)
    assert check_listening(house.store, OUTSIDE, encrypted=True) is None
    assert "WARNING" in str(check_listening(house.store, OUTSIDE, encrypted=False))
    revoke_key(house.store, "desk", by=ANA, clock=house.clock)
    with pytest.raises(BadInput, match="no gateway key yet"):
        check_listening(house.store, OUTSIDE, encrypted=True)
    define_gateway(house.store, GatewayDefinition(issuers=(ISSUER,)), by=ANA, clock=house.clock)
    assert check_listening(house.store, OUTSIDE, encrypted=True) is None


def test_what_keeps_requests_from_passing_is_said_with_what_to_do(house: House) -> None:
    house.define()
    assert list(keys_not_set(house.store, {})) == []
    assert [words.split(":")[0] for words in not_ready(house.store, {})] == [
        "nothing passes yet",
        "nobody can come yet",
    ]
    key = ModelUpstream("eu", WireFormat.OPENAI, "https://m.example", "eu", key_variable="EU_KEY")
    define_gateway(house.store, GatewayDefinition(upstreams=(key,)), by=ANA, clock=house.clock)
    create_key(house.store, WantedKey("desk", NAME), by=ANA, clock=house.clock, randomness=os.urandom)
    (unset,) = not_ready(house.store, {"EU_KEY": ""})
    assert unset.endswith(": EU_KEY")
    assert list(keys_not_set(house.store, {})) == [unset]
    assert list(not_ready(house.store, {"EU_KEY": "k"})) == []


def test_it_is_said_which_of_host_and_port_to_change() -> None:
    with listening("127.0.0.1", 0) as taken, pytest.raises(Unavailable, match="; --port names another one"):  # noqa: SIM117
        with listening("127.0.0.1", taken.getsockname()[1]):
            pass
    with pytest.raises(Unavailable, match="; --host names an address of this machine"), listening("192.0.2.1", 0):
        pass


def _written(folder: Path, name: str, password: bytes | None = None) -> tuple[Path, Path]:
    """A certificate for localhost and its private key, made for this test."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
    )
    signed = made.sign(key, hashes.SHA256())
    hidden = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    paths = folder / f"{name}.pem", folder / f"{name}.key"
    paths[0].write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, form, hidden))
    return paths


def _spoken(context: ssl.SSLContext, tuned: Callable[[ssl.SSLContext], None]) -> str | None:
    """The version of TLS in which a client and the context come to talk, None where they do not."""
    ours, theirs = socket.socketpair()

    def serve() -> None:
        try:
            with context.wrap_socket(ours, server_side=True):
                pass
        except (ssl.SSLError, OSError):
            ours.close()

    server = threading.Thread(target=serve)
    server.start()
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    tuned(client)
    try:
        with client.wrap_socket(theirs) as talking:
            return talking.version()
    except (ssl.SSLError, OSError):
        theirs.close()
        return None
    finally:
        server.join()


def _at_most(version: ssl.TLSVersion) -> Callable[[ssl.SSLContext], None]:
    def tuned(client: ssl.SSLContext) -> None:
        client.set_ciphers("DEFAULT@SECLEVEL=0")  # what an old client would still agree to
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            client.minimum_version = ssl.TLSVersion.TLSv1
            client.maximum_version = version

    return tuned


def test_connections_are_encrypted_by_tls_1_3_or_1_2_and_by_nothing_older(tmp_path: Path) -> None:
    context = tls_context(*_written(tmp_path, "ours"))
    assert context is not None
    assert _spoken(context, lambda _: None) == "TLSv1.3"
    assert _spoken(context, _at_most(ssl.TLSVersion.TLSv1_2)) == "TLSv1.2"
    context.set_ciphers("DEFAULT@SECLEVEL=0")  # so that the version alone decides
    assert _spoken(context, _at_most(ssl.TLSVersion.TLSv1_1)) is None


def test_files_that_do_not_belong_together_are_told(tmp_path: Path) -> None:
    assert tls_context(None, None) is None
    certificate, key = _written(tmp_path, "ours")
    _, other = _written(tmp_path, "other")
    locked_certificate, locked = _written(tmp_path, "locked", b"secret")
    for one, two, words in (
        (certificate, None, "belong together"),
        (None, key, "belong together"),
        (certificate, other, "cannot be used for TLS"),
        (tmp_path / "nothing.pem", key, "No such file"),
        (key, certificate, "cannot be used for TLS"),
        (locked_certificate, locked, "asks for a password"),
    ):
        with pytest.raises(BadInput, match=words):
            tls_context(one, two)
