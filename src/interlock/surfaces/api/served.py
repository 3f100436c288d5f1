"""What every request finds: the run time, the flows that wait, and who is asking."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Protocol

from fastapi import Depends, Request

from interlock.engine.access.permissions import MAY, may_somewhere
from interlock.flows.access.sessions import Sessions
from interlock.flows.access.tenants import Tenants
from interlock.flows.action.halts import Halts
from interlock.flows.action.observe import Observed
from interlock.flows.action.runtime import RunTime
from interlock.flows.notice.tell import Notices
from interlock.flows.reporting.made import Sources
from interlock.flows.reporting.making import Makings
from interlock.flows.reporting.send import Sendings
from interlock.flows.rollout.judging import Judging
from interlock.flows.upkeep.money import MoneyRounds
from interlock.flows.upkeep.retention import RetentionRounds
from interlock.ports.imports import UploadReader
from interlock.ports.organisations import OrganisationFiles
from interlock.ports.spans import SpanLines
from interlock.ports.trials import Trials
from interlock.surfaces.api.heard import Heard
from interlock.surfaces.api.leases import Leases
from interlock.surfaces.api.problems import forbidden, unauthorized
from interlock.surfaces.api.steps import Steps
from interlock.surfaces.api.waits import Waits
from interlock.surfaces.http.guard import AtHome
from interlock.surfaces.http.rounds import Round
from interlock.terms.access import Caller, Role
from interlock.terms.ai_fit import FitPack
from interlock.terms.errors import Unavailable
from interlock.terms.evidence import Evidence, EvidenceClass
from interlock.terms.person import Person


class Desk(Protocol):
    """What the run time answers for one caller, as an application in this process would be answered."""

    @property
    def run_time(self) -> RunTime:
        """The run time, whose leases name that caller."""
        ...

    def in_force(self, workflow: str) -> Any:
        """The release in force and its definition."""
        ...

    def authority(self, workflow: str) -> Any:
        """What the workflow may do now."""
        ...

    def applied_since(self, workflow: str, since_entry: int) -> tuple[str, ...]:
        """Keys of what was applied from a ledger entry on, newest first."""
        ...

    def keep_text(self, key: str, text: str) -> str:
        """Keep a case's content where it can be erased; its digest."""
        ...

    def human(self, workflow: str, key: str, label: str, *, by: Person, note: str) -> Observed:
        """What a person decided about a case."""
        ...

    def outcome(self, workflow: str, key: str, label: str, *, by: str, evidence_class: EvidenceClass) -> Observed:
        """What turned out to be true."""
        ...

    def outcomes(self, workflow: str, known: Sequence[tuple[str, str]], *, by: str) -> tuple[Observed, ...]:
        """What turned out to be true of many cases."""
        ...

    def attest(
        self, workflow: str, kind: str, body: Mapping[str, Any], *, source: str, evidence_class: EvidenceClass
    ) -> Evidence:
        """Bind evidence to the release in force."""
        ...


def holder(name: str | None) -> str:
    """How the leases of a caller begin; a name holds no '@'."""
    return f"{name or 'anybody'}@"


