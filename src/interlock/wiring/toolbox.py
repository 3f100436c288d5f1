"""The toolbox of the command line, filled with real adapters; each is imported when a command first needs it."""

import datetime as dt
import os
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console
from rich.text import Text

from interlock import __version__
from interlock.adapters.clocks.steady import machine_time
from interlock.flows.action.runtime import RunTime
from interlock.ports.clock import Clock
from interlock.ports.event_log import MineLog
from interlock.ports.imports import EvidenceReader
from interlock.ports.reports import ReportWriter
from interlock.ports.signing import Signing
from interlock.ports.spans import SpanLines
from interlock.ports.tables import TableReader
from interlock.ports.upkeep import Upkeep
from interlock.ports.witness import WitnessFile
from interlock.surfaces.cli.toolbox import Notify, Toolbox
from interlock.terms.council import Organisation
from interlock.terms.errors import BadInput
from interlock.terms.policy import StatedCase
from interlock.terms.problem import ProblemWords, StatedProblem
from interlock.terms.sample import SampleInitiative, SamplePortfolio
from interlock.wiring.candidates import candidate_builder
from interlock.wiring.console import PipedConsole
from interlock.wiring.definitions import check_definition, definition_schema, drafts, read_definition, read_gateway
from interlock.wiring.documents import messenger, write_form
from interlock.wiring.gateway.commands import rehearsal, serve_gateway
from interlock.wiring.gateway.traces import segments, traffic_lines
from interlock.wiring.packs import (
    fit_pack,
    inventory_pack,
    read_answers,
    read_candidates,
    read_fit_answers,
    read_frameworks,
    read_gates,
    read_instruments,
    read_interfaces,
    sample_path,
    selection_weights,
)
from interlock.wiring.run_time import POSTGRES, Opened, guardrail, open_address, open_run_time, path_of
from interlock.wiring.serving_sample import check_serving_sample
from interlock.wiring.tools import serve_tools, tool_servers


class StoreTime:
    """The time of the store that a command works on; before one is opened, this machine's."""

    def __init__(self) -> None:
        self._of: Clock = machine_time
        self._wall: Clock = machine_time

    def __call__(self) -> dt.datetime:
        """The time now: aware, in UTC."""
        return self._of()

    def wall(self) -> dt.datetime:
        """The same by the clock beneath, which may be behind what is on record."""
        return self._wall()

    def follow(self, opened: Opened) -> None:
        """Tell this store's time from here on."""
        self._of, self._wall = opened.clock, opened.wall


def build_toolbox() -> Toolbox:
    """Adapters for this process: its consoles, its clock, its environment."""
    environment = dict(os.environ)
    time, err = StoreTime(), PipedConsole(stderr=True, highlight=False)
    return Toolbox(
        out=PipedConsole(highlight=False),
        err=err,
        clock=time,
        wall=time.wall,
        read_table=_table_reader,
        mine_log=_log_miner,
        candidates=lambda: candidate_builder(environment),
        reports=_reports,
        write_form=write_form,
        messenger=partial(messenger, environment),
        write_text=_write_text,
        write_lines=_write_lines,
        span_lines=_span_lines,
        write_private=_write_private,
        read_private=_read_private,
        witness_file=_witness_file,
        signing=_signing,
        environment=environment,
        sample_path=sample_path,
        open_run_time=partial(_run_time, time, err),
        store_exists=_store_exists,
        read_definition=read_definition,
        check_definition=check_definition,
        definition_schema=definition_schema,
        drafts=drafts,
        read_gateway=read_gateway,
        tool_servers=partial(tool_servers, environment),
        serve_tools=serve_tools,
        read_interfaces=read_interfaces,
        inventory_pack=inventory_pack,
        read_organisation=_read_organisation,
        read_sample_portfolio=_read_sample_portfolio,
        read_live_initiative=_read_live_initiative,
        read_facts=_read_facts,
        read_instruments=read_instruments,
        read_answers=read_answers,
        read_evidence=_evidence_reader,
        read_gates=read_gates,
        read_candidates=read_candidates,
        selection_weights=selection_weights,
        fit_pack=fit_pack,
        read_fit_answers=read_fit_answers,
        read_frameworks=read_frameworks,
        read_problem=_read_problem,
        problem_words=_problem_words,
        guardrail=guardrail,
        randomness=os.urandom,
        serve_gateway=serve_gateway,
        rehearsal=rehearsal,
        segments=partial(segments, environment, time),
        is_embedded=lambda address: urlsplit(address).scheme not in POSTGRES,
        traffic_lines=traffic_lines,
        serve=_serve,
        check_serving_sample=check_serving_sample,
        upkeep=_upkeep,
        version=__version__,
    )


