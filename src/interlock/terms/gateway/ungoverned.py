"""Traffic that nobody answers for: it is counted and shown, never forwarded and never kept one by one."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ungoverned:
    """Requests of callers that nobody knows. No credential, no content and no whole address is in it.

    `network` is the network they came from in CIDR form (/24 or /48), `model` the model they asked for ("" where it is
    no plain name), `rule` what turned them away. `first_at` and `last_at` (RFC 3339) frame the `requests`.
    """

    network: str
    wire: str
    model: str
    rule: str
    requests: int
    first_at: str
    last_at: str
