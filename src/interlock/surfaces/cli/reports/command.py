"""`interlock report`: documents for leaders, from what is on record."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.ledger.canonical import plain
from interlock.engine.reporting.documents import CROSSWALK, KINDS, OfOne, built, check_asked, chosen
from interlock.flows.portfolio.records import VERIFIED_ENTRIES_MAX, read_records
from interlock.surfaces.cli.ledger.options import watching
from interlock.surfaces.cli.store_options import JsonOption, StoreOption, opened, show_json
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.surfaces.cli.watching import printable
from interlock.terms.briefing import Briefing
from interlock.terms.errors import BadInput

LIST = "list"
ENDINGS = (".html", ".pdf", ".pptx", ".md", ".json")


def report_command(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help="Which document; `list` tells them all.", show_default=False)],
    workflow: Annotated[
        str | None, typer.Option("--workflow", help="Of which workflow, for a document about one.")
    ] = None,
    framework: Annotated[
        list[str] | None,
        typer.Option("--framework", help="Which frameworks the crosswalk is about, by id. May be given again."),
    ] = None,
    out: Annotated[
        list[Path] | None, typer.Option("--out", help="A file to write; its ending is its form. May be given again.")
    ] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a document for leaders from what is on record. Nothing is typed in, nothing is recorded.

    Every figure names its evidence, which `interlock ledger show` shows; what is not known is listed with who is to
    find out. The ledger is verified first, and a document says so where it does not hold. The ending of the file's name
    chooses the form: .html, .pdf (A4), .pptx (slides), .md or .json. A figure is the same in every form; of a long
    table slides and paper hold the first rows, and say how many there are.

    interlock report list

    interlock report monthly --out update.pdf --out update.pptx

    interlock report crosswalk --framework nist-ai-rmf --out crosswalk.html
    """
    box = toolbox(context)
    if kind == LIST:
        _list(box, as_json=as_json)
        return
    check_asked(kind, workflow, framework or ())
    for path in out or ():
        if path.suffix.lower() not in ENDINGS:
            raise BadInput(f"--out {path}: end the name with one of {', '.join(ENDINGS)}; the ending is the form")
    briefing = _briefing(box, store, kind, workflow, framework or ())
    for path in out or ():
        box.reports().briefing(briefing, path)
    if as_json:
        show_json(box, plain(briefing))
        return
    _tell(box, briefing, out or [])


def _briefing(box: Toolbox, store: str | None, kind: str, workflow: str | None, wanted: Sequence[str]) -> Briefing:
    frameworks = chosen(box.read_frameworks(), wanted) if kind == CROSSWALK else ()
    # A control of the crosswalk looks at the ledger, whatever its length.
    entries_max = None if kind == CROSSWALK else VERIFIED_ENTRIES_MAX
    with opened(box, store) as opened_store, watching(box, "verifying the ledger") as progress:
        records = read_records(
            opened_store,
            box.clock(),
            box.read_instruments(None),
            entries_max=entries_max,
            frameworks=frameworks,
            progress=progress,
        )
    return built(kind, records, workflow)


def _list(box: Toolbox, *, as_json: bool) -> None:
    if as_json:
        rows = [
            {"kind": kind, "for": of.purpose, "about": "one workflow" if isinstance(of, OfOne) else "all workflows"}
            for kind, of in KINDS.items()
        ]
        show_json(box, rows)
        return
    for kind, of in KINDS.items():
        takes = " (--workflow)" if isinstance(of, OfOne) else " (--framework)" if kind == CROSSWALK else ""
        box.out.print(Text(f"{kind}{takes}: {of.purpose}"), soft_wrap=True)


def _tell(box: Toolbox, briefing: Briefing, out: list[Path]) -> None:
    box.out.print(Text(printable(briefing.title), style="bold"), soft_wrap=True)
    for line in briefing.summary:
        box.out.print(Text(f"- {printable(line)}"), soft_wrap=True)
    if briefing.unknown:
        box.out.print(Text(f"- Not known yet: {len(briefing.unknown)}; the document says who is to find out."))
    for path in out:
        box.out.print(Text(f"Report: {printable(str(path))}"), soft_wrap=True)
