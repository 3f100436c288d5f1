"""interlock.ports.notifier.Notifier: a signed POST (Standard Webhooks)."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from interlock.terms.errors import BadInput, Unavailable

WAIT_S = 5.0
Sign = Callable[[bytes, str, int, bytes], str]


class WebhookNotifier:
    """Signs with one secret. Follows no redirect: a notice goes where it was meant to go, or nowhere."""

    def __init__(self, secret: bytes, sign: Sign) -> None:
        self._secret, self._sign = secret, sign
        self._http = httpx.Client(timeout=WAIT_S, follow_redirects=False)

    def tell(self, address: str, notice_id: str, notice: Mapping[str, Any]) -> None:
        content, at = json.dumps(notice, ensure_ascii=False).encode(), int(time.time())
        headers = {
            "content-type": "application/json",
            "webhook-id": notice_id,
            "webhook-timestamp": str(at),
            "webhook-signature": self._sign(self._secret, notice_id, at, content),
        }
        try:
            response = self._http.post(address, content=content, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            raise Unavailable(f"it cannot be reached ({type(exc).__name__})") from exc  # its words may hold the address
        if not response.is_success:
            raise Unavailable(f"it answered {response.status_code}")


def check_address(address: str) -> str:
    """The address of a notice. Raises BadInput where it is none."""
    at = urlsplit(address)
    if at.scheme not in {"http", "https"} or not at.hostname:
        raise BadInput(f"--notify {address}: say https://HOST/PATH")
    return address
