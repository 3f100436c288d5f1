"""Draw the audits of every closed period again, from a store or from an exported ledger alone."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from interlock.engine.ledger.export_lines import FORMATS
from interlock.flows.ledger.verify import verify_export, verify_store
from interlock.flows.oversight.audits.due_audits import DueAudits
from interlock.flows.oversight.audits.periods import AuditFault, Line, Period, WorkflowWalk
from interlock.ports.store import Reading
from interlock.terms.errors import BadInput
from interlock.terms.ledger import LedgerCheck


@dataclass(frozen=True, slots=True)
class PeriodRecheck:
    """What one salt drew: a period, or the part of it in which one release was in force.

    `state` is open, closed, or lost (its salt is not known, or is not what was committed to).

    `checked` of its `decisions` were drawn again (0 unless it is closed), and `right` of these had the draw and the
    flag that salt and grant give. `audited` of its `applied` decisions are marked as audited.
    """

    salt: str
    state: str
    committed_entry: int
    closed_entry: int | None
    closed_at: str | None
    closed_by: str | None
    decisions: int
    checked: int
    right: int
    applied: int
    audited: int


@dataclass(frozen=True, slots=True)
class WorkflowRecheck:
    """All periods of a workflow. `decisions` = `checked` + `not_yet_checkable` + `never_checkable`.

    `not_yet_checkable` were made in the open period: their draws are not known to be right before it closes.
    `never_checkable` are those whose salt is lost or wrong, those made without a salt, and those that cannot be read.
    Audits are due for audited cases whose effect was completed, in closed and open periods.
    """

    workflow: str
    periods: tuple[PeriodRecheck, ...]
    decisions: int
    checked: int
    right: int
    not_yet_checkable: int
    never_checkable: int
    audits_due: int
    audits_answered: int
    faults: tuple[AuditFault, ...]

    @property
    def closed_periods(self) -> int:
        """How many closes published a salt that could be checked; one close publishes those of all its releases."""
        return len({period.closed_at for period in self.periods if period.state == "closed"})


@dataclass(frozen=True, slots=True)
class Rechecked:
    """Whether the ledger itself holds, and each workflow in it, by name."""

    ledger: LedgerCheck
    workflows: tuple[WorkflowRecheck, ...]

    @property
    def found_wrong(self) -> int:
        """The number of faults, in the ledger and in the draws."""
        return len(self.ledger.faults) + sum(len(one.faults) for one in self.workflows)


def recheck_store(reading: Reading, workflow: str | None = None) -> Rechecked:
    """Recheck one workflow of a store, or all; the ledger is verified with it. Raises BadInput for an unknown one."""
    if workflow is not None and reading.workflow(workflow) is None:
        raise BadInput(f"there is no workflow '{workflow}'; apply its definition first")
    ledger = verify_store(reading)
    walks = _Walks(workflow)
    for entry in reading.entries(0, reading.last_entry() + 1):
        walks.take({"index": entry.index, "at": entry.at, "kind": entry.kind, "body": entry.body})
    return Rechecked(ledger, walks.results())


def recheck_export(lines: Iterable[bytes]) -> Rechecked:
    """Recheck an exported ledger on its own: raw lines with their ends. Raises BadInput where it is none."""
    walks = _Walks(None)
    ledger = verify_export(_through(lines, walks))
    return Rechecked(ledger, walks.results())


def _through(lines: Iterable[bytes], walks: "_Walks") -> Iterator[bytes]:
    empty = True
    for number, line in enumerate(lines):
        empty = False
        content = _content(line)
        if number == 0 and content.get("format") not in FORMATS:
            break
        if number > 0 and isinstance(content.get("entry"), dict):
            index = content.get("index", content.get("n"))  # the first format has it in the entry itself
            walks.take({"index": index, **content["entry"]})  # a line that is none is a fault of the ledger
        yield line
    else:
        if not empty:
            return
    raise BadInput("this is no exported ledger; `interlock ledger export FILE` writes one")


def _content(line: bytes) -> Mapping[str, Any]:
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


class _Walks:
    """A walk for each workflow that the entries name, or for the only one that is asked for."""

    def __init__(self, only: str | None) -> None:
        self._only = only
        self._walks: dict[str, tuple[WorkflowWalk, DueAudits]] = {}

    def take(self, entry: Mapping[str, Any]) -> None:
        body, index = entry.get("body"), entry.get("index")
        if not isinstance(body, dict) or type(index) is not int:
            return  # a fault of the ledger, which its verification names
        workflow = body.get("workflow")
        if isinstance(workflow, str) and self._only in (None, workflow):
            for walk in self._walks.setdefault(workflow, (WorkflowWalk(), DueAudits())):
                walk.take(str(entry.get("kind")), Line(index, str(entry.get("at")), body))

    def results(self) -> tuple[WorkflowRecheck, ...]:
        return tuple(_result(name, *walks) for name, walks in sorted(self._walks.items()))


def _result(workflow: str, walk: WorkflowWalk, due: DueAudits) -> WorkflowRecheck:
    walk.judge()
    due.judge()
    wrong = {fault.entry for fault in walk.faults if fault.key is not None}
    periods = tuple(_period(period, wrong) for period in walk.periods)
    decisions = sum(p.decisions for p in periods) + len(walk.unsalted) + walk.unreadable
    checked = sum(p.checked for p in periods)
    waiting = sum(p.decisions for p in periods if p.state == "open")
    return WorkflowRecheck(
        workflow=workflow,
        periods=periods,
        decisions=decisions,
        checked=checked,
        right=sum(p.right for p in periods),
        not_yet_checkable=waiting,
        never_checkable=decisions - checked - waiting,
        audits_due=due.n_due,
        audits_answered=due.n_answered,
        faults=tuple(sorted((*walk.faults, *due.faults), key=lambda fault: fault.entry)),
    )


def _period(period: Period, wrong: set[int]) -> PeriodRecheck:
    state = "closed" if period.secret is not None else "lost" if period.ended else "open"
    checked = len(period.cases) if state == "closed" else 0
    applied = [case for case in period.cases if case.verb == "apply"]
    return PeriodRecheck(
        salt=period.salt,
        state=state,
        committed_entry=period.committed_entry,
        closed_entry=period.closed_entry,
        closed_at=period.closed_at,
        closed_by=period.closed_by,
        decisions=len(period.cases),
        checked=checked,
        right=checked and sum(case.entry not in wrong for case in period.cases),
        applied=len(applied),
        audited=sum(case.audited == 1 for case in applied),
    )
