"""The sample portfolio as a site: twelve workflows with a year of history, open reviews (hostile texts among them)."""

import datetime as dt
import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import interlock
from interlock.adapters.inventory.tools import tools_of
from interlock.adapters.packs.inventory_rules import inventory_pack
from interlock.engine.inventory.audit import audit
from interlock.flows.access.people import create_account
from interlock.flows.gateway.inventory import record_inventory
from interlock.flows.standup.actions import agree_action
from interlock.terms.access import Role, RoleAt
from interlock.terms.person import Person
from interlock.wiring.run_time import open_address
from made_traffic import load
from served import MAIN

HOSTILE = (
    "<script>document.title='taken'</script><img src=x onerror=alert(1)>",
    "\u202eevil\u202c \u05e9\u05dc\u05d5\u05dd 12345 \U0001f600\U0001f4a5 \u0645\u0631\u062d\u0628\u0627",
    "'; DROP TABLE review; -- \" OR 1=1",
    "long " * 52_000,
)
WORKFLOW, ACME, GLOBEX = "ticket-routing", "returns-triage", "invoice-matching"
OWNER = Person("Mara Lind", authenticated=True)
HOSTILE_KEYS = ("case/with/slashes?&#", "<b>bold</b>", "\u05e9\u05dc\u05d5\u05dd", "emoji-\U0001f600")


def sample_copy(factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample, which is made once for all tests and by whichever process comes first."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with (shared / "sample.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = shared / "sample-site"
        if not (made / "done").exists():
            made.mkdir(exist_ok=True)
            make_sample(made)
            (made / "done").touch()
    copy = factory.mktemp("sample") / "sample.db"
    shutil.copy(made / "sample.db", copy)
    return copy


def make_sample(folder: Path) -> None:
    """Play the sample portfolio into a new store and let some cases of it wait for people."""
    path = folder / "sample.db"
    subprocess.run(
        [sys.executable, "-c", MAIN, "demo", "portfolio", "--store", str(path)], check=True, stdout=subprocess.DEVNULL
    )
    with interlock.connect(f"sqlite:///{path}") as house:
        for workflow in (WORKFLOW, ACME, GLOBEX):
            governed = house.workflow(workflow)
            governed.action(read=_queue, undo=_put_back, idempotent=True)(_route)
            for i, text in enumerate((*HOSTILE, "order 4711 of 2026-01-03 for 12.50 EUR came broken")):
                name = HOSTILE_KEYS[i] if workflow == WORKFLOW and i < len(HOSTILE_KEYS) else f"{workflow}-waits-{i}"
                with governed.case(name, text=text) as case:
                    case.propose("plain", confidence=0.1)
                    case.apply()
    _governed(path)


def _governed(path: Path) -> None:
    """What people do on pages and what the sample portfolio lacks."""
    opened = open_address(str(path))
    try:
        now = opened.clock()
        due = (now + dt.timedelta(days=7)).date()
        held = (RoleAt(Role.ADMINISTRATOR), RoleAt(Role.AUDITOR))
        create_account(opened.store, "Eli Sand", held, by=OWNER, clock=opened.clock, randomness=os.urandom)
        traffic = {WORKFLOW: None, ACME: "acme", GLOBEX: "globex"}
        load(opened.store, traffic, now)
        shop = audit(tools_of([{"name": HOSTILE[0], "inputSchema": {}}], HOSTILE[1]), inventory_pack())
        record_inventory(opened.store, shop, source=HOSTILE[2], rules_version=1, unread=1, by=OWNER, clock=opened.clock)
        agree_action(opened.store, HOSTILE[0], owner="Ivo Brandt", due=due, by=OWNER, clock=opened.clock)
    finally:
        opened.close()


def _queue(_: object) -> dict[str, str]:
    return {"queue": "inbox"}


def _route(effect: object) -> None:
    raise AssertionError(f"a person decides these cases: {effect}")


def _put_back(_: object, __: object) -> None:
    raise AssertionError("nothing was done, so nothing is put back")
