"""`interlock oversight backtest`: what the rules would have done with past cases."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from interlock.surfaces.cli.oversight import options, past_options
from interlock.surfaces.cli.oversight.outputs import check_outputs, figures, tell, vars_of, write_report
from interlock.surfaces.cli.store_options import StoreOption
from interlock.surfaces.cli.toolbox import toolbox
from interlock.surfaces.cli.watching import Watching
from interlock.terms.certificate import Promise
from interlock.terms.workflow import WorkflowDefinition

REHEARSED = "What is rehearsed"


def backtest_command(
    context: typer.Context,
    target: past_options.Target = None,
    *,
    confidence: past_options.Confidence = None,
    wrong: past_options.Wrong = None,
    prediction: past_options.Prediction = None,
    label: past_options.Label = None,
    group: past_options.Group = None,
    time: past_options.Time = None,
    rows_max: past_options.RowsMax = 200_000,
    skip_broken: past_options.SkipBroken = False,
    budget: options.MaybeBudget = None,
    certify_at: Annotated[
        float | None, options.share_option("Stricter budget of the threshold; default: the workflow's, else half.")
    ] = None,
    promise: options.Promised = None,
    delta: options.MaybeDelta = None,
    certify_share: Annotated[float, options.share_option("First part of the cases, to certify on.", REHEARSED)] = 0.3,
    audit_share: Annotated[
        float | None,
        options.part_option("Share audited of what is automatic; default: the workflow's, else 10%.", REHEARSED),
    ] = None,
    cost_wrong: Annotated[float | None, options.usd_option("A wrong automatic case; the workflow's, else 50.")] = None,
    cost_review: Annotated[float | None, options.usd_option("A person's look; the workflow's, else 2.")] = None,
    seed: options.Seed = 0,
    store: StoreOption = None,
    out: options.Out = options.OUT_DEFAULT,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """What would these rules have done with past cases? Certified on the first part, then case by case.

    TARGET is a file of past cases or a workflow in the store, as for `interlock oversight certify`. The threshold is
    certified on the first cases; the next ones run in shadow until the promotion test decides; then cases over the
    threshold are automatic and audits at random feed the monitor, until it demotes. No case is looked at before its
    time.

    Examples:

    - `interlock oversight backtest past.csv --confidence score --wrong error --time day`
    - `interlock oversight backtest past.csv --prediction ai --confidence score --label human --time at --budget 4%`
    - `interlock oversight backtest triage --store .interlock/store.db --audit-share 25%`

    What comes out: when it would have been promoted and demoted, how much was really wrong among what was automatic,
    and the cost beside "always review" and "always automatic". backtest.html for people and backtest.json for programs,
    in the folder named by --out.

    Exit status: 0 rehearsed, whatever came out; 2 the file or an option cannot be used; 3 a disk or the store cannot be
    used.
    """
    from interlock.flows.evaluation.request import ColumnsAsked
    from interlock.flows.oversight.backtest import Terms, backtest
    from interlock.flows.oversight.certify import Asked
    from interlock.flows.oversight.past_cases import FileAsked
    from interlock.surfaces.cli.oversight.backtest_story import backtest_story

    box = toolbox(context)
    name = past_options.needed(target, "backtest")
    check_outputs(out, "backtest")
    columns = ColumnsAsked((), label, prediction, confidence, group, time)
    asked_file = FileAsked(Path(name), columns, wrong, rows_max=rows_max, skip_broken=skip_broken, seed=seed)
    own = _own_terms(past_options.definition_of_target(box, name, store))
    stricter = certify_at or (own.certify_at if budget is None else budget / 2)
    terms = Terms(
        certify=Asked(stricter, promise or own.promise, delta or own.delta, seed=seed),
        budget=budget or own.budget,
        audit_share=own.audit_share if audit_share is None else audit_share,
        certify_share=certify_share,
        cost_wrong_usd=cost_wrong or own.cost_wrong_usd,
        cost_review_usd=cost_review or own.cost_review_usd,
        seed=seed,
    )
    with Watching(box.err, quiet=quiet or as_json) as watch:
        past = past_options.past_cases(box, name, asked_file, store, watch)
        watch.stage(f"Rehearsing {past.n:,} cases")(0, None)
        found = backtest(past, terms)
    story = backtest_story(found, source=past.source, created_at=box.clock().isoformat(timespec="seconds"))
    content = figures(box, "backtest", title=story.title, source=past.source, **vars_of(found))
    report = write_report(box, out, story, content)
    tell(box, story, report, content, as_json=as_json, quiet=quiet)


@dataclass(frozen=True, slots=True)
class _Own:
    """What holds where no option says otherwise."""

    budget: float = options.BUDGET
    certify_at: float = options.BUDGET / 2
    promise: Promise = Promise.SELECTIVE
    delta: float = options.DELTA
    audit_share: float = 0.1
    cost_wrong_usd: float = 50.0
    cost_review_usd: float = 2.0


def _own_terms(defined: WorkflowDefinition | None) -> _Own:
    if defined is None:
        return _Own()
    budget = defined.budget
    return _Own(
        budget=budget.error,
        certify_at=budget.certify_at,
        promise=budget.promise,
        delta=budget.delta,
        audit_share=defined.rollout.audit_share,
        cost_wrong_usd=defined.cost_wrong_usd,
        cost_review_usd=defined.cost_review_usd,
    )
