"""`interlock evidence add` and `verify`: files, which are known by their digest."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.evidence.outcome import outcome_of
from interlock.engine.timestamp import stamp
from interlock.flows.evidence.add import CURRENT, add_evidence
from interlock.flows.evidence.on_file import evidence_named
from interlock.surfaces.cli.store_options import AsOption, JsonOption, StoreOption, opened, person, show_json
from interlock.surfaces.cli.toolbox import toolbox
from interlock.terms.errors import BadInput
from interlock.terms.evidence import EvidenceClass

WorkflowOption = Annotated[str, typer.Option("--workflow", "-w", help="Name of the workflow.")]
ReleaseOption = Annotated[
    str, typer.Option("--release", help="Digest of the release that was measured; it must be the one in force.")
]
ExpiresOption = Annotated[
    int | None, typer.Option("--expires-days", help="Days after which it stops counting; default: the workflow's own.")
]
AttributeOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="PART=NAME",
        help="Of traces: an attribute of yours that names input, prompt, version or approval; repeat for several.",
    ),
]
SAID = ("executed", "human", "source")
KINDS = ("tests", "scan", "coverage", "traces", "labels", "run", "bakeoff", "document")


def add_command(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The report.", show_default=False)],
    workflow: WorkflowOption,
    by: AsOption,
    kind: Annotated[str, typer.Option(help=f"What it must be: {', '.join(KINDS)}.")] = "auto",
    evidence_class: Annotated[
        str | None, typer.Option("--class", help=f"What measured a run's metrics that nobody knows: {', '.join(SAID)}.")
    ] = None,
    release: ReleaseOption = CURRENT,
    measured_at: Annotated[
        str | None, typer.Option(help="When it was measured, where the file does not say: 2026-11-26T09:00:00Z.")
    ] = None,
    expires_days: ExpiresOption = None,
    attribute: AttributeOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bind what a report says to the release in force: counts, time and digest. The file itself is not kept.

      interlock evidence add junit.xml --workflow triage --as "Ana Ruiz"

      interlock evidence add contract.pdf --kind document -w triage --measured-at 2026-11-26T09:00:00Z --as "Ana Ruiz"

    Reads JUnit XML, SARIF, Cobertura, coverage.py JSON, LCOV, OTLP/JSON lines, label CSV, MLflow runs, `interlock try`.
    Any other file is a document (--kind document): an answer to an instrument may rest on it, and it opens no gate.
    """
    if kind not in {"auto", *KINDS}:
        raise BadInput(f"--kind is auto, {', '.join(KINDS)}, not '{kind}'")
    box = toolbox(context)
    if evidence_class not in {None, *SAID}:
        raise BadInput(f"--class is {', '.join(SAID)}, not '{evidence_class}'; a model's opinion needs no word")
    told = None if measured_at is None else _time(measured_at)
    named = _named(attribute or ())
    read = box.read_evidence()(file, kind=None if kind == "auto" else kind, attributes=named)
    with opened(box, store) as opened_store:
        begun = stamp(box.clock())
        added = add_evidence(
            opened_store,
            workflow,
            read,
            by=person(by),
            clock=box.clock,
            release=release,
            measured_at=told,
            expires_days=expires_days,
            told_class=None if evidence_class is None else EvidenceClass(evidence_class),
        )
    if as_json:
        show_json(box, added)
        return
    for item in added:
        found = outcome_of(item)
        words = f"{item.kind} ({item.evidence_class}) {item.digest[7:19]}: {found.verdict} - {found.reason}"
        step = f". Next: {found.next_step}" if found.next_step else ""
        before = f" (on record since {item.at})" if item.at < begun else ""
        box.out.print(Text(words + before + step), soft_wrap=True)


def verify_command(
    context: typer.Context,
    digest: Annotated[str, typer.Argument(help="Digest of the evidence, or its first digits.", show_default=False)],
    file: Annotated[Path, typer.Argument(help="The file that you kept.", show_default=False)],
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Is this the very file that the evidence came from? Exit status 1 if not, or if the record was altered.

    interlock evidence verify 4f1c2a9b junit.xml
    """
    box = toolbox(context)
    sha256, size_bytes = box.read_evidence().digest(file)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        found = evidence_named(reading, digest, now=box.clock(), signing=box.signing())
    recorded = found.evidence.body.get("file")
    if not isinstance(recorded, dict):
        raise BadInput(f"this {found.evidence.kind} did not come from a file")
    holds = found.intact and (recorded.get("sha256"), recorded.get("bytes")) == (sha256, size_bytes)
    if as_json:
        show_json(box, {"holds": holds, "intact": found.intact, "recorded": recorded, "sha256": sha256})
    elif not found.intact:
        box.out.print(Text("ALTERED: the record is not what was recorded; run `interlock ledger verify`"), style="bold")
    else:
        words = "the very file that was read" if holds else "NOT the file that was read"
        box.out.print(Text(f"{file}: {words} (recorded {recorded['sha256'][:12]}, here {sha256[:12]})"), soft_wrap=True)
    if not holds:
        raise typer.Exit(1)


def _named(attributes: Iterable[str]) -> dict[str, list[str]]:
    """By part of a trace, the attributes that name it."""
    found: dict[str, list[str]] = {}
    for words in attributes:
        part, _, name = (word.strip() for word in words.partition("="))
        if not part or not name:
            raise BadInput(f"--attribute '{words}': write PART=NAME, such as approval=signed_off_by")
        found.setdefault(part, []).append(name)
    return found


def _time(text: str) -> dt.datetime:
    try:
        said = dt.datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"--measured-at {text}: write a time such as 2026-11-26T09:00:00Z") from None
    if said.tzinfo is None:
        raise BadInput(f"--measured-at {text}: say in which zone, such as {text}Z")
    return said