def _table_reader() -> TableReader:
    from interlock.adapters.tables import read_table

    return read_table


def _log_miner() -> MineLog:
    from interlock.adapters.event_log.mine import mine_log

    return mine_log


def _evidence_reader() -> EvidenceReader:
    from interlock.adapters.evidence.reading import Reports

    return Reports()


def _reports() -> ReportWriter:
    from interlock.adapters.reports.html import HtmlReports

    return HtmlReports()


def _upkeep() -> Upkeep:
    from interlock.wiring.upkeep import StoreUpkeep

    return StoreUpkeep(machine_time)


def _write_text(path: Path, text: str) -> None:
    from interlock.adapters.reports.files import write_whole

    write_whole(path, text.encode("utf-8", errors="replace"))


def _span_lines() -> SpanLines:
    try:
        from interlock.adapters.opentelemetry.otlp_lines import otlp_lines
    except ModuleNotFoundError as exc:
        raise BadInput("spans need the OpenTelemetry SDK: pip install 'interlock[otel]'") from exc
    return otlp_lines


def _write_lines(path: Path, lines: Iterable[bytes]) -> None:
    from interlock.adapters.reports.files import write_lines

    write_lines(path, lines)


def _write_private(path: Path, text: str) -> None:
    from interlock.adapters.signing.key_file import write_private

    write_private(path, text)


def _read_private(path: Path) -> str:
    from interlock.adapters.signing.key_file import read_private

    return read_private(path)


def _witness_file(path: Path) -> AbstractContextManager[WitnessFile]:
    from interlock.adapters.signing.witness_file import witness_file

    return witness_file(path)


def _signing() -> Signing:
    from interlock.adapters.signing.ed25519 import Ed25519

    return Ed25519()


@contextmanager
def _run_time(time: StoreTime, err: Console, address: str) -> Iterator[RunTime]:
    opened = open_address(address)
    time.follow(opened)
    if opened.caution:
        err.print(Text(f"caution: {opened.caution}"), soft_wrap=True)
    try:
        yield open_run_time(opened)
    finally:
        opened.close()


def _store_exists(address: str) -> bool:
    """Whether an embedded store is there; a server is asked only when it is opened."""
    if urlsplit(address).scheme in POSTGRES:
        return True
    path = path_of(address)
    if path.is_dir():
        raise BadInput(f"{path} is a folder; --store names the file of a store, such as {path / 'store.db'}")
    # An empty file is none either: whoever only looks must not make a store of it.
    return path.exists() and bool(path.stat().st_size or not path.is_file())


def _read_organisation(path: Path) -> Organisation:
    from interlock.adapters.packs.organisation import read_organisation

    return read_organisation(path)


def _read_sample_portfolio(now: dt.datetime) -> SamplePortfolio:
    from interlock.adapters.packs.sample_portfolio import read_sample_portfolio

    return read_sample_portfolio(now.date())


def _read_live_initiative(today: dt.date) -> SampleInitiative:
    from interlock.adapters.packs.sample_portfolio import read_live_initiative

    return read_live_initiative(today)


def _read_facts(path: Path) -> StatedCase:
    from interlock.adapters.definitions.facts_file import read_facts

    return read_facts(path)


def _read_problem(path: Path) -> StatedProblem:
    from interlock.adapters.packs.problem_file import read_problem

    return read_problem(path)


def _problem_words() -> ProblemWords:
    from interlock.adapters.packs.problem_words import problem_words

    return problem_words()


def _serve(
    address: str, host: str, port: int, say: Console, notify: Notify | None = None, *, demo: bool = False
) -> None:
    from interlock.wiring.server import serve

    serve(address, host, port, say, notify, demo=demo)
