"""Our gateway with key, policy, redaction, detectors, limits and budget, durable trace; and with all that there is."""

import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from gateway.contender import Contender
from gateway_house import AMPLE, RULE, place, put_house
from interlock import __version__
from interlock.terms.gateway.content import PersonalKind
from interlock.terms.gateway.traffic import TrafficPlan

MAIN = "from interlock.wiring.cli import main; main()"
WORKFLOW = "support"


KINDS = tuple(kind.value for kind in PersonalKind if kind.in_streams)


class Ours(Contender):
    """`interlock gateway` on a SQLite store of its own."""

    name = "Interlock gateway"
    version = __version__
    unlike = "key, policy, redaction and restoring, detectors, limits, budget, durable trace and its loading"

    def __init__(self, ports: Mapping[str, int], folder: Path, *, workers: int = 1) -> None:
        self._store, self._workers = Path(tempfile.mkdtemp(dir=folder)) / "store.db", workers
        places = [place(name, f"http://127.0.0.1:{port}/v1", connections_max=20_000) for name, port in ports.items()]
        self._key = put_house(self._store, places, {WORKFLOW: self.plan(tuple(ports))})[WORKFLOW]

    def plan(self, models: tuple[str, ...]) -> TrafficPlan:
        return TrafficPlan(models=models, redact=KINDS, limits=AMPLE)

    def command(self, port: int) -> list[str]:
        options = ["--workers", str(self._workers)] if self._workers > 1 else []
        return [
            sys.executable,
            "-c",
            MAIN,
            "gateway",
            "serve",
            "--store",
            str(self._store),
            "--port",
            str(port),
            *options,
        ]

    def headers(self, model: str) -> Mapping[str, str]:  # noqa: ARG002 - the body names it
        return {"Authorization": f"Bearer {self._key}"}


class OursWhole(Ours):
    """The same, where answers are looked through too and a hand-written rule is asked."""

    name = "Interlock gateway, all of it"
    unlike = f"{Ours.unlike}; and redaction of answers, and a rule in Cedar"

    def plan(self, models: tuple[str, ...]) -> TrafficPlan:
        return replace(super().plan(models), redact_output=KINDS, policy=(RULE,))
