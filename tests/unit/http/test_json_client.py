"""The client of a server: which addresses and tokens it takes, and what it makes of strange answers."""

from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from commandline import serving
from interlock.adapters.http.client import JsonClient
from interlock.terms.errors import BadInput, InterlockError, Refused, Unavailable


@pytest.mark.parametrize(
    ("address", "token", "words"),
    [
        ("ftp://host", None, "say http://HOST:PORT"),
        ("http://", None, "names no server"),
        ("http://host:port", None, "names no server"),
        ("http://host/?store=x", None, "names no server"),
        ("http://me:secret@host", None, "a token does not belong into an address"),
        ("http://host", "two words\n", "this is no token"),
        ("http://host", "tokén", "this is no token"),
        ("http://host", "", "this is no token"),
    ],
)
def test_what_cannot_be_an_address_or_a_token_is_refused(address: str, token: str | None, words: str) -> None:
    with pytest.raises(BadInput, match=words) as refused:
        JsonClient(address, token=token)
    assert "secret" not in str(refused.value)


ANSWERS: list[tuple[int, str, type[InterlockError], str]] = [
    (400, '{"type": "urn:interlock:problem:bad-input", "detail": "no such label"}', BadInput, "^no such label$"),
    (401, '{"type": "urn:interlock:problem:unauthorized", "detail": "who are you"}', BadInput, "^who are you$"),
    (409, '{"type": "urn:interlock:problem:refused", "detail": "not you"}', Refused, "^not you$"),
    (410, '{"type": "urn:interlock:problem:gone", "detail": "long ago"}', Unavailable, "^long ago$"),
    (503, '{"type": "urn:interlock:problem:unavailable", "detail": "no store"}', Unavailable, "^no store$"),
    (502, "<html>a proxy</html>", Unavailable, "answered 502 Bad Gateway"),
    (302, "", Unavailable, "answered 302"),
    (200, "<html>some other server</html>", Unavailable, "is no server of ours"),
]


@pytest.mark.parametrize(("status", "content", "kind", "words"), ANSWERS)
def test_an_answer_becomes_what_it_means(status: int, content: str, kind: type[InterlockError], words: str) -> None:
    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content.encode())

        def log_message(self, *args: Any) -> None:
            pass

    with serving(Answers) as address:
        client = JsonClient(address)
        with pytest.raises(kind, match=words):
            client.get("/workflows")
        client.close()


def test_a_server_that_is_not_there_is_unavailable() -> None:
    client = JsonClient("http://127.0.0.1:9")
    with pytest.raises(Unavailable, match="cannot be reached"):
        client.get("/workflows")
    with pytest.raises(BadInput, match="cannot be sent as JSON"):
        client.post("/texts", {"text": float("nan")})
    client.close()
