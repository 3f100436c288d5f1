"""interlock.ports.gateway.telemetry.TrafficExport by OTLP over HTTP, as JSON (the protocol's version 1).

https://opentelemetry.io/docs/specs/otlp/: 429, 502, 503 and 504 are tried again, other failures are not; Retry-After
says when.
"""

import json
import time
from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx

from interlock.adapters.opentelemetry.otlp_lines import line_of, traces_data
from interlock.adapters.opentelemetry.traffic_figures import metrics_data, points_in
from interlock.adapters.opentelemetry.traffic_spans import SCOPE, span_of
from interlock.ports.gateway.telemetry import HandedOn, Later, NotTaken
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.gateway.trace import Accepted, Outcome

ENDPOINT, HEADERS = "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_HEADERS"
WAIT_S = 10.0
AFTER_MAX_S = 3_600.0  # whoever says "in a year" is asked in an hour
ANSWER_BYTES_MAX = 65_536  # what a collector says of what it took is some words
DIGITS_MAX = 9
AGAIN = frozenset({429, 502, 503, 504})


class OtlpHttp:
    """Spans go to `endpoint`/v1/traces, figures to `endpoint`/v1/metrics. Follows no redirect: headers hold a key."""

    def __init__(self, endpoint: str, headers: str = "", *, wait_s: float = WAIT_S) -> None:
        """`headers` as in OTEL_EXPORTER_OTLP_HEADERS: name=value, separated by commas. Raises BadInput."""
        at = urlsplit(endpoint)
        if at.scheme not in {"http", "https"} or not at.hostname:
            raise BadInput(f"{ENDPOINT} names no collector: say https://HOST:PORT")
        self._base, self._wait_s = endpoint.rstrip("/"), wait_s
        self._http = httpx.Client(timeout=wait_s, follow_redirects=False, headers=_headers(headers), trust_env=False)

    def spans(self, pairs: Sequence[tuple[Accepted, Outcome]]) -> HandedOn:
        if not pairs:
            return HandedOn(0)
        spans = [span_of(accepted, outcome) for accepted, outcome in pairs]
        return _taken(self._post("/v1/traces", traces_data(spans, SCOPE)), "rejectedSpans", len(spans))

    def figures(self, pairs: Sequence[tuple[Accepted, Outcome]]) -> HandedOn:
        if not pairs:
            return HandedOn(0)
        data = metrics_data(pairs)
        return _taken(self._post("/v1/metrics", data), "rejectedDataPoints", points_in(data))

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _post(self, path: str, data: Mapping[str, Any]) -> Any:
        """What it answers, where it took it; None for an answer that says nothing."""
        kind = {"content-type": "application/json"}
        try:
            with self._http.stream("POST", f"{self._base}{path}", content=line_of(data), headers=kind) as response:
                _judge(response, path)
                return self._answer(response)
        except httpx.HTTPError as exc:  # its words may hold the address
            raise Unavailable(f"the collector cannot be reached ({type(exc).__name__})") from exc

    def _answer(self, response: httpx.Response) -> Any:
        """It was taken by then: whatever is wrong with the answer, it is not sent again."""
        said, until_s = b"", time.monotonic() + self._wait_s
        try:
            for part in response.iter_bytes():
                said += part
                if len(said) > ANSWER_BYTES_MAX or time.monotonic() > until_s:
                    return None
            return json.loads(said)
        except (ValueError, RecursionError, httpx.HTTPError):
            return None


def _judge(response: httpx.Response, path: str) -> None:
    if response.is_success:
        return
    if response.status_code not in AGAIN:
        raise NotTaken(f"the collector answered {response.status_code} to {path}")
    words, after_s = f"the collector answered {response.status_code}", _after_s(response.headers)
    raise Unavailable(words) if after_s is None else Later(words, min(after_s, AFTER_MAX_S))


def _after_s(headers: Mapping[str, str]) -> float | None:
    """Retry-After in seconds (RFC 9110, 10.2.3), None where it says nothing; a time is taken by the other's clock."""
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return float(said[:DIGITS_MAX])
    try:
        return max(0.0, (parsedate_to_datetime(said) - parsedate_to_datetime(headers["date"])).total_seconds())
    except (ValueError, TypeError, KeyError):
        return None


def _headers(text: str) -> dict[str, str]:
    parts = [part.partition("=") for part in text.split(",") if part.strip()]
    if any(not (equals and name.strip()) for name, equals, _ in parts):
        raise BadInput(f"{HEADERS} cannot be read: say NAME=VALUE,NAME=VALUE")
    return {name.strip(): unquote(value.strip()) for name, _, value in parts}


def _taken(answer: Any, name: str, sent: int) -> HandedOn:
    """What the collector says that it threw away; it may be told as text, as OTLP writes 64-bit numbers."""
    partial = answer.get("partialSuccess") if isinstance(answer, dict) else None
    said = str(partial.get(name, 0) if isinstance(partial, dict) else 0)
    rejected = min(int(said), sent) if said.isascii() and said.isdigit() and len(said) <= DIGITS_MAX else 0
    return HandedOn(sent - rejected, rejected)
