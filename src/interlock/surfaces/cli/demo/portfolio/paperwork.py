"""What an initiative of the sample puts on file before it moves on."""

from interlock.engine.ledger.canonical import plain
from interlock.engine.oversight.threshold.certify import certify
from interlock.engine.oversight.threshold.curve import risk_coverage
from interlock.flows.action.drill import drill
from interlock.flows.evidence.attestations import attest_check
from interlock.flows.instruments.answer import answer
from interlock.flows.rollout.attest import attest
from interlock.flows.rollout.go_on import decide_going_on
from interlock.flows.rollout.judge import judge
from interlock.surfaces.cli.demo.portfolio.scene import LABELS, SOURCE, Scene
from interlock.terms.evidence import Evidence, EvidenceClass
from interlock.terms.person import Person
from interlock.terms.sample import SampleInitiative
from interlock.terms.stage import Choice, RolloutStage

SIGNED = {
    RolloutStage.PILOT: (("data fitness", "representative"), ("privacy and legal", "impact assessment")),
    RolloutStage.CONTROLLED_ROLLOUT: (
        ("human in the loop", "reviewer tools"),
        ("leave pilot", "security"),
        ("precision", "bias"),
        ("precision", "robustness"),
        ("safety", "redlines"),
        ("safety", "data policy"),
        ("safety", "audit logging"),
    ),
    RolloutStage.SCALE: (("observability", "drift and safety"),),
    RolloutStage.OPERATION: (("leave scale", "support"),),
}
TRACES: dict[str, object] = {"outputs": 500, "traced": 500, "share": 1.0}


def prepare(scene: Scene, one: SampleInitiative, entered: RolloutStage) -> None:
    """Everything that the gate before a stage asks for."""
    if entered is RolloutStage.PILOT:
        _put(scene, one, "labels", {"n": 160, "edge_cases": 14})
    elif entered is RolloutStage.CONTROLLED_ROLLOUT:
        _put(scene, one, "bakeoff", {"chosen": "small model", "candidates": _candidates()})
        _put(scene, one, "traces", TRACES)
        drill(scene.run_time, f"workflow:{one.definition.name}", by=_safety(one), wait_s=1.0)
        judge(scene.store, one.definition.name, clock=scene.clock)
    elif entered is RolloutStage.OPERATION:
        decide_going_on(
            scene.store, one.definition.name, Choice.SCALE, sprints=0, by=Person(one.definition.owners.value or ""),
            reason="its KPI moved inside the error budget", clock=scene.clock,
        )  # fmt: skip
    for gate, check in SIGNED[entered]:
        attest_check(
            scene.store, one.definition.name, gate=gate, check=check, statement="looked at together, and it holds",
            by=_safety(one), private_key=scene.key_of(_safety(one)), signing=scene.signing, clock=scene.clock,
        )  # fmt: skip
    if entered in {RolloutStage.SCALE, RolloutStage.OPERATION}:
        certificate(scene, one)  # the one of the pilot is old by then
        _score(scene, one, _put(scene, one, "traces", TRACES))


def certificate(scene: Scene, one: SampleInitiative) -> None:
    """A threshold, certified on cases with people's decisions."""
    confidence, wrong = _labelled()
    certified = certify(confidence, wrong, budget=one.definition.budget.certify_at)
    curve = plain(risk_coverage(confidence, wrong))
    _put(scene, one, "certificate", {"certificate": plain(certified), "labels": list(LABELS), "risk_coverage": curve})


def _labelled() -> tuple[list[float], list[int]]:
    """Cases with people's decisions, invented: the surest 200 are right, of the 50 behind them ever fewer."""
    return [0.9] * 200 + [0.89 - i / 100 for i in range(50)], [0] * 200 + [int(i % 5 < i // 12) for i in range(50)]


def _safety(one: SampleInitiative) -> Person:
    return Person(one.definition.owners.safety or "")


def _score(scene: Scene, one: SampleInitiative, evidence: Evidence) -> None:
    values = ((4, 4, 5)[i % 3] for i in range(len(scene.scorecard.items)))  # 78 of 90: ready, and not perfect
    answers = {
        item.id: {"value": value, "evidence": [evidence.digest]}
        for item, value in zip(scene.scorecard.items, values, strict=True)
    }
    by = Person(one.definition.owners.value or "")
    answer(scene.store, scene.scorecard, one.definition.name, answers, by=by, clock=scene.clock)


def _candidates() -> list[dict[str, object]]:
    rows = (("rules", 1, 0.71, 4.0, 0.01), ("small model", 2, 0.94, 60.0, 0.02), ("large model", 3, 0.95, 900.0, 0.4))
    names = ("name", "complexity", "success_share", "latency_p95_ms", "cost_per_success_usd")
    return [{**dict(zip(names, row, strict=True)), "n": 160} for row in rows]


def _put(scene: Scene, one: SampleInitiative, kind: str, body: dict[str, object]) -> Evidence:
    return attest(
        scene.store, one.definition.name, release=scene.releases[one.definition.name], kind=kind,
        evidence_class=EvidenceClass.EXECUTED, source=SOURCE, body=body, clock=scene.clock,
    )  # fmt: skip
