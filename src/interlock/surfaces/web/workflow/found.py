"""The workflow of a request: found, within reach of the visitor, with the parts of its dossier that they may open."""

from dataclasses import dataclass
from urllib.parse import quote

from interlock.engine.council.retired import retired
from interlock.engine.economics.row import Row, row_of
from interlock.flows.ledger.show import entry_named
from interlock.flows.trace.told import told
from interlock.ports.store import Reading
from interlock.surfaces.web.portfolio.cells import dossier_address
from interlock.surfaces.web.refusals import NotThere
from interlock.surfaces.web.site import Site
from interlock.surfaces.web.visitor import Visitor
from interlock.surfaces.web.workflow.acts import ACTS
from interlock.terms.council import CouncilDecision
from interlock.terms.errors import BadInput
from interlock.terms.portfolio import Standing

PARTS = (("", "Overview"), ("gates", "Gates"), ("evidence", "Evidence"), ("money", "Value and money"),
         ("history", "Decisions and incidents"), ("release", "Release and rights"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A page of the dossier, and whether this is it."""

    name: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Offered:
    """Something that this visitor may do with the workflow."""

    words: str
    href: str


DONE_HERE = frozenset(
    {
        "stage.moved", "grant.given", "grant.ended", "waiver.given", "waiver.ended", "gate.judged", "readiness.judged",
        "incident.opened", "incident.closed", "evidence.recorded",
    }
)  # fmt: skip
ELSEWHERE: tuple[tuple[str, str, tuple[str, str]], ...] = (
    ("What waits for people", "/queue?workflow={}", ("review", "read")),
    ("Its cases", "/cases?workflow={}", ("case", "read")),
    ("Its readiness scorecard", "/instruments/readiness-scorecard/result?subject={}", ("instrument", "read")),
    ("Its 90 days on one page", "/reports/make/result?workflow={}", ("report", "read")),
)


@dataclass(frozen=True, slots=True)
class Dossier:
    """One workflow for one visitor. `offers` are what they may do on this page, `elsewhere` where else it is shown.

    `stopped` is the decision of the council that ended the initiative, None without one.
    """

    row: Row
    parts: tuple[Part, ...]
    offers: tuple[Offered, ...]
    elsewhere: tuple[Offered, ...]
    may_stop: bool
    stopped: CouncilDecision | None

    @property
    def name(self) -> str:
        """The name of the workflow."""
        return self.row.name

    @property
    def standing(self) -> Standing:
        """Where it stands."""
        return self.row.standing

    @property
    def address(self) -> str:
        """Its first page."""
        return address_of(self.name)


def address_of(workflow: str, part: str = "") -> str:
    """A page of the dossier of a workflow."""
    return f"{dossier_address(workflow)}/{part}".rstrip("/")


def dossier_of(here: Site, who: Visitor, workflow: str, part: str = "") -> Dossier:
    """The workflow as a page of its dossier shows it. Raises NotThere where there is none within reach.

    Figures of a workflow that tenants share mix them: only who may read the whole of it reads its dossier.
    """
    who.check("workflow", "read", workflow=workflow)
    standing = here.board.standing(workflow)
    if standing is None:
        raise NotThere
    portfolio = here.board.portfolio()
    seen = here.board.glances(portfolio)[workflow]
    parts = tuple(Part(name, address_of(workflow, path), path == part) for path, name in PARTS)
    offers = tuple(
        Offered(act.words, address_of(workflow, f"do/{act.name}"))
        for act in ACTS.values()
        if part in act.on and act.when(standing) and who.may(*act.permission, workflow=workflow)
    )
    name = quote(workflow, safe="")
    elsewhere = tuple(
        Offered(words, address.format(name))
        for words, address, takes in ELSEWHERE
        if who.may(*takes, workflow=workflow)
    )
    stopped = retired(portfolio).get(workflow)
    row = row_of(standing, seen, stopped)
    return Dossier(row, parts, offers, elsewhere, who.may("switch", "kill", workflow=workflow), stopped)


def recorded(reading: Reading, workflow: str, entry: str) -> tuple[str, int] | None:
    """What an entry of this workflow says, as it is on record; None where the address names none.

    Only what is done on these pages: an entry about a case may say what somebody is yet to find blind.
    """
    if not entry.isascii() or not entry.isdigit() or len(entry) > 18:
        return None
    try:
        found = entry_named(reading, entry).entry
    except BadInput:
        return None
    own = found.kind in DONE_HERE and found.body.get("workflow") == workflow
    return (told(found), found.index) if own else None
