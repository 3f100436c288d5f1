"""The served sample: its workflow earned its authority, goes on by itself, and takes up where it stopped."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from governed import House
from interlock.engine.oversight.threshold.certify import certify
from interlock.engine.oversight.threshold.curve import risk_coverage
from interlock.flows.access.accounts import accounts
from interlock.flows.action.kill import kill
from interlock.flows.action.runtime import RunTime
from interlock.flows.ledger.verify import verify
from interlock.flows.portfolio.read import read_portfolio
from interlock.surfaces.cli.demo.served import made
from interlock.surfaces.cli.demo.served.cast import ACCOUNTS
from interlock.surfaces.cli.demo.served.learning import Learned, Message
from interlock.surfaces.cli.demo.served.made import make
from interlock.surfaces.cli.demo.served.working import LEFT_WAITING, PAUSED_AT
from interlock.surfaces.cli.toolbox import Toolbox
from interlock.terms.errors import BadInput
from interlock.terms.person import Person
from interlock.terms.stage import RolloutStage
from interlock.wiring.toolbox import build_toolbox

NAME = "message-triage"
LABELS = ("billing", "sales")


def messages(count: int) -> tuple[Message, ...]:
    """One in forty is answered wrongly, one in ten not surely."""
    return tuple(
        Message(f"message {n}", LABELS[0], 0.5 if n % 10 == 3 else 0.9, LABELS[n % 40 == 7]) for n in range(count)
    )


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Toolbox:
    """Without the other twelve, and without the bake-off, which has tests of its own."""
    labelled = [0.8] * 200, [0] * 200
    certificate, curve = certify(*labelled, budget=0.08), risk_coverage(*labelled)
    learned = Learned(certificate, LABELS, "sha256:1", curve, "cases.csv", messages(240), messages(90))
    monkeypatch.setattr(made, "learn", lambda *_: learned)
    whole = build_toolbox()
    return replace(whole, read_sample_portfolio=lambda end: replace(whole.read_sample_portfolio(end), initiatives=()))


@pytest.fixture
def rt(box: Toolbox, tmp_path: Path) -> Iterator[RunTime]:
    with box.open_run_time(str(tmp_path / "sample.db")) as opened:
        yield opened


def test_the_workflow_at_work_earned_its_authority_and_goes_on_until_it_is_stopped(
    box: Toolbox, rt: RunTime, tmp_path: Path
) -> None:
    work = make(box, rt, tmp_path)
    with rt.store.reading() as reading:
        portfolio = read_portfolio(reading, rt.clock())
        people = [(row.name, [str(held) for held in row.roles]) for row in accounts(reading)]
    (standing,) = portfolio.standings
    assert portfolio.authored_sample
    assert (standing.stage, standing.grant is not None) == (RolloutStage.CONTROLLED_ROLLOUT, True)
    assert people == [(account.name, [account.role]) for account in ACCOUNTS]

    before = {row.key for row in work.waiting()}
    for _ in range(40):
        work.step()
    waiting = work.waiting()
    with rt.store.reading() as reading:
        verbs = {str(case.verb) for case in reading.decisions(NAME, since_entry=work.first)}
        texts = reading.content_of(waiting[-1].key).texts
    assert verbs == {"apply", "review"}
    assert {row.key for row in waiting} != before
    assert len(waiting) <= LEFT_WAITING + 3
    assert texts

    kill(rt.store, rt.drain, f"workflow:{NAME}", by=Person("Ivo Brandt"), reason="to see it", clock=rt.clock)
    while len(work.waiting()) < PAUSED_AT:
        work.send()
    (length,) = _lengths(rt)
    work.step()
    assert _lengths(rt) == (length - 1,)
    assert verify(rt.store).faults == ()

    again = make(box, rt, tmp_path)
    again.step()
    assert again.first > work.first


def test_a_store_with_other_records_is_left_as_it_is(box: Toolbox, house: House, tmp_path: Path) -> None:
    house.define()
    before = house.kinds()
    with pytest.raises(BadInput, match="this store holds other records"):
        make(box, house.rt, tmp_path)
    assert house.kinds() == before


def _lengths(rt: RunTime) -> tuple[int, ...]:
    with rt.store.reading() as reading:
        return (len(reading.reviews(NAME)),)
