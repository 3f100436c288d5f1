"""What the steps of the demonstration share, and how they tell what happened."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.text import Text

from interlock.engine.evaluation.cases import CaseRow
from interlock.engine.timestamp import stamp
from interlock.flows.action.act import Acted
from interlock.flows.action.runtime import RunTime
from interlock.flows.ledger.content import keep_text
from interlock.ports.candidates import Candidate
from interlock.ports.clock import Clock
from interlock.ports.progress import silent
from interlock.ports.store import Store
from interlock.surfaces.cli.demo.desk import TicketDesk
from interlock.surfaces.cli.demo.traffic import Traffic
from interlock.surfaces.cli.toolbox import Toolbox
from interlock.terms.certificate import Certificate
from interlock.terms.decision import Proposal
from interlock.terms.evaluation import CurvePoint, Evaluation
from interlock.terms.story import Chart, DataTable, Section, Tone

SIGNS = {Tone.PASSED: "✓", Tone.FAILED: "✗", Tone.INCONCLUSIVE: "?", Tone.NEUTRAL: "·"}


@dataclass(frozen=True, slots=True)
class Sent:
    """One case that was sent through the run time, and what people decide about it."""

    case: CaseRow
    proposal: Proposal
    acted: Acted
    decided: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the bake-off recommended: the fitted candidate, its certificate, and the labels that it knows."""

    candidate: Candidate
    certificate: Certificate
    threshold: float
    labels: tuple[str, ...]
    evaluation: Evaluation

    @property
    def curve(self) -> tuple[CurvePoint, ...]:
        """The risk-coverage curve of that candidate on the evaluation set."""
        return next(one.risk_coverage for one in self.evaluation.candidates if one.name == self.candidate.name)


@dataclass(slots=True)
class Scene:
    """The stage: the store and what has happened so far."""

    box: Toolbox
    out: Path
    seed: int
    traffic: Traffic
    run_time: RunTime
    console: Console
    desk: TicketDesk = field(default_factory=TicketDesk)
    sections: list[Section] = field(default_factory=list)
    release: str = ""
    draft: str = ""
    live: list[Sent] = field(default_factory=list)
    changed: list[Sent] = field(default_factory=list)
    live_since: int = 0
    changed_since: int = 0
    demoted: bool = False
    n_keys: int = 0

    @property
    def store(self) -> Store:
        """The demonstration's store."""
        return self.run_time.store

    @property
    def clock(self) -> Clock:
        """The real clock: what the demonstration does, it does now."""
        return self.box.clock

    def tell(
        self,
        step: str,
        title: str,
        tone: Tone,
        lines: Sequence[str] = (),
        *,
        tables: Sequence[DataTable] = (),
        charts: Sequence[Chart] = (),
    ) -> None:
        """Add a section to the report and say it on the terminal in a line or two."""
        self.sections.append(Section(step, title, tone, tuple(lines), tuple(tables), tuple(charts)))
        number = len(self.sections)
        self.console.print(Text(f"{number:>2}. {SIGNS[tone]} {step}: {title}"))
        if lines:
            self.console.print(Text(f"      {lines[0]}", style="dim"))

    def proposals(self, candidate: Candidate, cases: Sequence[CaseRow]) -> list[Proposal]:
        """The candidate's proposals for cases; the content is kept beside the ledger, its digest inside."""
        answers = candidate.answer([case.text for case in cases], progress=silent)
        made = []
        with self.store.transaction() as tx:
            for case, answer in zip(cases, answers, strict=True):
                self.n_keys += 1
                key = f"message-{self.n_keys:05d}"
                content = keep_text(tx, key, case.text, at=stamp(self.clock()))
                made.append(Proposal(key, self.release, answer.label, answer.confidence, content))
        return made

    def ledger_size(self) -> int:
        """Number of ledger entries so far."""
        with self.store.reading() as reading:
            return reading.last_entry() + 1
