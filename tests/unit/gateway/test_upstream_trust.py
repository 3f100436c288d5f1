"""A company's own authority is believed where models are, and nobody else's is."""

import asyncio
import datetime as dt
import ipaddress
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from interlock.adapters.gateway.aiohttp_upstream import AiohttpUpstream
from interlock.adapters.gateway.trust import VARIABLE, trust_of
from interlock.ports.gateway.upstream import UpstreamFailed
from interlock.terms.errors import BadInput
from interlock.terms.gateway.definition import ModelUpstream, WireFormat

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 and its private key in one file, made for this test."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "models.example")])
    now, day = dt.datetime.now(dt.UTC), dt.timedelta(days=1)
    where = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now - day, now + day)
    signed = made.add_extension(where, critical=False).sign(key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path_factory.mktemp("trust") / "models.pem"
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return path


async def _status(certificate: Path, environment: dict[str, str]) -> int:
    """What a place with this certificate answers to a gateway with this environment."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)

    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        writer.write(ANSWER)
        await writer.drain()

    server = await asyncio.start_server(answered, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    upstream = AiohttpUpstream(environment, tls=trust_of(environment))
    try:
        place = ModelUpstream("models", WireFormat.OPENAI, f"https://127.0.0.1:{port}/v1", "eu", connect_s=5.0)
        answer = await upstream.send(place, "/chat/completions", b"{}")
        answer.close()
        return answer.status
    finally:
        await upstream.close()
        server.close()


def test_an_authority_of_ones_own_is_believed_where_it_is_named(certificate: Path) -> None:
    assert asyncio.run(_status(certificate, {VARIABLE: str(certificate)})) == 200
    with pytest.raises(UpstreamFailed, match="cannot be reached"):
        asyncio.run(_status(certificate, {}))


def test_the_systems_own_authorities_are_believed_beside_it(certificate: Path) -> None:
    there = ssl.create_default_context().cert_store_stats()["x509"]
    context = trust_of({VARIABLE: str(certificate)})
    assert context is not None
    assert context.cert_store_stats()["x509"] == there + 1
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_a_file_that_is_none_is_said_before_anything_is_asked(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadInput, match=VARIABLE):
        trust_of({VARIABLE: str(path)})
