"""The store of the served sample: a year of the company, and a workflow that earned its authority on real figures."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from interlock.engine.timestamp import stamp
from interlock.flows.access.people import make_account
from interlock.flows.action.act import shadow
from interlock.flows.action.observe import observe_many
from interlock.flows.action.runtime import RunTime
from interlock.flows.ledger.content import keep_text
from interlock.flows.measure.period import record_period
from interlock.flows.rollout.attest import attest
from interlock.flows.rollout.known import known_row
from interlock.ports.store import Reading
from interlock.surfaces.cli.demo.portfolio.playing import Event, play
from interlock.surfaces.cli.demo.portfolio.scene import Scene
from interlock.surfaces.cli.demo.portfolio.stage_time import SameChance, SteppingClock
from interlock.surfaces.cli.demo.served.cast import ACCOUNTS, COLLEAGUE
from interlock.surfaces.cli.demo.served.learning import Learned, Message, learn
from interlock.surfaces.cli.demo.served.senders import let_in
from interlock.surfaces.cli.demo.served.working import LEFT_WAITING, Work
from interlock.surfaces.cli.toolbox import Toolbox
from interlock.terms.access import RoleAt
from interlock.terms.decision import Proposal
from interlock.terms.errors import BadInput
from interlock.terms.evidence import EvidenceClass
from interlock.terms.person import Person
from interlock.terms.sample import SampleInitiative, SamplePortfolio

CERTIFIED, FIRST_LIVE = 46, 13  # days before today
SPRINTS, SPRINT = (44, 30), 14  # of the comparison with people, in days; with what came then, the last is a month
A_DAY = 14
LET_IN = 32  # the gateway is there, and applications have keys


def make(box: Toolbox, rt: RunTime, folder: Path) -> Work:
    """Fill an empty store, or take up one that was filled before; what goes on from there.

    Raises BadInput where it holds anything else.
    """
    live = box.read_live_initiative(box.clock().date())
    name = live.definition.name
    with rt.store.reading() as reading:
        is_empty, was_made = reading.last_entry() < 0, _is_sample(reading) and reading.workflow(name) is not None
    if not is_empty and not was_made:
        raise BadInput("this store holds other records, and a sample is not mixed with them; name another one")
    learned = learn(box, rt, folder)
    if is_empty:
        _play(box, rt, live, learned)
    with rt.store.reading() as reading:
        row, first = known_row(reading, name), reading.last_entry() + 1
    return Work(rt, name, row.release, learned.live, first=first)


def _is_sample(reading: Reading) -> bool:
    return any(entry.body.get("authored_sample") for entry in reading.entries_of("organisation.defined"))


def _play(box: Toolbox, opened: RunTime, live: SampleInitiative, learned: Learned) -> None:
    end = box.clock()
    clock, chance = SteppingClock(end), SameChance()
    rt = replace(opened, clock=clock, randomness=chance, owner="sample", spool=None)
    scene = Scene(rt, clock, chance, box.signing(), box.read_gates(None), box.read_instruments(None), box.version)
    sample = box.read_sample_portfolio(end)
    play(scene, SamplePortfolio(sample.organisation, (*sample.initiatives, live)), tuple(_proves(scene, live, learned)))
    by = Person(ACCOUNTS[-1].name)
    with opened.store.transaction() as tx:
        tx.fence()
        for account in ACCOUNTS:
            make_account(tx, account.name, [RoleAt(account.role)], by=by, at=stamp(clock()))


def _proves(scene: Scene, live: SampleInitiative, learned: Learned) -> Iterator[Event]:
    """What is measured of the workflow at work, and its first days of authority."""
    name = live.definition.name
    yield CERTIFIED, partial(_certify, scene, name, learned)
    yield LET_IN, partial(let_in, scene)
    half = len(learned.shadow) // 2
    for began, part in zip(SPRINTS, (slice(half), slice(half, None)), strict=True):
        yield began - 1, partial(_compare, scene, name, part, learned.shadow)
        yield began - SPRINT, partial(_report, scene, live, began, began - SPRINT + 1)
    work: list[Work] = []  # made on its first day: its release is known by then

    def day(number: int) -> None:
        if not work:
            work.append(Work(scene.run_time, name, scene.releases[name], learned.live, desk=scene.desk))
        _a_day(work[0], leave=number == 0)

    for days in range(FIRST_LIVE, -1, -1):
        yield days, partial(day, days)
    yield 0, partial(_report, scene, live, SPRINTS[-1] - SPRINT, 1)


def _certify(scene: Scene, name: str, learned: Learned) -> None:
    attest(
        scene.store, name, release=scene.releases[name], kind="certificate", evidence_class=EvidenceClass.EXECUTED,
        source=f"bake-off on {learned.source} (authored)", clock=scene.clock,
        body={"certificate": learned.certificate, "labels": learned.labels, "evaluation": learned.evaluation,
              "risk_coverage": learned.curve},
    )  # fmt: skip


def _compare(scene: Scene, name: str, part: slice, messages: Sequence[Message]) -> None:
    """A part of the messages in shadow, beside people."""
    keyed = [(f"shadow-{number:04d}", message) for number, message in enumerate(messages)][part]
    with scene.store.transaction() as tx:
        proposals = [
            Proposal(key, scene.releases[name], one.proposed, one.confidence,
                     keep_text(tx, key, one.text, at=stamp(scene.clock())))
            for key, one in keyed
        ]  # fmt: skip
    shadow(scene.run_time, name, proposals)
    told = [(key, message.decided) for key, message in keyed]
    observe_many(scene.store, name, told, by=COLLEAGUE, clock=scene.clock)


def _a_day(work: Work, *, leave: bool) -> None:
    for _ in range(A_DAY):
        work.send()
    while late := work.waiting()[LEFT_WAITING if leave else 0 :]:  # a look may ask for a second one
        for review in late:
            work.decide(review)


def _report(scene: Scene, live: SampleInitiative, first: int, last: int) -> None:
    """What a stretch of days came to."""
    by = Person(live.definition.owners.value or "")
    start, end = scene.clock.day(first), scene.clock.day(last)
    record_period(scene.store, live.definition.name, start=start, end=end, by=by, clock=scene.clock)
