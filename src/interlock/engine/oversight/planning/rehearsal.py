"""Rehearse promotion and demotion on past cases whose outcome is known: what would have happened, and what it cost."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from interlock.engine.oversight.audits.sampling import in_audit_sample
from interlock.engine.oversight.planning.simulation import Path, thinned
from interlock.engine.oversight.sequential.monitor import DemotionMonitor
from interlock.engine.oversight.sequential.promotion import PromotionTest


@dataclass(frozen=True, slots=True)
class Counted:
    """Cases and the wrong ones among them."""

    n: int = 0
    n_wrong: int = 0

    def and_one(self, wrong: bool) -> "Counted":  # noqa: FBT001 - an outcome, not a switch
        """With one more case."""
        return Counted(self.n + 1, self.n_wrong + wrong)


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules that are rehearsed; `salt` draws the audits, so that they can be drawn again."""

    threshold: float
    budget: float
    delta: float
    audit_share: float
    salt: str
    run_length: float = 10_000.0


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What would have happened. Positions count the cases given, from 1; None: not within them.

    `shadow`: cases at or over the threshold before the promotion. `applied`: automatic cases; `audited` of them were
    drawn. `after_demotion`: cases that would have been automatic had nobody demoted. `n_reviewed`: cases that people
    decided. The paths are for pictures, thinned: wealth by shadow cases, the monitor's statistic by audits.
    """

    promoted_at: int | None
    demoted_at: int | None
    shadow: Counted
    applied: Counted
    audited: Counted
    after_demotion: Counted
    n_reviewed: int
    wealth: Path = field(repr=False)
    monitor: Path = field(repr=False)


def rehearse(confidence: Sequence[float], wrong: Sequence[bool], keys: Sequence[str], *, rules: Rules) -> Rehearsed:
    """Walk through cases in their order: shadow until the promotion test decides, then automatic at or over the
    threshold with random audits until the monitor demotes, then people again.

    `keys` name the cases for the audit draws. One promotion and one demotion: authority lost is not given back here,
    because a demoted release needs new evidence. Raises ValueError where the columns differ in length.
    """
    walk = _Walk(rules)
    for one in zip(confidence, wrong, keys, strict=True):
        walk.take(*one)
    return walk.result()


class _Walk:
    """Where the walk stands."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._test = PromotionTest(rules.budget, rules.delta)
        self._monitor = DemotionMonitor(rules.budget, rules.run_length)
        self._n = self._reviewed = 0
        self._promoted_at: int | None = None
        self._demoted_at: int | None = None
        self._shadow = self._applied = self._audited = self._after = Counted()
        self._wealth = [(0.0, 1.0)]
        self._path = [(0.0, 0.0)]

    def take(self, confidence: float, wrong: bool, key: str) -> None:  # noqa: FBT001 - an outcome, not a switch
        """The next case."""
        self._n += 1
        over = confidence >= self._rules.threshold
        if self._promoted_at is None or self._demoted_at is not None or not over:
            self._reviewed += 1
        if not over:
            return
        if self._promoted_at is None:
            self._take_shadow(wrong)
        elif self._demoted_at is None:
            self._apply(wrong, key)
        else:
            self._after = self._after.and_one(wrong)

    def _take_shadow(self, wrong: bool) -> None:  # noqa: FBT001
        self._shadow = self._shadow.and_one(wrong)
        if self._test.observe(wrong):
            self._promoted_at = self._n
        self._wealth.append((float(self._test.n), self._test.wealth))

    def _apply(self, wrong: bool, key: str) -> None:  # noqa: FBT001
        self._applied = self._applied.and_one(wrong)
        if not in_audit_sample(key, share=self._rules.audit_share, salt=self._rules.salt):
            return
        self._audited = self._audited.and_one(wrong)
        if self._monitor.observe(wrong):
            self._demoted_at = self._n
        self._path.append((float(self._monitor.n), self._monitor.statistic))

    def result(self) -> Rehearsed:
        """What it came to."""
        return Rehearsed(
            promoted_at=self._promoted_at,
            demoted_at=self._demoted_at,
            shadow=self._shadow,
            applied=self._applied,
            audited=self._audited,
            after_demotion=self._after,
            n_reviewed=self._reviewed,
            wealth=thinned(self._wealth),
            monitor=thinned(self._path),
        )
