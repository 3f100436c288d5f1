"""`interlock oversight certify`: a confidence threshold with a proof, or what stands in its way."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from interlock.surfaces.cli.oversight import options, past_options
from interlock.surfaces.cli.oversight.outputs import check_outputs, figures, tell, vars_of, write_report
from interlock.surfaces.cli.store_options import StoreOption
from interlock.surfaces.cli.toolbox import toolbox
from interlock.surfaces.cli.watching import Watching
from interlock.terms.certificate import Promise
from interlock.terms.errors import BadInput


def certify_command(
    context: typer.Context,
    target: past_options.Target = None,
    *,
    confidence: past_options.Confidence = None,
    wrong: past_options.Wrong = None,
    prediction: past_options.Prediction = None,
    label: past_options.Label = None,
    text: past_options.Texts = None,
    group: past_options.Group = None,
    segment: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="A threshold for each value.", rich_help_panel=past_options.FILE),
    ] = None,
    loss: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            help="What being wrong costs, 0 to 1 of the worst: the budget is then a mean loss.",
            rich_help_panel=past_options.FILE,
        ),
    ] = None,
    unlabelled: Annotated[
        Path | None,
        typer.Option(
            help="A file with confidences of unlabelled cases: the share is measured there.",
            rich_help_panel=past_options.FILE,
        ),
    ] = None,
    labelled_from: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            help="Only cases of at least this confidence were labelled, at random; needs --unlabelled.",
            rich_help_panel=past_options.FILE,
        ),
    ] = None,
    rows_max: past_options.RowsMax = 200_000,
    skip_broken: past_options.SkipBroken = False,
    budget: Annotated[
        float | None, options.share_option("Error budget: 0.02 or 2%; default: the workflow's certify_at, else 2%.")
    ] = None,
    promise: options.Promised = None,
    delta: options.MaybeDelta = None,
    recalibration: Annotated[
        int | None,
        typer.Option(
            min=1, help="This is the K-th certificate of the workflow.", metavar="K", rich_help_panel=options.PROMISED
        ),
    ] = None,
    seed: options.Seed = 0,
    store: StoreOption = None,
    out: options.Out = options.OUT_DEFAULT,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Which cases may be applied without a look? A threshold with a proof, or what stands in its way.

    TARGET is a file of past cases (CSV, TSV, JSON Lines or Parquet, plain or gzipped) with a confidence and either a
    column that says what was wrong, or what the AI proposed and what people decided. Or a workflow in the store, whose
    judged shadow cases are used. Nothing leaves this machine.

    Examples:

    - `interlock oversight certify past.csv --confidence score --wrong error`
    - `interlock oversight certify past.csv --prediction ai_queue --confidence ai_score --label queue --budget 1%`
    - `interlock oversight certify past.csv --confidence score --wrong error --segment market`
    - `interlock oversight certify sure.csv --confidence score --wrong error --labelled-from 0.9 --unlabelled week.csv`
    - `interlock oversight certify triage --store .interlock/store.db --promise joint`

    What comes out: the certificate in words with both promises beside each other, the error rate against the share that
    is automatic, the most confident mistakes where nothing is certified, and how many labels are missing.
    certify.html for people and certify.json for programs, in the folder named by --out.

    Exit status: 0 a threshold is certified; 1 none is; 2 the file or an option cannot be used; 3 a disk or the store
    cannot be used.
    """
    from interlock.flows.evaluation.request import ColumnsAsked
    from interlock.flows.oversight.certify import Asked, certify_past, is_certified
    from interlock.flows.oversight.past_cases import FileAsked, confidences_of
    from interlock.surfaces.cli.oversight.certify_story import certify_story

    box = toolbox(context)
    name = past_options.needed(target, "certify")
    check_outputs(out, "certify")
    columns = ColumnsAsked(tuple(text or ()), label, prediction, confidence, group, "-")
    asked_file = FileAsked(Path(name), columns, wrong, segment, loss, rows_max, skip_broken, seed)
    defined = past_options.definition_of_target(box, name, store)
    own = (options.BUDGET, Promise.SELECTIVE, options.DELTA)
    if defined is not None:
        own = (defined.budget.certify_at, defined.budget.promise, defined.budget.delta)
    if unlabelled is not None and not confidence:
        raise BadInput("--unlabelled needs --confidence: the name of the column in both files")
    asked = Asked(budget or own[0], promise or own[1], delta or own[2], recalibration, seed, None, labelled_from)
    with Watching(box.err, quiet=quiet or as_json) as watch:
        if unlabelled is not None and confidence:
            read = confidences_of(unlabelled, confidence, read_table=box.read_table(), watch=watch, rows_max=rows_max)
            asked = replace(asked, unlabelled=read)
        past = past_options.past_cases(box, name, asked_file, store, watch)
        watch.stage(f"Certifying on {past.n:,} cases")(0, None)
        found = certify_past(past, asked)
    story = certify_story(found, source=past.source, created_at=box.clock().isoformat(timespec="seconds"))
    content = figures(box, "certify", title=story.title, source=past.source, **vars_of(found))
    report = write_report(box, out, story, content)
    tell(box, story, report, content, as_json=as_json, quiet=quiet)
    if not is_certified(found.certificate):
        raise typer.Exit(1)
