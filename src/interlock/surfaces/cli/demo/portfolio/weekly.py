"""The stand-ups of the sample's last weeks: what was agreed there, and whether it was done."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from interlock.flows.portfolio.read import read_portfolio
from interlock.flows.standup.actions import actions, agree_action, close_action
from interlock.flows.standup.hold import hold_stand_up
from interlock.surfaces.cli.demo.portfolio.scene import Scene
from interlock.terms.person import Person
from interlock.terms.sample import SamplePortfolio

Event = tuple[int, Callable[[], None]]  # days before the end, and what happens
HELD = (15, 8)  # days before the end


@dataclass(frozen=True, slots=True)
class Agreed:
    """An action on the workflow of an initiative: agreed and due so many days before the end (due: may be after it).

    Closed so many days before the end (None: open), with why where it was `not_done`.
    """

    workflow: str
    what: str
    agreed: int
    due: int
    closed: int | None = None
    not_done: str = ""


ACTIONS = (
    Agreed("price-hints", "name a safety owner", 15, 8, closed=8, not_done="two people were asked, none has said yes"),
    Agreed("credit-check", "say what the redline incident has taught us", 15, 3),
    Agreed("supplier-mail", "find out why the answers take longer again", 8, 1, closed=1),
    Agreed("shelf-photos", "measure how late gaps are seen today, as the baseline", 8, -6),
    Agreed("price-hints", "decide whether it goes on without a safety owner", 8, -6),
)


def weekly(scene: Scene, sample: SamplePortfolio) -> Iterator[Event]:
    """In the order in which they happen at one stand-up: what was agreed is checked first."""
    owners = {one.definition.name: one.definition.owners.value or "" for one in sample.initiatives}
    chair = sample.organisation.council[0]
    known = [one for one in ACTIONS if one.workflow in owners]
    for one in known:
        if one.closed is not None:
            yield one.closed, partial(_close, scene, one, owners[one.workflow])
    for one in known:
        yield one.agreed, partial(_agree, scene, one, owners[one.workflow], chair)
    for days in HELD:
        yield days, partial(_hold, scene, tuple(sorted({chair, *owners.values()} - {""})), chair)


def _agree(scene: Scene, one: Agreed, owner: str, chair: str) -> None:
    due = (scene.clock() + dt.timedelta(days=one.agreed - one.due)).date()
    agree_action(
        scene.store, one.what, owner=owner, due=due, by=Person(chair), clock=scene.clock, workflow=one.workflow
    )


def _close(scene: Scene, one: Agreed, owner: str) -> None:
    with scene.store.reading() as reading:
        entry = next(each.entry for each in actions(reading) if each.what == one.what)
    close_action(scene.store, entry, done=not one.not_done, note=one.not_done, by=Person(owner), clock=scene.clock)


def _hold(scene: Scene, present: tuple[str, ...], chair: str) -> None:
    with scene.store.reading() as reading:
        portfolio = read_portfolio(reading, scene.clock())
    hold_stand_up(scene.store, portfolio, present=present, note="", by=Person(chair), clock=scene.clock)
