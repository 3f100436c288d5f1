"""Why the gateway did not let a request through; the wire format gives it its shape."""

from dataclasses import dataclass
from enum import StrEnum


class RefusalKind(StrEnum):
    """The kind decides the HTTP status; `retry_after_s` is told where waiting helps."""

    MALFORMED = "malformed"  # 400
    UNKNOWN_CALLER = "unknown_caller"  # 401
    FORBIDDEN = "forbidden"  # 403: who, where from, which model, which region, halted
    UNKNOWN_MODEL = "unknown_model"  # 404
    TOO_LARGE = "too_large"  # 413
    CONTENT = "content"  # 400: the content policy
    LIMITED = "limited"  # 429
    BUDGET = "budget"  # 429: money is spent until the window ends
    BUSY = "busy"  # 503: too many open streams here
    UPSTREAM = "upstream"  # 502
    TIMED_OUT = "timed_out"  # 504
    UNAVAILABLE = "unavailable"  # 503: the trace or the store cannot be written


STATUS = {
    RefusalKind.MALFORMED: 400,
    RefusalKind.UNKNOWN_CALLER: 401,
    RefusalKind.FORBIDDEN: 403,
    RefusalKind.UNKNOWN_MODEL: 404,
    RefusalKind.TOO_LARGE: 413,
    RefusalKind.CONTENT: 400,
    RefusalKind.LIMITED: 429,
    RefusalKind.BUDGET: 429,
    RefusalKind.BUSY: 503,
    RefusalKind.UPSTREAM: 502,
    RefusalKind.TIMED_OUT: 504,
    RefusalKind.UNAVAILABLE: 503,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """`rule` names what refused, `words` say it to the client with what to do next; never another tenant's facts.

    `field` is the part of the request's body that it is about, such as `messages[0].content`.
    """

    kind: RefusalKind
    rule: str
    words: str
    retry_after_s: int | None = None
    field: str | None = None

    @property
    def status(self) -> int:
        """The HTTP status."""
        return STATUS[self.kind]
