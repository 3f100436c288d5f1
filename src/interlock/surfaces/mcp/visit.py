"""Who asks for what: a known client at a tool server, in a session."""

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from interlock.terms.gateway.client import Client
from interlock.terms.gateway.refusal import Refusal

Scope = MutableMapping[str, Any]
Who = Callable[[Scope], Awaitable[Client | Refusal]]  # who sends an HTTP request, by its ASGI scope


@dataclass(frozen=True, slots=True)
class Visit:
    """`session` tells this session from all others; None where each request stands for itself.

    `trace_parent` is the place in the client's own trace that the HTTP request says.
    """

    client: Client
    server: str
    session: str | None = None
    trace_parent: str | None = None
