"""`interlock oversight plan`: how much review each step needs."""

from dataclasses import replace
from typing import Annotated, Any

import typer

from interlock.engine.oversight.planning.plan import oversight_plan
from interlock.flows.oversight.plan import measured_figures
from interlock.surfaces.cli.oversight import options
from interlock.surfaces.cli.oversight.outputs import check_outputs, figures, tell, write_report
from interlock.surfaces.cli.oversight.plan_story import plan_story
from interlock.surfaces.cli.oversight.stored import Source, source_of
from interlock.surfaces.cli.store_options import StoreOption
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.terms.errors import BadInput
from interlock.terms.evaluation import Assumption
from interlock.terms.oversight_plan import OversightPlan
from interlock.terms.workflow import WorkflowDefinition, WorkflowStep

Target = Annotated[
    str | None, typer.Argument(help="A definition (.yaml), or a workflow in the store.", show_default=False)
]


def plan_command(
    context: typer.Context,
    target: Target = None,
    *,
    budget: options.MaybeBudget = None,
    cost_wrong: Annotated[float | None, options.usd_option("What a wrong automatic case costs; assumed: 50.")] = None,
    cost_review: Annotated[float | None, options.usd_option("What a person's look costs; assumed: 2.")] = None,
    cost_slow: Annotated[
        float | None, options.usd_option("What the wait for a look costs; assumed: 0.", from_zero=True)
    ] = None,
    cases_per_day: Annotated[float | None, options.count_option("Volume; assumed: 1,000.")] = None,
    novelty: Annotated[
        float | None, options.part_option("Share of cases that are novel; assumed: 5%.", options.COSTS)
    ] = None,
    automatic: Annotated[
        float | None, options.part_option("Share of the others over the threshold; assumed: 50%.", options.COSTS)
    ] = None,
    error: Annotated[
        float | None, options.part_option("Share wrong if all were automatic; unknown unless told.", options.COSTS)
    ] = None,
    review_minutes: Annotated[float | None, options.count_option("Minutes a look takes; assumed: 3.")] = None,
    reversible: Annotated[
        bool | None, typer.Option("--reversible/--irreversible", help="Whether a wrong case can be taken back.")
    ] = None,
    store: StoreOption = None,
    out: options.Out = options.OUT_DEFAULT,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """How much review does each step need? From what being wrong and being slow cost, volume and novelty.

    TARGET is a definition file or the name of a workflow in the store, whose volume and errors are then measured as far
    as its decisions tell. Without TARGET the options describe one step. An option given beside TARGET holds for all its
    steps, to try out what would change.

    Examples:

    - `interlock oversight plan workflows/message-triage.yaml`
    - `interlock oversight plan message-triage --store .interlock/store.db`
    - `interlock oversight plan --cost-wrong 500 --cost-review 2 --cases-per-day 400 --budget 1%`
    - `interlock oversight plan workflows/message-triage.yaml --novelty 20%`

    What comes out: for each step who does it, Chow's threshold, the audit share with its cost curve, reviews and hours
    a day, labels needed before anything can be certified, days until a drift is seen, and which assumption all that
    hangs on. plan.html for people and plan.json for programs, in the folder named by --out.

    Exit status: 0 planned; 2 the definition or an option cannot be used; 3 a disk or the store cannot be used.
    """
    box = toolbox(context)
    told = {
        "cost_wrong_usd": cost_wrong,
        "cost_review_usd": cost_review,
        "cost_slow_usd": cost_slow,
        "cases_per_day": cases_per_day,
        "novelty_share": novelty,
        "automatic_share": automatic,
        "error_share": error,
        "review_minutes": review_minutes,
        "reversible": reversible,
    }
    given = {name: value for name, value in told.items() if value is not None}
    if target is None and not given:
        raise BadInput("name a definition or a workflow, or describe a step: --cost-wrong 50 --cases-per-day 400")
    check_outputs(out, "plan")
    source, plan = _plan(box, target, given, budget, store)
    story = plan_story(plan, source=source, created_at=box.clock().isoformat(timespec="seconds"))
    content = figures(box, "plan", title=story.title, source=source, plan=plan)
    report = write_report(box, out, story, content)
    tell(box, story, report, content, as_json=as_json, quiet=quiet)


def _plan(
    box: Toolbox, target: str | None, given: dict[str, Any], budget: float | None, store: str | None
) -> tuple[str, OversightPlan]:
    if target is None:
        step = WorkflowStep("the step", **given)
        return "figures given on the command line", _sized([step], budget=budget or options.BUDGET)
    found: Source = source_of(box, target, store, measure=measured_figures)
    definition = _with_given(found.definition, given)
    return found.words, _sized(definition, budget=budget, measured=found.measured)


def _with_given(definition: WorkflowDefinition, given: dict[str, Any]) -> WorkflowDefinition:
    steps = definition.steps or (WorkflowStep(definition.name),)
    return replace(definition, steps=tuple(replace(step, **given) for step in steps))


def _sized(
    workflow: WorkflowDefinition | list[WorkflowStep], *, budget: float | None, measured: tuple[Assumption, ...] = ()
) -> OversightPlan:
    try:
        certify_at = None
        if isinstance(workflow, WorkflowDefinition) and budget is not None:
            certify_at = min(workflow.budget.certify_at, budget)
        return oversight_plan(workflow, budget=budget, certify_at=certify_at, measured=measured)
    except ValueError as exc:
        raise BadInput(str(exc)) from exc
