"""An application whose store cannot be reached for a while, as its users and reviewers see it."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

import interlock
from commandline import Here, Run
from interlock.adapters.sqlite import connection as connecting


@contextmanager
def locked(here: Here) -> Iterator[None]:
    other = sqlite3.connect(here.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def test_a_case_without_a_store_is_a_review_with_its_text_once_it_is_back(
    run: Run, live: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "BUSY_TIMEOUT_MS", 60)
    done: dict[str, str] = {}
    with interlock.connect(f"sqlite:///{live.path}") as connection:
        triage = connection.workflow("triage")

        def read(effect: interlock.Effect) -> Mapping[str, Any]:
            return {"queue": done.get(effect.case_key, "inbox")}

        def put_back(effect: interlock.Effect, before: Mapping[str, Any]) -> str:
            done[effect.case_key] = before["queue"]
            return "back"

        def route(effect: interlock.Effect) -> str:
            done[effect.case_key] = effect.label
            return "routed"

        triage.action(route, read=read, undo=put_back, idempotent=True)

        def deliver(key: str) -> interlock.Outcome:
            with triage.case(key, text=f"the text of {key}") as case:
                case.propose("billing", confidence=0.95)
                return case.apply()

        with locked(live):
            lost = deliver("k")
        assert (lost.verb, lost.applied, done) == ("review", False, {})
        assert lost.reasons[1] == "it is kept on this host, and goes to the queue when the store is back"
        assert deliver("next").applied
    assert done == {"next": "billing"}
    shown = run("review", "triage", "k", "--json").json
    assert (shown["text"], shown["proposed"]) == ("the text of k", "billing")
    assert "when the store could not be reached: a person decides" in shown["reasons"][0]
