"""The SDK over a server: what is put back is one's own, who approves may, and workers fork."""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import interlock
from commandline import Here
from governed import CARLA, DEFINITION, NAME
from sdk_workers import Ledgered, apply, apply_all, registered
from served import Server, served

OTHER = "other"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A live workflow and one that is only defined, behind a server without tokens."""
    house = Here(tmp_path_factory.mktemp("served"))
    house.live()
    house.define(replace(DEFINITION, name=OTHER), by=CARLA)
    house.store.close()
    with served(house.path) as server:
        yield server


@pytest.fixture
def triage(server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[interlock.Workflow]:
    monkeypatch.setenv("INTERLOCK_STATE", str(tmp_path / "state"))
    with interlock.connect(server.address) as connection:
        yield registered(connection, tmp_path)


def test_another_workflows_case_is_not_put_back(triage: interlock.Workflow, tmp_path: Path) -> None:
    assert apply(triage, "own-1")
    other = triage.connection.workflow(OTHER)
    put_back: list[str] = []
    other.action(lambda effect: None, undo=lambda effect, _: put_back.append(effect.case_key), idempotent=True)
    with pytest.raises(interlock.BadInput, match=f"was decided by '{NAME}', not by '{OTHER}': undo it there"):
        other.undo("own-1", by="Ana Ruiz")
    assert put_back == []
    triage.undo("own-1", by="Ana Ruiz")
    assert Ledgered(tmp_path).calls() == {"own-1": 2}


def test_many_are_put_back_on_an_event_loop(triage: interlock.Workflow, tmp_path: Path) -> None:
    awaited = registered(triage.connection, tmp_path, awaited=True)
    keys = [f"many-{number}" for number in range(5)]

    async def all_of_it() -> tuple[str, ...]:
        assert await apply_all(awaited, keys) == [True] * 5
        return (await awaited.aundo_since(0, by="Ana Ruiz")).undone

    assert sorted(asyncio.run(all_of_it())) == keys


def test_what_a_person_approves_is_done(triage: interlock.Workflow, tmp_path: Path) -> None:
    with triage.case("unsure-1", text="Where is my bill?") as case:
        case.propose("billing", confidence=0.2)
        assert not case.apply().applied
        outcome = case.approve(by="Ben Okafor", note="it is one")
    assert (outcome.applied, outcome.reasons) == (True, ("approved by Ben Okafor",))
    assert Ledgered(tmp_path).calls() == {"unsure-1": 1}


def test_what_cannot_be_told_is_refused_before_anything_is_sent(triage: interlock.Workflow) -> None:
    with triage.case("told-1") as case:
        with pytest.raises(interlock.BadInput, match="did you mean 'amount_cents'"):
            case.propose("billing", confidence=0.9, amount_cent=5)  # type: ignore[call-arg] # misspelt
        case.propose("billing", confidence=0.9)
        with pytest.raises(interlock.BadInput, match="lease_s"):
            case.apply(lease_s=0)


def test_a_forked_worker_opens_its_own_connection(triage: interlock.Workflow, tmp_path: Path) -> None:
    assert apply(triage, "fork-before")
    pid = os.fork()
    if pid == 0:
        try:
            os._exit(0 if all(apply(triage, f"fork-{number}") for number in range(5)) else 1)
        finally:
            os._exit(2)
    mine = [apply(triage, f"fork-parent-{number}") for number in range(5)]
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert mine == [True] * 5
    assert set(Ledgered(tmp_path).calls().values()) == {1}
