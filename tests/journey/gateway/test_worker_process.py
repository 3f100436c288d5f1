"""What the server starts as a worker: a process that looks for garbage as one of many requests does."""

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from gateway_house import place, put_house
from interlock.terms.gateway.traffic import TrafficPlan
from interlock.wiring.gateway import server
from interlock.wiring.memory import OBJECTS_OF_MANY_REQUESTS

BEGUN = (
    "import gc, sys; from uvicorn.importer import import_from_string; import_from_string(sys.argv[1])(); "
    "print(gc.get_threshold()[0], gc.get_freeze_count() > 10_000)"
)


def test_the_workers_of_the_server_settle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = tmp_path / "store.db"
    put_house(address, [place("small", "http://127.0.0.1:9/v1")], {"w": TrafficPlan(models=("small",))})
    started: list[Any] = []
    monkeypatch.setattr(server, "_run", lambda config, *_: started.append(config.app))
    monkeypatch.setenv(server.STORE, str(address))
    monkeypatch.setenv(server.WORKERS, "1")
    server.serve_gateway(str(address), "127.0.0.1", 0, Console(file=io.StringIO()))

    command = [sys.executable, "-c", BEGUN, *started]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.split() == [str(OBJECTS_OF_MANY_REQUESTS), "True"], done.stderr
