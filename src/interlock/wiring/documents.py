"""Documents that a server makes, over a run time."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from interlock.engine.access.reach import TenantOf
from interlock.flows.action.runtime import RunTime
from interlock.ports.messenger import Messenger
from interlock.ports.reports import WriteForm
from interlock.terms.briefing import Briefing
from interlock.terms.instrument import Instrument
from interlock.terms.portfolio import Portfolio
from interlock.wiring.packs import read_frameworks

if TYPE_CHECKING:  # most commands make no document, and what makes them takes long to load
    from interlock.flows.reporting.made import Sources


def sources_over(
    rt: RunTime,
    portfolio: Callable[[], Portfolio],
    tenant_of: TenantOf,
    instruments: Sequence[Instrument],
    write: WriteForm | None = None,
) -> "Sources":
    """What documents are made from; each form is written in a process of its own unless `write` is given."""
    from interlock.flows.reporting.made import Sources

    return Sources(
        rt.store, rt.clock, portfolio, tenant_of, instruments, cache(read_frameworks), write or _written_apart
    )


def messenger(environment: Mapping[str, str]) -> Messenger:
    """What documents are sent with; INTERLOCK_SEND_TO_HOSTS names hosts inside that may be sent to all the same."""
    from interlock.adapters.messages.apprised import OPEN_HOSTS, AppriseMessenger

    named = environment.get(OPEN_HOSTS, "").replace(",", " ").split()
    return AppriseMessenger(tuple(named))


def write_form() -> WriteForm:
    """Writes a document in this process."""
    from interlock.adapters.reports.briefings.forms import written

    return written


def _written_apart(briefing: Briefing, ending: str) -> bytes:
    from interlock.adapters.reports.apart import written_apart

    return written_apart(briefing, ending)
