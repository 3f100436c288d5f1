"""Suggestions kept on this host while no server could be reached, and handed over when one answers again."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Protocol

from interlock.engine.ledger.canonical import canonical
from interlock.engine.timestamp import stamp
from interlock.ports.clock import Clock
from interlock.ports.spool import Spool
from interlock.terms.decision import Proposal
from interlock.terms.errors import BadInput, Unavailable


class Poster(Protocol):
    """The half of a server that is needed here."""

    def post(self, path: str, body: Mapping[str, Any], *, wait_s: float = 0.0) -> Any:
        """The answer to a POST."""
        ...


class Handing:
    """A spool in front of a server."""

    def __init__(self, spool: Spool, clock: Clock) -> None:
        self._spool, self._clock = spool, clock

    @property
    def waits(self) -> bool:
        """Whether this process knows of something to be handed over; quick."""
        return self._spool.pending

    def keep(self, workflow: str, proposal: Proposal, name: str) -> str:
        """Keep a proposal whose answer did not come; what became of it, in words.

        `name` is the one it was sent under: the server may have got it, and must hear that nothing was done. Raises
        BadInput where the proposal can never be recorded.
        """
        content = {"workflow": workflow, "at": stamp(self._clock()), "leaf": "", "name": name, "proposal": proposal}
        try:
            line = canonical(content).decode()
        except (ValueError, TypeError, RecursionError) as exc:
            raise BadInput(f"this proposal cannot be recorded: {exc}") from exc
        try:
            self._spool.keep(f"{workflow}:{proposal.key}", line)
        except Unavailable as exc:
            return f"{exc}: tell a person"
        return "it is kept on this host, and goes to the queue when the server is back"

    def hand_over(self, server: Poster) -> None:
        """Give one file of what waits to the server; what it cannot take now stays."""
        with suppress(Unavailable), self._spool.taken() as lines:
            if not lines:
                return
            refused = server.post("/suggestions", {"lines": list(lines)})["set_aside"]
            for one in refused:
                self._spool.set_aside(one["line"], one["reason"])
