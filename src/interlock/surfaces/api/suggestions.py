"""What hosts kept while nobody could be reached goes to the queue."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

from fastapi import APIRouter

from interlock.flows.action.suggest import unspool
from interlock.ports.effects import NotApplied
from interlock.surfaces.api.bodies import SuggestionsBody
from interlock.surfaces.api.reach import check_workflow, reaches_all
from interlock.surfaces.api.served import Application, Here, Served
from interlock.surfaces.api.steps import Gone, Steps
from interlock.terms.access import Caller

routes = APIRouter(tags=["cases"])
NOT_SENT = "the answer was lost on its way: nothing was sent to the target"


class HandedOver:
    """interlock.ports.spool.Spool of lines that somebody else kept; what is set aside goes back to them."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        self._lines = lines
        self.set_aside_lines: list[dict[str, str]] = []

    @property
    def pending(self) -> bool:
        """Whether there are lines."""
        return bool(self._lines)

    def keep(self, key: str, line: str) -> None:
        """Not here: whoever proposes keeps it. Raises ValueError."""
        raise ValueError(f"'{key}' cannot be kept among lines that were handed over: {len(line)} characters")

    @contextmanager
    def taken(self) -> Iterator[tuple[str, ...]]:
        """All lines, once."""
        yield self._lines
        self._lines = ()

    def set_aside(self, line: str, reason: str) -> None:
        """Remember it for the answer."""
        self.set_aside_lines.append({"line": line, "reason": reason})

    def waiting(self) -> int:
        """How many lines there are."""
        return len(self._lines)

    def aside(self) -> tuple[str, ...]:
        """What was set aside."""
        return tuple(f"{one['reason']}\t{one['line']}" for one in self.set_aside_lines)


@routes.post("/suggestions")
def hand_over(body: SuggestionsBody, here: Here, who: Application) -> Mapping[str, Any]:
    """Put suggestions that a host kept into the queue; one that comes twice is one review.

    Where the server had admitted one whose answer was lost, nothing was done: it goes to a person. What can never be
    recorded is in `set_aside`, for a person on that host.
    """
    _check_lines(here, who, body.lines)
    for line in body.lines:
        _not_sent(here.steps, line, who.name or "")
    handed = HandedOver(tuple(body.lines))
    done = unspool(replace(here.desk_of(who.name).run_time, spool=handed), files_max=1)
    return {"recorded": done.recorded, "known": done.known, "set_aside": handed.set_aside_lines}


def _not_sent(steps: Steps, line: str, owner: str) -> None:
    with suppress(ValueError, KeyError, TypeError, Gone):
        steps.abandon(str(json.loads(line)["name"]), NotApplied(NOT_SENT), owner=owner)


def _check_lines(here: Served, who: Caller, lines: Sequence[str]) -> None:
    """Raises Problem where a line is about something out of reach. What cannot be read is set aside by the flow."""
    for line in () if reaches_all(who, "case", "propose") else lines:
        try:
            told = json.loads(line)
            workflow, tenant = str(told["workflow"]), told["proposal"].get("tenant")
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
        check_workflow(here, who, "case", "propose", workflow, tenants=[tenant])
