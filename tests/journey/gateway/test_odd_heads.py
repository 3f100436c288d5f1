"""Heads that two readers could read in two ways, against a real gateway: no request is smuggled past the first."""

import socket
from urllib.parse import urlsplit

import pytest

from gateway_gate import Gate

BODY = b'{"model": "small", "messages": [{"role": "user", "content": "Hi"}], "max_tokens": 5}'
LENGTH = b"content-length: %d\r\n" % len(BODY)
PATH = b"/v1/chat/completions"


def statuses(
    gate: Gate, *, path: bytes = PATH, heads: bytes = LENGTH, body: bytes = BODY, version: bytes = b"1.1"
) -> list[bytes]:
    """The statuses of all answers to these bytes, until the other side closes or says nothing more."""
    at = urlsplit(gate.address)
    key = gate.keys["plain"].encode()
    head = b"POST %s HTTP/%s\r\nhost: here\r\nauthorization: Bearer %s\r\n%s\r\n" % (path, version, key, heads)
    said = b""
    with socket.create_connection((at.hostname or "", at.port or 0)) as there:
        there.sendall(head + body)
        there.settimeout(0.5)
        try:
            while part := there.recv(65_536):
                said += part
        except (TimeoutError, ConnectionResetError):
            pass
    return [line.split()[1] for line in said.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]


CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
SECOND = b"POST /v1/embeddings HTTP/1.1\r\nhost: here\r\ncontent-length: 0\r\n\r\n"


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        ({"heads": LENGTH + b"connection: close\r\n"}, [b"200"]),
        ({"heads": b"transfer-encoding: chunked\r\nconnection: close\r\n", "body": CHUNKED}, [b"200"]),
        ({"heads": LENGTH + b"expect: 100-continue\r\nconnection: close\r\n"}, [b"100", b"200"]),
        ({"version": b"1.0"}, [b"200"]),
        ({"path": b"http://elsewhere.example" + PATH, "heads": LENGTH + b"connection: close\r\n"}, [b"200"]),
        ({"path": b"/v1/%63hat/completions", "heads": LENGTH + b"connection: close\r\n"}, [b"200"]),
        ({"path": b"/" + PATH, "heads": LENGTH + b"connection: close\r\n"}, [b"404"]),
        ({"path": PATH + b"/", "heads": LENGTH + b"connection: close\r\n"}, [b"404"]),
        ({"path": b"/v1/x/../chat/completions", "heads": LENGTH + b"connection: close\r\n"}, [b"404"]),
        ({"path": b"/v1/%2563hat/completions", "heads": LENGTH + b"connection: close\r\n"}, [b"404"]),
        ({"heads": LENGTH + LENGTH}, [b"400"]),
        ({"heads": LENGTH + b"content-length: 0\r\n", "body": BODY + SECOND}, [b"400"]),
        ({"heads": LENGTH + b"transfer-encoding: chunked\r\n", "body": CHUNKED + SECOND}, [b"400"]),
        ({"heads": b"transfer-encoding: chunked, identity\r\n", "body": CHUNKED + SECOND}, [b"400"]),
        ({"heads": b"transfer-encoding: xchunked\r\n", "body": CHUNKED + SECOND}, [b"400"]),
        ({"heads": b"content-length : 5\r\n", "body": SECOND}, [b"400"]),
        ({"heads": b"content-length: +5\r\n", "body": SECOND}, [b"400"]),
        ({"heads": b"x: a\r\n folded: b\r\n" + LENGTH}, [b"400"]),
        ({"heads": b"authorization: Bearer other\r\nconnection: close\r\n" + LENGTH}, [b"401"]),
    ],
    ids=lambda value: None if isinstance(value, list) else str(next(iter(value.values())))[:40],
)
def test_a_head_is_read_in_one_way_or_not_at_all(gate: Gate, odd: dict[str, bytes], said: list[bytes]) -> None:
    assert statuses(gate, **odd) == said
    assert len(gate.upstream.received) == said.count(b"200")
