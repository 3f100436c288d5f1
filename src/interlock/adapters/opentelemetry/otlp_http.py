"""interlock.ports.gateway.telemetry.TrafficExport by OTLP over HTTP, as JSON (the protocol's version 1).

https://opentelemetry.io/docs/specs/otlp/: 429, 502, 503 and 504 are tried again, other failures are not.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx

from interlock.adapters.opentelemetry.otlp_lines import line_of, traces_data
from interlock.adapters.opentelemetry.traffic_figures import metrics_data
from interlock.adapters.opentelemetry.traffic_spans import SCOPE, span_of
from interlock.ports.gateway.telemetry import HandedOn, NotTaken
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.gateway.trace import Accepted, Outcome

ENDPOINT, HEADERS = "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_HEADERS"
WAIT_S = 10.0
AGAIN = frozenset({429, 502, 503, 504})


class OtlpHttp:
    """Spans go to `endpoint`/v1/traces, figures to `endpoint`/v1/metrics. Follows no redirect: headers hold a key."""

    def __init__(self, endpoint: str, headers: str = "") -> None:
        """`headers` as in OTEL_EXPORTER_OTLP_HEADERS: name=value, separated by commas. Raises BadInput."""
        at = urlsplit(endpoint)
        if at.scheme not in {"http", "https"} or not at.hostname:
            raise BadInput(f"{ENDPOINT} names no collector: say https://HOST:PORT")
        self._base = endpoint.rstrip("/")
        self._http = httpx.Client(timeout=WAIT_S, follow_redirects=False, headers=_headers(headers), trust_env=False)

    def send(self, pairs: Sequence[tuple[Accepted, Outcome]]) -> HandedOn:
        if not pairs:
            return HandedOn(0)
        spans = [span_of(accepted, outcome) for accepted, outcome in pairs]
        answer = self._post("/v1/traces", traces_data(spans, SCOPE))
        self._post("/v1/metrics", metrics_data(pairs))
        rejected = _rejected(answer)
        return HandedOn(len(spans) - rejected, rejected)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _post(self, path: str, data: Mapping[str, Any]) -> Any:
        try:
            response = self._http.post(
                f"{self._base}{path}", content=line_of(data), headers={"content-type": "application/json"}
            )
        except httpx.HTTPError as exc:  # its words may hold the address
            raise Unavailable(f"the collector cannot be reached ({type(exc).__name__})") from exc
        if response.status_code in AGAIN:
            raise Unavailable(f"the collector answered {response.status_code}")
        if not response.is_success:
            raise NotTaken(f"the collector answered {response.status_code} to {path}")
        try:
            return response.json()
        except ValueError:
            return {}


def _headers(text: str) -> dict[str, str]:
    parts = [part.partition("=") for part in text.split(",") if part.strip()]
    if any(not (equals and name.strip()) for name, equals, _ in parts):
        raise BadInput(f"{HEADERS} cannot be read: say NAME=VALUE,NAME=VALUE")
    return {name.strip(): unquote(value.strip()) for name, _, value in parts}


def _rejected(answer: Any) -> int:
    """What the collector says that it threw away; it may be told as text, as OTLP writes 64-bit numbers."""
    partial = answer.get("partialSuccess") if isinstance(answer, dict) else None
    said = partial.get("rejectedSpans", 0) if isinstance(partial, dict) else 0
    return int(said) if str(said).isdigit() else 0
