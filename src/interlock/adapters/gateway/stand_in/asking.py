"""One request, as an application sends it."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException, HTTPResponse
from typing import Any

from interlock.ports.gateway.rehearsal import Answered
from interlock.terms.errors import Unavailable

TIMEOUT_S = 30.0
CHUNK = 65_536


def ask(url: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Answered:
    """What came back, whatever its status. Raises Unavailable where nothing did."""
    request = urllib.request.Request(  # noqa: S310 - an address of this machine that this process opened
        url, json.dumps(body).encode(), {"content-type": "application/json", **headers}
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # this machine is asked directly
    try:
        with opener.open(request, timeout=TIMEOUT_S) as response:
            return _read(response.status, response)
    except urllib.error.HTTPError as exc:
        return Answered(exc.code, exc.read().decode(), 1)
    except (OSError, HTTPException) as exc:
        raise Unavailable(f"{url} does not answer: {exc}") from exc


def _read(status: int, response: HTTPResponse) -> Answered:
    pieces = []
    while piece := response.read1(CHUNK):
        pieces.append(piece)
    return Answered(status, b"".join(pieces).decode(), len(pieces))
