"""The year of the sample, in the order in which it happened: every fact goes through the flow that records it."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from interlock.flows.council.decide import decide_item, define_organisation
from interlock.flows.instruments.answer import answer
from interlock.flows.measure.incident import Report, close_incident, open_incident
from interlock.flows.rollout.define import define
from interlock.flows.rollout.judge_gates import judge_gates
from interlock.flows.rollout.promote import promote
from interlock.flows.rollout.stage import move_stage
from interlock.flows.rollout.waive import waive
from interlock.surfaces.cli.demo.portfolio.months import DAYS, cases, close_month
from interlock.surfaces.cli.demo.portfolio.paperwork import certificate, prepare
from interlock.surfaces.cli.demo.portfolio.scene import Scene
from interlock.surfaces.cli.demo.portfolio.weekly import weekly
from interlock.terms.person import Person
from interlock.terms.sample import SampleIncident, SampleInitiative, SamplePortfolio, SampleSheet, SampleWaiver
from interlock.terms.stage import RolloutStage

BATCHES = 3  # times a month at which cases come
Event = tuple[int, Callable[[], None]]  # days before the end, and what happens


def play(scene: Scene, sample: SamplePortfolio, more: Sequence[Event] = ()) -> None:
    """Write the whole year, with what happens besides; of one day that comes after what the sample holds."""
    chair = Person(sample.organisation.council[0])
    define_organisation(scene.store, sample.organisation, by=chair, clock=scene.clock, authored_sample=True)
    events = [*(event for one in sample.initiatives for event in _events(scene, one)), *weekly(scene, sample), *more]
    for days, happens in sorted(events, key=lambda event: -event[0]):
        scene.clock.go_to(days)
        happens()


def _events(scene: Scene, one: SampleInitiative) -> Iterator[Event]:
    """In the order in which events of one day happen."""
    yield one.begins, partial(_define, scene, one)
    for back in range(one.begins // DAYS):
        for batch in range(BATCHES if one.cases_a_month else 0):
            n, wrong = one.cases_a_month // BATCHES, one.wrong_a_month if batch == 0 else 0
            yield DAYS * back + 4 + 8 * batch, partial(cases, scene, one, n, wrong=wrong)
    longest = max([len(values) for values, _ in one.kpis.values()] + [len(held) for held in one.money.values()])
    for back in range(max(longest, one.begins // DAYS)):
        yield DAYS * back, partial(close_month, scene, one, back)
    for entered, days in one.reaches.items():
        yield days, partial(_move, scene, one, entered)
    for incident in one.incidents:
        yield incident.opened, partial(_opens, scene, one, incident)
        if incident.closed is not None:
            if incident.redline:
                yield incident.opened, partial(_decides, scene, one, incident)
            yield incident.closed, partial(_closes, scene, incident)
    if one.waiver is not None:
        yield one.waiver.given, partial(_waive, scene, one, one.waiver)
    yield from ((sheet.given, partial(_answers, scene, sheet)) for sheet in one.sheets)
    if one.burst:
        yield 2, partial(cases, scene, one, one.burst, outcomes=False)
    yield 0, partial(_judge, scene, one, ("readiness", "stages"))


def _define(scene: Scene, one: SampleInitiative) -> None:
    by = Person(one.proposed_by)
    applied = define(
        scene.store, one.definition, by=by, code_version=scene.version, clock=scene.clock, randomness=scene.chance
    )
    scene.releases[one.definition.name] = applied.release.digest


def _judge(scene: Scene, one: SampleInitiative, packs: tuple[str, ...]) -> None:
    judge_gates(
        scene.store, one.definition.name, scene.gates, of=packs, clock=scene.clock, signing=scene.signing,
        scorecard=scene.scorecard,
    )  # fmt: skip


def _move(scene: Scene, one: SampleInitiative, entered: RolloutStage) -> None:
    """Prepared, judged and carried out by somebody with the right; then the authority that the stage allows."""
    name, by = one.definition.name, Person(one.definition.rights.move[0])
    prepare(scene, one, entered)
    _judge(scene, one, ("stages",))
    move_stage(
        scene.store, name, entered, scene.gates, by=by, reason="its gate passed on evidence", clock=scene.clock,
        signing=scene.signing, scorecard=scene.scorecard,
    )  # fmt: skip
    if entered is RolloutStage.PILOT:
        certificate(scene, one)
    elif entered is RolloutStage.CONTROLLED_ROLLOUT:
        promote(
            scene.store, name, release=scene.releases[name], by=by, clock=scene.clock, packs=scene.gates,
            signing=scene.signing,
        )  # fmt: skip
        scene.live.add(name)


def _decides(scene: Scene, one: SampleInitiative, incident: SampleIncident) -> None:
    """A line was crossed: the council says how to go on until the incident is closed."""
    item, by = (
        f"{one.definition.name}/incident/{scene.incidents[incident.title]}",
        Person(one.definition.rights.move[0]),
    )
    reason = "its cause is known, and people look at every case until it is closed"
    decide_item(scene.store, item, choose="go-on", reason=reason, by=by, clock=scene.clock, present=(by.name,))


def _opens(scene: Scene, one: SampleInitiative, incident: SampleIncident) -> None:
    report = Report(incident.title, incident.severity, incident.owner, redline=incident.redline)
    by = Person(incident.owner)
    opened = open_incident(scene.store, one.definition.name, report, by=by, clock=scene.clock)
    scene.incidents[incident.title] = opened.entry


def _closes(scene: Scene, incident: SampleIncident) -> None:
    entry, by = scene.incidents[incident.title], Person(incident.owner)
    close_incident(scene.store, entry, lesson=incident.lesson, by=by, clock=scene.clock)


def _answers(scene: Scene, sheet: SampleSheet) -> None:
    instrument = scene.instrument(sheet.instrument)
    answer(scene.store, instrument, sheet.vendor, sheet.answers, by=Person(sheet.by), clock=scene.clock)


def _waive(scene: Scene, one: SampleInitiative, waiver: SampleWaiver) -> None:
    waive(
        scene.store, one.definition.name, scene.gates, gate=waiver.gate, check=waiver.check,
        until=scene.clock.later(waiver.ends_in), reason=waiver.reason, by=Person(waiver.by), clock=scene.clock,
        signing=scene.signing,
    )  # fmt: skip
