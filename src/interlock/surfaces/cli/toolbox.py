"""What the commands need from the outside; wiring fills it in."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import typer
from rich.console import Console

from interlock.flows.action.runtime import RunTime
from interlock.ports.candidates import Candidate
from interlock.ports.clock import Clock
from interlock.ports.drafts import Drafts
from interlock.ports.event_log import MineLog
from interlock.ports.gateway.rehearsal import Rehearsal
from interlock.ports.gateway.segments import Segments
from interlock.ports.gateway.telemetry import TrafficLines
from interlock.ports.gateway.tool_servers import ToolServers
from interlock.ports.guardrail import Guardrail
from interlock.ports.imports import EvidenceReader
from interlock.ports.inventory import ReadInterfaces
from interlock.ports.messenger import Messenger
from interlock.ports.randomness import Randomness
from interlock.ports.reports import ReportWriter, WriteForm
from interlock.ports.signing import Signing
from interlock.ports.spans import SpanLines
from interlock.ports.tables import TableReader
from interlock.ports.upkeep import Upkeep
from interlock.ports.witness import WitnessFile
from interlock.terms.ai_fit import FitAnswers, FitPack
from interlock.terms.compliance import Framework
from interlock.terms.council import Organisation
from interlock.terms.flaw import CheckedDefinition
from interlock.terms.gate import GatePack
from interlock.terms.gateway.definition import GatewayDefinition
from interlock.terms.instrument import Instrument
from interlock.terms.inventory import InventoryPack
from interlock.terms.policy import StatedCase
from interlock.terms.problem import ProblemWords, StatedProblem
from interlock.terms.sample import SampleInitiative, SamplePortfolio
from interlock.terms.selection import Criterion, Scored
from interlock.terms.workflow import WorkflowDefinition


class BuildCandidates(Protocol):
    """Makes the entries of a bake-off, simplest first."""

    def __call__(self, *, seed: int, outside: Sequence[str]) -> Sequence[Candidate]:
        """Built-in candidates and one for each `--candidate` address.

        Raises BadInput where an address cannot be understood.
        """
        ...


@dataclass(frozen=True, slots=True)
class Notify:
    """Addresses that are told of kills, resumes, demotions and unusual traffic, and the secret that signs that."""

    addresses: tuple[str, ...]
    secret: bytes


class Serve(Protocol):
    """Serves a store over HTTP."""

    def __call__(
        self, address: str, host: str, port: int, say: Console, notify: Notify | None = None, *, demo: bool = False
    ) -> None:
        """Serve until the process is stopped; where it listens is told to `say`. Raises BadInput, Unavailable.

        `demo`: the authored sample, which anybody on this machine may look at in any role.
        """
        ...


class ServeGateway(Protocol):
    """Serves model traffic over a store."""

    def __call__(
        self,
        address: str,
        host: str,
        port: int,
        say: Console,
        *,
        workers: int = 1,
        certificate: Path | None = None,
        key: Path | None = None,
    ) -> None:
        """Serve until the process is stopped; where it listens is told to `say`. Raises BadInput, Unavailable."""
        ...


class ServeTools(Protocol):
    """Serves a tool server's tools, governed, over standard input and output."""

    def __call__(self, address: str, server: str, key: str) -> None:
        """Serve until the input ends. Raises BadInput, Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Toolbox:
    """Adapters by their ports, and the two consoles: results go to `out`, progress and errors to `err`.

    `clock` tells the time of the store at hand, which is never behind its newest entry; `wall` tells that of the clock
    beneath it.
    """

    out: Console
    err: Console
    clock: Clock
    wall: Clock
    read_table: Callable[[], TableReader]
    mine_log: Callable[[], MineLog]
    candidates: Callable[[], BuildCandidates]
    reports: Callable[[], ReportWriter]
    write_form: Callable[[], WriteForm]
    messenger: Callable[[], Messenger]
    write_text: Callable[[Path, str], None]
    write_lines: Callable[[Path, Iterable[bytes]], None]
    span_lines: Callable[[], SpanLines]
    write_private: Callable[[Path, str], None]
    read_private: Callable[[Path], str]
    witness_file: Callable[[Path], AbstractContextManager[WitnessFile]]
    signing: Callable[[], Signing]
    environment: Mapping[str, str]
    sample_path: Callable[[], Path]
    open_run_time: Callable[[str], AbstractContextManager[RunTime]]
    store_exists: Callable[[str], bool]
    read_definition: Callable[[Path], WorkflowDefinition]
    check_definition: Callable[[Path], CheckedDefinition]
    definition_schema: Callable[[], Mapping[str, Any]]
    drafts: Callable[[], Drafts]
    read_gateway: Callable[[Path], GatewayDefinition]
    tool_servers: Callable[[], ToolServers]
    serve_tools: ServeTools
    read_interfaces: ReadInterfaces
    inventory_pack: Callable[[], InventoryPack]
    read_organisation: Callable[[Path], Organisation]
    read_sample_portfolio: Callable[[dt.datetime], SamplePortfolio]
    read_live_initiative: Callable[[dt.date], SampleInitiative]
    read_facts: Callable[[Path], StatedCase]
    read_instruments: Callable[[Path | None], Sequence[Instrument]]
    read_answers: Callable[[Path], Mapping[str, Any]]
    read_evidence: Callable[[], EvidenceReader]
    read_gates: Callable[[Path | None], Sequence[GatePack]]
    read_candidates: Callable[[Path], Sequence[Scored]]
    selection_weights: Callable[[], Mapping[Criterion, float]]
    fit_pack: Callable[[], FitPack]
    read_fit_answers: Callable[[Path], FitAnswers | None]
    read_frameworks: Callable[[], Sequence[Framework]]
    read_problem: Callable[[Path], StatedProblem]
    problem_words: Callable[[], ProblemWords]
    guardrail: Callable[[], Guardrail]
    randomness: Randomness
    serve: Serve
    serve_gateway: ServeGateway
    rehearsal: Callable[[], Rehearsal]
    segments: Callable[[str, Path | None], Segments]
    is_embedded: Callable[[str], bool]  # whether a store is a file of one machine
    traffic_lines: Callable[[], TrafficLines]
    check_serving_sample: Callable[[str, int], None]
    upkeep: Callable[[], Upkeep]
    version: str


def toolbox(context: typer.Context) -> Toolbox:
    """The toolbox that wiring put into this command's context."""
    box = context.find_root().obj
    if not isinstance(box, Toolbox):
        raise TypeError("the command line was started without its wiring; use interlock.wiring.cli:main")
    return box
