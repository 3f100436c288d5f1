"""`interlock try FILE`: how much of this could AI do?"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from interlock.surfaces.cli import try_options as options
from interlock.surfaces.cli.outputs import check_folder, write_outputs
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.surfaces.cli.watching import Watching
from interlock.terms.certificate import Promise
from interlock.terms.errors import BadInput

if TYPE_CHECKING:
    from interlock.flows.evaluation.request import Request

COST_WRONG_USD = 50.0
COST_REVIEW_USD = 2.0


def try_command(
    context: typer.Context,
    file: options.File = None,
    *,
    sample: options.Sample = False,
    text: options.Texts = None,
    label: options.Label = None,
    prediction: options.Prediction = None,
    confidence: options.Confidence = None,
    group: options.Group = None,
    time: options.Time = None,
    rows_max: options.RowsMax = 200_000,
    skip_broken: options.SkipBroken = False,
    budget: options.Budget = 0.02,
    promise: options.Promised = Promise.JOINT,
    min_gain: options.MinGain = 0.05,
    cost_wrong: options.CostWrong = None,
    cost_review: options.CostReview = None,
    seed: options.Seed = 0,
    candidate: options.Candidates = None,
    candidate_cases: options.CandidateCases = 500,
    out: options.Out = Path("interlock-report"),
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """How much of this could AI do? From a file of past decisions, with a proof.

    FILE is CSV, TSV, JSON Lines or Parquet, plain or gzipped: a row a case, with what people read and what they
    decided. Candidates are compared, a confidence threshold is certified for each, and one is recommended. Nothing
    leaves this machine unless you name an outside candidate.

    Examples:

    - `interlock try --sample`
    - `interlock try messages.csv --text subject --text body --label team`
    - `interlock try messages.csv --group customer --time received_at --budget 1%`
    - `interlock try past.csv --prediction ai_label --confidence ai_score --label human_label`
    - `interlock try messages.csv --candidate 'http://localhost:8000/v1#my-model?in=0.15&out=0.60'`

    What comes out: report.html for people and evaluation.json for programs, in the folder named by --out.

    Exit status: 0 report written; 2 the file or an option cannot be used; 3 a disk or an address cannot be used;
    130 stopped by Ctrl-C. Whatever is not 0 wrote nothing.
    """
    from interlock.flows.evaluation.request import ColumnsAsked, Request

    box = toolbox(context)
    if candidate and (prediction or confidence) not in {None, "-"}:
        raise BadInput("--candidate asks for a bake-off, --prediction for none; leave one of them out")
    request = Request(
        path=_path(box, file, sample=sample),
        columns=ColumnsAsked(tuple(text or ()), label, prediction, confidence, group, time),
        budget=budget,
        promise=promise,
        min_gain=min_gain,
        cost_wrong_usd=COST_WRONG_USD if cost_wrong is None else cost_wrong,
        cost_review_usd=COST_REVIEW_USD if cost_review is None else cost_review,
        cost_wrong_given=cost_wrong is not None,
        cost_review_given=cost_review is not None,
        seed=seed,
        rows_max=rows_max,
        skip_broken=skip_broken,
        outside_cases=candidate_cases,
        use_recorded=not candidate,
        authored_sample=sample,
    )
    _run(box, request, tuple(candidate or ()), out, as_json=as_json, quiet=quiet)


def _run(box: Toolbox, request: "Request", outside: tuple[str, ...], out: Path, *, as_json: bool, quiet: bool) -> None:
    from interlock.engine.evaluation.document import document
    from interlock.flows.evaluation.evaluate import evaluate
    from interlock.flows.evaluation.request import Needs
    from interlock.surfaces.cli.summary import print_summary

    check_folder(out)
    # A wrong address is told before the file is read; built-in candidates wait until something is to be fitted.
    named = box.candidates()(seed=request.seed, outside=outside) if outside else None
    with Watching(box.err, quiet=quiet) as watch:
        needs = Needs(
            read_table=box.read_table(),
            candidates=lambda: named or box.candidates()(seed=request.seed, outside=()),
            clock=box.clock,
            watch=watch,
            version=box.version,
        )
        evaluation = evaluate(request, needs)
        content = document(evaluation)
        report = write_outputs(box, out, evaluation, content)
    if as_json:
        _print_json(box, content)
    else:
        print_summary(box.out, evaluation, report, quiet=quiet)


def _print_json(box: Toolbox, content: dict[str, Any]) -> None:
    box.out.file.write(json.dumps(content, indent=2, allow_nan=False) + "\n")
    box.out.file.flush()


def _path(box: Toolbox, file: Path | None, *, sample: bool) -> Path:
    if sample and file is not None:
        raise BadInput("name a FILE or --sample, not both")
    if sample:
        return box.sample_path()
    if file is None:
        raise BadInput("name a FILE of past cases, or see what comes out with: interlock try --sample")
    return file