@dataclass(frozen=True, slots=True)
class Served:
    """One server. `desk_of` answers the desk of a caller; `known` who presents a token, None where nobody does.

    `home` is the time in which anybody may do anything, if there is one. `rounds` are what it does beside answering;
    `retention` is the one that erases. `documents` are made one after the other and sent by `sendings`. Gates are
    judged with `judging`; `halts` is what was stopped; `read_upload` reads evidence that is sent. `span_lines` writes
    traces for tracing back ends, None where that part is not installed.
    """

    rt: RunTime
    leases: Leases
    desk_of: Callable[[str | None], Desk]
    known: Callable[[str | None], Caller | None]
    home: AtHome | None = None
    notices: Notices | None = None
    rounds: tuple[Round, ...] = ()
    retention: RetentionRounds | None = None
    documents: Makings | None = None
    sendings: Sendings | None = None
    trials: Trials | None = None
    judging: Judging | None = None
    organisations: OrganisationFiles | None = None
    fit: FitPack | None = None
    read_upload: UploadReader | None = None
    span_lines: SpanLines | None = None
    money: MoneyRounds = field(init=False)
    heard: Heard = field(default_factory=Heard)
    waits: Waits = field(default_factory=Waits)
    steps: Steps = field(init=False)
    tenants: Tenants = field(init=False)
    sessions: Sessions = field(init=False)
    halts: Halts = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "halts", Halts(self.rt.store))
        object.__setattr__(self, "steps", Steps(self.rt.clock))
        object.__setattr__(self, "tenants", Tenants(self.rt.store))
        object.__setattr__(self, "sessions", Sessions(self.rt.store, self.rt.clock))
        object.__setattr__(self, "money", MoneyRounds(self.rt.store, self.rt.clock))

    @property
    def made_with(self) -> Sources:
        """What documents and the stand-up are made with. Raises Unavailable where this server has none."""
        return self.documents_made.sources

    @property
    def documents_made(self) -> Makings:
        """Where documents are made. Raises Unavailable."""
        if self.documents is None:
            raise Unavailable("this server makes no documents; `interlock serve` does")
        return self.documents

    @property
    def judged(self) -> Judging:
        """What gates are judged with. Raises Unavailable."""
        if self.judging is None:
            raise Unavailable("this server judges no gates; `interlock serve` does")
        return self.judging

    @property
    def fit_pack(self) -> FitPack:
        """What is asked to find out whether AI is the right answer. Raises Unavailable."""
        if self.fit is None:
            raise Unavailable("this server asks nothing about AI; `interlock serve` does")
        return self.fit

    @property
    def organisation_files(self) -> OrganisationFiles:
        """How an organisation is described. Raises Unavailable."""
        if self.organisations is None:
            raise Unavailable("this server knows no organisations; `interlock serve` does")
        return self.organisations

    @property
    def trials_run(self) -> Trials:
        """Where files are tried. Raises Unavailable."""
        if self.trials is None:
            raise Unavailable("this server tries no files; `interlock serve` does")
        return self.trials

    @property
    def sendings_made(self) -> Sendings:
        """Where documents are sent. Raises Unavailable."""
        if self.sendings is None:
            raise Unavailable("this server sends no documents; `interlock serve` does")
        return self.sendings


def served(request: Request) -> Served:
    """The server of a request."""
    found: Served = request.app.state.served
    return found


def caller(request: Request) -> Caller:
    """Who asks. Raises Problem where a token is needed and none, or no valid one, was presented."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    presented = token.strip() if scheme.lower() == "bearer" else None
    found = served(request).known(presented)
    if found is not None:
        return found
    if presented is None:
        raise unauthorized("this server needs a token: send 'Authorization: Bearer TOKEN'; `interlock token create`")
    raise unauthorized("this token is not known, or was revoked: `interlock token list` shows which there are")


class Needs:
    """A dependency of a route: a caller who may do this somewhere. What is done to which thing is checked there."""

    def __init__(self, resource: str, action: str) -> None:
        self.permission = f"{resource}:{action}"
        self.roles = tuple(role for role in Role if self.permission in MAY[role])
        self._resource, self._action = resource, action

    def __call__(self, request: Request) -> Caller:
        """Who asks. Raises Problem where that may not be."""
        found = caller(request)
        if not may_somewhere(found, self._resource, self._action):
            has = ", ".join(sorted(map(str, found.roles))) or "no role"
            raise forbidden(f"this takes the permission {self.permission}; the token '{found.name}' has {has}")
        return found


def person_of(found: Caller, by: str | None) -> Person:
    """Who acts. A token that stands for a person acts in its own name; an application may say who used it.

    Raises Problem where somebody else's name is given.
    """
    if found.name is None or found.holds(Role.RUNTIME):
        own = by is None or by == found.name
        return Person((found.name if by is None else by) or "", authenticated=own and found.name is not None)
    if by not in (None, found.name):
        raise forbidden(f"the token '{found.name}' acts in its own name, not as '{by}': leave `by` out")
    return Person(found.name, authenticated=True)


Here = Annotated[Served, Depends(served)]
Application = Annotated[Caller, Depends(Needs("case", "propose"))]
Attester = Annotated[Caller, Depends(Needs("evidence", "add"))]
Looker = Annotated[Caller, Depends(Needs("review", "read"))]
Reviewer = Annotated[Caller, Depends(Needs("review", "decide"))]
Resumer = Annotated[Caller, Depends(Needs("switch", "resume"))]
Stopper = Annotated[Caller, Depends(Needs("switch", "kill"))]
Watcher = Annotated[Caller, Depends(Needs("switch", "read"))]
Onlooker = Annotated[Caller, Depends(Needs("workflow", "read"))]
Auditor = Annotated[Caller, Depends(Needs("ledger", "read"))]
