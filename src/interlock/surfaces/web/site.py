"""What every page is made from, and how a request reaches it."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Protocol

from fastapi import Depends, Request

from interlock.engine.economics.alarms import Alarms
from interlock.engine.economics.glance import Glance
from interlock.flows.access.entrance import Entrance
from interlock.flows.action.runtime import RunTime
from interlock.flows.instruments.kept import KeptSheets
from interlock.flows.notice.tell import Notices
from interlock.flows.reporting.making import Makings
from interlock.flows.reporting.send import Sendings
from interlock.flows.upkeep.retention import RetentionRounds
from interlock.ports.imports import UploadReader
from interlock.ports.organisations import OrganisationFiles
from interlock.ports.signing import Signing
from interlock.ports.spans import SpanLines
from interlock.ports.trials import Trials
from interlock.surfaces.web.live.watch import Watch
from interlock.surfaces.web.stop.waiting import Waiting
from interlock.terms.access import Caller
from interlock.terms.ai_fit import FitPack
from interlock.terms.gate import GatePack
from interlock.terms.instrument import Instrument
from interlock.terms.inventory import InventoryPack
from interlock.terms.portfolio import Portfolio, Standing
from interlock.terms.story import Chart


class Board(Protocol):
    """Where every workflow stands now, kept in memory."""

    def portfolio(self) -> Portfolio:
        """Everything as of now."""
        ...

    def standing(self, name: str) -> Standing | None:
        """One workflow, None where there is none."""
        ...

    def glances(self, portfolio: Portfolio) -> Mapping[str, Glance]:
        """Each workflow of a portfolio of this board at a glance, by name, kept in memory too."""
        ...

    def money(self, portfolio: Portfolio) -> Mapping[str, Alarms]:
        """What money says of each workflow of a portfolio of this board, by name, as the council's agenda takes it."""
        ...

    def renew(self) -> None:
        """Read everything anew."""
        ...

    def count(self) -> None:
        """Count long queues anew, where it is time."""
        ...


class Sessions(Protocol):
    """Who is signed in."""

    @property
    def any(self) -> bool:
        """Whether an account was ever made."""
        ...

    def known(self, cookie: str | None, *, in_use: bool = True) -> Caller | None:
        """Whose session a cookie names; None for nobody's, and for one that has ended.

        Without `in_use` it is no use of the session, so that it ends for want of use all the same.
        """
        ...


class Tenants(Protocol):
    """Which tenant each workflow was given to."""

    def of(self, workflow: str) -> str | None:
        """The tenant of a workflow, None for everybody's."""
        ...

    def all(self) -> Mapping[str, str]:
        """The tenant of each workflow that has one: one look for all of them."""
        ...

    def given(self, tenant: str) -> tuple[str, ...]:
        """The workflows that a tenant has, by name."""
        ...


@dataclass(frozen=True, slots=True)
class Packs:
    """What ships as data."""

    instruments: Sequence[Instrument]
    gates: Sequence[GatePack]
    organisations: OrganisationFiles
    fit: FitPack
    inventory: InventoryPack


@dataclass(frozen=True, slots=True)
class Site:
    """One web application over one store.

    `draw` writes a chart as a figure with its numbers as a table; its second argument names it on its page.
    `sample` is the authored file of past decisions, which `trials` can try as it does any other.
    `demo` is the authored sample that anybody on this machine may look at in any role. `address` is where it is
    reached from outside, for links that leave it, "" where that is not known. `watch` tells open pages what is stopped,
    `waiting` waits for what a page must not wait for.
    `entrance` is where people sign in, `signing` verifies what they signed; `span_lines` writes traces for tracing back
    ends, None where that part is not installed; `read_upload` reads evidence that is sent. `documents`
    are made one after the other and sent by `sendings`, `sheets` are the answers to instruments that are on record.
    `notices` are told to others, None where nobody asked for any; `retention` is what the server erases by itself.
    """

    rt: RunTime
    board: Board
    sessions: Sessions
    tenants: Tenants
    packs: Packs
    version: str
    draw: Callable[[Chart, str], str]
    documents: Makings
    sendings: Sendings
    trials: Trials
    sample: Path
    entrance: Entrance
    signing: Signing
    span_lines: SpanLines | None
    read_upload: UploadReader
    notices: Notices | None = None
    demo: bool = False
    address: str = ""
    watch: Watch = field(init=False)
    waiting: Waiting = field(init=False)
    sheets: KeptSheets = field(init=False)
    retention: RetentionRounds = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "watch", Watch(self.rt.store))
        object.__setattr__(self, "waiting", Waiting(self.rt))
        object.__setattr__(self, "sheets", KeptSheets(self.rt.store))
        object.__setattr__(self, "retention", RetentionRounds(self.rt.store, self.rt.clock))

    @property
    def now(self) -> Callable[[], dt.datetime]:
        """The store's clock."""
        return self.rt.clock


def site_of(request: Request) -> Site:
    """The site of a request."""
    found: Site = request.app.state.site
    return found


Here = Annotated[Site, Depends(site_of)]
