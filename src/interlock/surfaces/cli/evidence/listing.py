"""`interlock evidence list` and `show`."""

from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.ledger.canonical import plain
from interlock.flows.evidence.on_file import OnFile, evidence_named, evidence_on_file
from interlock.surfaces.cli.store_options import JsonOption, StoreOption, Workflow, known_workflow, opened, show_json
from interlock.surfaces.cli.toolbox import toolbox


def list_command(
    context: typer.Context, workflow: Workflow, store: StoreOption = None, as_json: JsonOption = False
) -> None:
    """List a workflow's evidence: what it says, its class and age, and why it does not count where it does not.

    interlock evidence list triage
    """
    box = toolbox(context)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        known_workflow(reading, workflow)
        rows = evidence_on_file(reading, workflow, now=box.clock(), signing=box.signing())
    if as_json:
        show_json(box, rows)
        return
    for row in rows:
        box.out.print(Text(_line(row)), soft_wrap=True)
    if not rows:
        words = f"There is no evidence for {workflow}: `interlock evidence add FILE --workflow {workflow} --as NAME`"
        box.out.print(Text(words), soft_wrap=True)


def show_command(
    context: typer.Context,
    digest: Annotated[str, typer.Argument(help="Digest of the evidence, or its first digits.", show_default=False)],
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one piece of evidence whole: its release, source, times, and all that was counted.

    interlock evidence show 4f1c2a9b
    """
    box = toolbox(context)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        found = evidence_named(reading, digest, now=box.clock(), signing=box.signing())
    if as_json:
        show_json(box, found)
        return
    item = found.evidence
    box.out.print(Text(_line(found)), style="bold", soft_wrap=True)
    for name, words in (
        ("digest", item.digest),
        ("workflow", found.workflow),
        ("release", f"{item.release} ({'in force' if found.current else 'another one is in force'})"),
        ("source", item.source),
        ("recorded", item.at),
        ("measured", found.measured_at),
        ("expires", found.expires_at or "as the workflow says"),
        *((name, str(value)) for name, value in plain(item.body).items()),
    ):
        box.out.print(Text(f"  {name}: {words}"), soft_wrap=True)


def _line(row: OnFile) -> str:
    item = row.evidence
    standing = "counts" if not row.doubts else f"does not count: {'; '.join(row.doubts)}"
    what = f"{item.digest[7:19]} {item.kind} ({item.evidence_class}), {row.age_days:.0f} days old"
    return f"{what}: {row.outcome.verdict} - {row.outcome.reason}; {standing}"
