"""JSON over HTTP to a server of ours; its problems become our exceptions."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from interlock.terms.errors import BadInput, Refused, Unavailable

CONNECT_S, ANSWER_S = 2.0, 15.0
PROBLEM = "urn:interlock:problem:"
NOTHING = object()  # no JSON


class JsonClient:
    """One server. Connections are kept open; safe for threads, not to be carried into a forked child."""

    def __init__(self, base: str, *, token: str | None = None) -> None:
        self.base = base.rstrip("/")
        _check(self.base, token)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=32)
        timeout = httpx.Timeout(ANSWER_S, connect=CONNECT_S)
        # Variables that name a proxy are not for a server that holds authority: nothing in between may answer for it.
        self._http = httpx.Client(headers=headers, limits=limits, timeout=timeout, trust_env=False)

    def get(self, path: str, **query: Any) -> Any:
        """The answer to a GET. Raises BadInput, Refused, Unavailable."""
        return self._asked("GET", path, params=query)

    def post(self, path: str, body: Mapping[str, Any], *, wait_s: float = 0.0) -> Any:
        """The answer to a POST that the server may take `wait_s` longer for. Raises as `get`."""
        return self._asked("POST", path, json=body, timeout=httpx.Timeout(ANSWER_S + wait_s, connect=CONNECT_S))

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _asked(self, method: str, path: str, **more: Any) -> Any:
        try:
            response = self._http.request(method, f"{self.base}/v1{path}", **more)
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            raise Unavailable(f"{self.base} cannot be reached ({exc or type(exc).__name__})") from exc
        except (TypeError, ValueError) as exc:
            raise BadInput(f"this cannot be sent as JSON: {exc}") from exc
        content = _content(response)
        if not response.is_success:
            raise _error(response, content, self.base)
        if content is NOTHING:
            raise Unavailable(f"{self.base} answered with something else than JSON: it is no server of ours")
        return content


def _check(base: str, token: str | None) -> None:
    at = urlsplit(base)
    try:
        at.port  # noqa: B018 - raises where it is no number
    except ValueError as exc:
        raise BadInput(f"'{base}' names no server: {exc}") from exc
    if at.scheme not in {"http", "https"} or not at.hostname or at.query or at.fragment:
        raise BadInput(f"'{base}' names no server: say http://HOST:PORT or https://HOST")
    if at.username or at.password:
        raise BadInput("a token does not belong into an address: interlock.connect(ADDRESS, token=TOKEN)")
    if token is not None and not (token.isascii() and token.isprintable() and token.strip() == token and token):
        raise BadInput("this is no token: it holds characters that none has; copy it again")


def _content(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return NOTHING


def _error(response: httpx.Response, content: Any, base: str) -> Exception:
    problem = content if isinstance(content, dict) else {}
    words = str(problem.get("detail") or f"{base} answered {response.status_code} {response.reason_phrase}")
    kind = str(problem.get("type", "")).removeprefix(PROBLEM)
    if kind == "refused":
        return Refused(words)
    if kind in {"bad-input", "unauthorized", "forbidden", "not-found", "too-large"}:
        return BadInput(words)
    return Unavailable(words)
