"""A month of an initiative: its cases, what was measured and what was spent."""

from collections.abc import Sequence

from interlock.flows.action.act import Acted, act, shadow
from interlock.flows.action.observe import observe_many
from interlock.flows.measure.expense import record_expense
from interlock.flows.measure.kpi import KpiValue, record_kpis
from interlock.flows.measure.period import record_period
from interlock.flows.review.decide import close_review
from interlock.surfaces.cli.demo.portfolio.scene import LABELS, SOURCE, Scene
from interlock.terms.decision import Proposal
from interlock.terms.person import Person
from interlock.terms.review import ReviewKind
from interlock.terms.sample import SampleInitiative

DAYS = 30
REVIEWER = Person("Noa Weiss")


def cases(scene: Scene, one: SampleInitiative, n: int, *, wrong: int = 0, outcomes: bool = True) -> None:
    """Cases through the run time: applied where a grant allows it, in shadow where not; then what people say."""
    name = one.definition.name
    proposals = [_proposal(scene, name) for _ in range(n)]
    told = [(item.key, LABELS[1] if i < wrong else LABELS[0]) for i, item in enumerate(proposals)]
    if name in scene.live:
        acted = [act(scene.run_time, scene.desk, name, item) for item in proposals]
        told = _audited(scene, name, acted, told)
    else:
        shadow(scene.run_time, name, proposals)
    if outcomes:
        observe_many(scene.store, name, told, by=REVIEWER.name, clock=scene.clock)


def _proposal(scene: Scene, workflow: str) -> Proposal:
    scene.n_cases += 1
    key = f"{workflow}-{scene.n_cases:05d}"
    return Proposal(key, scene.releases[workflow], LABELS[0], 0.95, f"sha256:{key}")


def _audited(scene: Scene, workflow: str, acted: Sequence[Acted], told: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Closes the blind audits; the cases that are left."""
    left = []
    for done, (key, label) in zip(acted, told, strict=True):
        if done.decision.audited:
            close_review(scene.store, workflow, key, ReviewKind.AUDIT, label=label, by=REVIEWER, clock=scene.clock)
        else:
            left.append((key, label))
    return left


def close_month(scene: Scene, one: SampleInitiative, back: int) -> None:
    """What the month that ended `back` months ago came to: cases, KPIs, money."""
    name, by = one.definition.name, Person(one.definition.owners.value or "")
    start, end = scene.clock.day(DAYS * back + DAYS), scene.clock.day(DAYS * back + 1)
    if one.cases_a_month and DAYS * (back + 1) <= one.begins:
        record_period(scene.store, name, start=start, end=end, by=by, clock=scene.clock)
    for kpi, (values, within) in one.kpis.items():
        if back < len(values):
            value = values[-1 - back]
            told = KpiValue(kpi, value, start, end, n=200, low=value - within, high=value + within)
            record_kpis(scene.store, name, [told], source=SOURCE, by=by, clock=scene.clock)
    for bucket, amounts in one.money.items():
        if back < len(amounts):
            record_expense(
                scene.store, name, bucket, amounts[-1 - back], period=(start, end), source=SOURCE, by=by,
                clock=scene.clock,
            )  # fmt: skip
