"""The demonstration's traffic: what its history keeps, and the change that is planted."""

import datetime as dt
import io
from pathlib import Path

from rich.console import Console

from governed import House
from interlock.engine.evaluation.cases import CaseRow
from interlock.surfaces.cli.demo.living import _tell_demotion
from interlock.surfaces.cli.demo.scene import Scene
from interlock.surfaces.cli.demo.story import _story
from interlock.surfaces.cli.demo.traffic import Traffic, history_csv, own_source, plant_change
from interlock.terms.story import Tone

MORNING = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)


def case(text: str, *, group: str | None = None, at: dt.datetime | None = None) -> CaseRow:
    return CaseRow(1, text, "billing", None, None, group, at, ())


def test_the_history_keeps_customers_and_times_so_that_the_certificate_can_heed_them() -> None:
    cases = (case("hello", group="c1", at=MORNING), case("again", group=None, at=MORNING))
    assert history_csv(cases).splitlines() == [
        "text,decided,customer,received_at",
        "hello,billing,c1,2026-03-02T09:00:00+00:00",
        "again,billing,,2026-03-02T09:00:00+00:00",
    ]
    assert history_csv((case("hello"),)).splitlines() == ["text,decided", "hello,billing"]


def test_the_change_moves_about_two_thirds_of_what_is_applied_in_one_ring() -> None:
    ring = plant_change(["a"] * 5 + ["b"] * 3 + ["c"] * 2, ["a", "b", "c", "d"])
    assert ring == {"a": "b", "b": "a"}


def test_where_one_queue_alone_is_applied_there_is_still_a_change() -> None:
    assert plant_change(["a"] * 9, ["a", "b"]) == {"a": "b", "b": "a"}


def test_a_life_without_demotion_is_not_told_as_one(tmp_path: Path) -> None:
    """The title may claim the loss of authority only where it was lost."""

    class Box:
        def clock(self) -> dt.datetime:
            return MORNING

    source = own_source(tmp_path / "x.csv", text=(), label=None, budget=0.04)
    house, console = House(tmp_path), Console(file=io.StringIO())
    traffic = Traffic(source, (), (), (), ())
    scene = Scene(Box(), tmp_path, 0, traffic, house.rt, console)  # type: ignore[arg-type]
    _tell_demotion(scene)
    house.store.close()
    assert (scene.sections[-1].title, scene.sections[-1].tone) == (
        "Not demoted within 0 audits after the change",
        Tone.FAILED,
    )
    assert _story(scene).title == "The workflow did not go through its whole life: see Demotion"
