"""Where every workflow stands: what reports, the council's agenda and the portfolio are made from."""

from collections.abc import Mapping
from dataclasses import dataclass

from interlock.terms.council import CouncilDecision, Organisation
from interlock.terms.evidence import GateVerdict
from interlock.terms.grant import AutonomyLevel, Grant
from interlock.terms.instrument import Sheet
from interlock.terms.measured import Expense, Incident, Measurement, PeriodRun
from interlock.terms.stage import RolloutStage, StageMove, Waiver
from interlock.terms.standup import Action
from interlock.terms.workflow import WorkflowDefinition


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything on record about one workflow, as of a moment. Lists are in the order of their records.

    `gates` are the newest verdicts by gate's name, `sheets` the newest by instrument's id. `live_by_drift`: cases are
    handled although no grant allows it; `drifts` says each way in words. `open_reviews` and `late_reviews` count its
    queue. `drilled_at` is when its kill switch was last drilled.
    """

    definition: WorkflowDefinition
    release: str
    proposed_by: str
    defined_at: str
    stage: RolloutStage
    level: AutonomyLevel
    grant: Grant | None
    moves: tuple[StageMove, ...] = ()
    gates: Mapping[str, GateVerdict] | None = None
    waivers: tuple[Waiver, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    expenses: tuple[Expense, ...] = ()
    runs: tuple[PeriodRun, ...] = ()
    incidents: tuple[Incident, ...] = ()
    sheets: Mapping[str, Sheet] | None = None
    live_by_drift: bool = False
    drifts: tuple[str, ...] = ()
    halted: bool = False
    open_reviews: int = 0
    late_reviews: int = 0
    drilled_at: str | None = None

    @property
    def is_without_stage(self) -> bool:
        """Whether it holds authority, given on its certificate, and nobody ever moved it to a stage."""
        return self.grant is not None and not self.moves


@dataclass(frozen=True, slots=True)
class Portfolio:
    """All workflows as of a moment, the organisation around them and what its council decided.

    `ledger_holds`: whether the ledger that all this was read from was verified; None where nobody looked. `ledger_root`
    is the root that this found, "" where there is none, and `ledger_entries` how many entries the ledger has. `actions`
    are those of stand-ups that are open; a day of theirs is one of the organisation's `zone`.
    """

    as_of: str
    organisation: Organisation | None
    standings: tuple[Standing, ...]
    decisions: tuple[CouncilDecision, ...] = ()
    authored_sample: bool = False
    ledger_holds: bool | None = None
    ledger_root: str = ""
    ledger_entries: int = 0
    actions: tuple[Action, ...] = ()
    zone: str = "UTC"
