"""What the workflow at work has learned from the authored messages, by the same bake-off as `interlock try`."""

from dataclasses import dataclass
from pathlib import Path

from interlock.engine.evaluation.cases import CaseRow
from interlock.engine.evaluation.document import document
from interlock.engine.ledger.canonical import digest
from interlock.flows.action.runtime import RunTime
from interlock.ports.progress import silent
from interlock.surfaces.cli.demo.earning import run_bake_off
from interlock.surfaces.cli.demo.scene import Chosen, Scene
from interlock.surfaces.cli.demo.traffic import find_source, load
from interlock.surfaces.cli.toolbox import Toolbox
from interlock.terms.certificate import Certificate
from interlock.terms.errors import Unavailable
from interlock.terms.evaluation import CurvePoint

PROPOSES_FROM = 0.4  # the definition says so: what it is less sure of stays in the inbox


@dataclass(frozen=True, slots=True)
class Message:
    """One message: what the model proposes for it, and where people say that it belongs."""

    text: str
    proposed: str
    confidence: float
    decided: str


@dataclass(frozen=True, slots=True)
class Learned:
    """The certificate of the model with the labels that it knows, the digest of its evaluation on `source` and its
    risk-coverage curve there; its answers to what it is compared with people on, and to what comes in later.
    """

    certificate: Certificate
    labels: tuple[str, ...]
    evaluation: str
    curve: tuple[CurvePoint, ...]
    source: str
    shadow: tuple[Message, ...]
    live: tuple[Message, ...]


def learn(box: Toolbox, rt: RunTime, folder: Path) -> Learned:
    """The same each time. Raises Unavailable where the bake-off recommends nothing."""
    traffic = load(find_source(None, box.sample_path), box.read_table(), seed=0)
    _, chosen = run_bake_off(Scene(box, folder, 0, traffic, rt, box.out))
    if chosen is None:
        raise Unavailable("the bake-off on the authored messages recommends nothing, so that nothing can be shown")
    return Learned(
        certificate=chosen.certificate,
        labels=chosen.labels,
        evaluation=digest(document(chosen.evaluation)),
        curve=chosen.curve,
        source=chosen.evaluation.source.name,
        shadow=_answered(chosen, traffic.shadow),
        live=_answered(chosen, (*traffic.live, *traffic.changed)),
    )


def _answered(chosen: Chosen, cases: tuple[CaseRow, ...]) -> tuple[Message, ...]:
    answers = chosen.candidate.answer([case.text for case in cases], progress=silent)
    return tuple(
        Message(case.text, answer.label, answer.confidence, case.label)
        for case, answer in zip(cases, answers, strict=True)
        if answer.confidence >= PROPOSES_FROM
    )
