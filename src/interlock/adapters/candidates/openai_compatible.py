"""An outside model behind an OpenAI-compatible address (chat completions)."""

import time
from collections.abc import Mapping, Sequence
from threading import Event

import httpx

from interlock.adapters.candidates.address import Address
from interlock.adapters.candidates.chat import Example, request_body, take_answer
from interlock.adapters.candidates.crew import in_crew
from interlock.ports.candidates import Answer
from interlock.ports.progress import Progress
from interlock.terms.errors import Unavailable
from interlock.terms.evaluation import CandidateKind

CREW = 8  # requests at a time
TRIES = 3
TIMEOUT_SECONDS = 60.0
WAIT_SECONDS = 1.0  # doubled on each further try
WAIT_SECONDS_MAX = 60.0  # a server may ask for hours; a person is waiting
REPLY_BYTES_MAX = 1_000_000
FAILURES_IN_A_ROW_MAX = 20  # then the address is taken for dead and the rest is not asked
EXAMPLES_MAX = 40
LABELS_MAX = 500


class OpenAICompatible:
    """Asks for one label and a confidence as JSON, temperature 0. The key is sent and kept nowhere else."""

    kind = CandidateKind.EXTERNAL

    def __init__(
        self, address: Address, *, key: str | None, name: str | None = None, wait_seconds: float = WAIT_SECONDS
    ) -> None:
        self._address = address
        self._name = name or address.model
        self._key = key
        self._wait_seconds = wait_seconds
        self._labels: tuple[str, ...] = ()
        self._examples: tuple[Example, ...] = ()
        self._failures_in_a_row = 0

    @property
    def name(self) -> str:
        """The model's name, with its host where two have the same."""
        return self._name

    @property
    def description(self) -> str:
        """Where it runs."""
        return f"The model {self._address.model} at {self._address.base}, asked with the labels and a few examples."

    @property
    def facts(self) -> Mapping[str, str]:
        """Address, parameters and the size of the prompt; never the key."""
        price = "unknown"
        if self._address.price_in_usd is not None:
            price = f"in {self._address.price_in_usd} out {self._address.price_out_usd} USD per million tokens"
        return {
            "method": "chat completion with a JSON schema, temperature 0",
            "address": self._address.base,
            "model": self._address.model,
            "price": price,
            "httpx": httpx.__version__,
            "labels": str(len(self._labels)),
            "examples": str(len(self._examples)),
        }

    def fit(self, texts: Sequence[str], labels: Sequence[str], *, progress: Progress) -> None:
        """Write the prompt and ask once. Raises Unavailable where the address does not answer as it should."""
        counts: dict[str, int] = {}
        first_text: dict[str, str] = {}
        for text, label in zip(texts, labels, strict=True):
            counts[label] = counts.get(label, 0) + 1
            first_text.setdefault(label, text)
        frequent = sorted(counts, key=lambda name: (-counts[name], name))[:LABELS_MAX]
        self._labels = tuple(frequent)
        self._examples = tuple(Example(first_text[name], name) for name in frequent[:EXAMPLES_MAX])
        progress(0, 1)
        with self._client() as client:
            probe = self._ask(client, texts[0] if texts else "", Event())
        if isinstance(probe, _Failure):
            raise Unavailable(f"{self._address.base} cannot be used: {probe.reason}")
        self._failures_in_a_row = 0
        progress(1, 1)

    def answer(self, texts: Sequence[str], *, progress: Progress) -> Sequence[Answer]:
        """One answer a text, eight at a time; what goes wrong with a case is its answer's `error`."""
        with self._client() as client:
            return in_crew(lambda text, stop: self._answer_one(client, text, stop), texts, CREW, progress)

    def _answer_one(self, client: httpx.Client, text: str, stop: Event) -> Answer:
        if self._failures_in_a_row >= FAILURES_IN_A_ROW_MAX:
            return Answer("", 0.0, error=f"not asked: {FAILURES_IN_A_ROW_MAX} requests in a row had failed")
        began = time.perf_counter()
        reply = self._ask(client, text, stop)
        if isinstance(reply, _Failure):
            self._failures_in_a_row += 1  # a lost update between threads costs a few requests, nothing else
            return Answer("", 0.0, error=reply.reason)
        self._failures_in_a_row = 0
        latency_ms = (time.perf_counter() - began) * 1000
        return take_answer(reply, self._labels, self._address, latency_ms=latency_ms)

    def _client(self) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        return httpx.Client(headers=headers, timeout=TIMEOUT_SECONDS)

    def _ask(self, client: httpx.Client, text: str, stop: Event) -> "bytes | _Failure":
        body = request_body(text, self._labels, self._examples, self._address.model)
        failure = _Failure("not asked")
        for number in range(TRIES):
            attempt = self._post(client, body)
            if not isinstance(attempt, _Failure):
                return attempt
            failure = attempt
            last = number == TRIES - 1
            if (
                not attempt.worth_another_try
                or last
                or stop.wait(pause_seconds(number, own_seconds=self._wait_seconds, retry_after=attempt.retry_after))
            ):
                break
        return failure

    def _post(self, client: httpx.Client, body: dict[str, object]) -> "bytes | _Failure":
        try:
            with client.stream("POST", f"{self._address.base}/chat/completions", json=body) as response:
                reply = b""
                for block in response.iter_bytes():
                    reply += block
                    if len(reply) > REPLY_BYTES_MAX:
                        return _Failure(f"a reply of more than {REPLY_BYTES_MAX} bytes")
        except httpx.TimeoutException:
            return _Failure(f"no answer within {TIMEOUT_SECONDS:.0f} s", worth_another_try=True)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as exc:
            return _Failure(self._without_key(f"{type(exc).__name__}: {exc}"), worth_another_try=True)
        if response.status_code == httpx.codes.OK:
            return reply
        words = self._without_key(reply[:200].decode(errors="replace"))
        return _Failure(
            f"HTTP {response.status_code}: {words}",
            worth_another_try=response.status_code == httpx.codes.TOO_MANY_REQUESTS or response.is_server_error,
            retry_after=response.headers.get("Retry-After"),
        )

    def _without_key(self, words: str) -> str:
        # Some servers repeat the key that they refuse.
        return words.replace(self._key, "[key]") if self._key else words


class _Failure:
    """Why a request brought no reply."""

    def __init__(self, reason: str, *, worth_another_try: bool = False, retry_after: str | None = None) -> None:
        self.reason = reason
        self.worth_another_try = worth_another_try
        self.retry_after = retry_after


def pause_seconds(number: int, *, own_seconds: float, retry_after: str | None) -> float:
    """Seconds to wait after try `number` (from 0): doubled each time, longer where the server asks, at most 60."""
    try:
        asked_seconds = max(0.0, float(retry_after or 0))
    except ValueError:  # the date form is rare among model servers; the own back-off serves
        asked_seconds = 0.0
    return min(WAIT_SECONDS_MAX, max(own_seconds * float(2**number), asked_seconds))
