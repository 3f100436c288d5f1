"""`interlock oversight simulate`: rehearse promotion and demotion on invented cases."""

from typing import Annotated

import typer

from interlock.surfaces.cli.oversight import options
from interlock.surfaces.cli.oversight.outputs import check_outputs, figures, tell, vars_of, write_report
from interlock.surfaces.cli.toolbox import toolbox
from interlock.surfaces.cli.watching import Watching
from interlock.terms.errors import BadInput

ASSUMED = "What is assumed"
WORK_MAX = 20_000_000  # judged cases in all runs together; a few minutes


def simulate_command(
    context: typer.Context,
    *,
    error_rate: Annotated[
        float | None, options.part_option("True share wrong of automatic cases; a quarter of the budget.", ASSUMED)
    ] = None,
    drift_rate: Annotated[
        float | None, options.part_option("The same after a drift; three times the budget.", ASSUMED)
    ] = None,
    automatic_per_day: Annotated[float, options.count_option("Automatic cases a day.", ASSUMED)] = 1000.0,
    audit_share: Annotated[float, options.part_option("Share of them that a person audits.", ASSUMED)] = 0.05,
    healthy_days: Annotated[
        int, typer.Option(min=0, max=3650, help="Days before the drift.", rich_help_panel=ASSUMED)
    ] = 30,
    drift_days: Annotated[
        int, typer.Option(min=1, max=3650, help="Days that a drift is followed.", rich_help_panel=ASSUMED)
    ] = 90,
    labels_max: Annotated[
        int, typer.Option(min=1, max=1_000_000, help="Labels after which nobody waits longer.", rich_help_panel=ASSUMED)
    ] = 5_000,
    budget: options.Budget = 0.02,
    delta: options.Delta = 0.05,
    runs: Annotated[int, typer.Option(min=1, max=100_000, help="Invented lives.")] = 400,
    seed: options.Seed = 0,
    out: options.Out = options.OUT_DEFAULT,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """How long until promotion, and until a drift is seen? Rehearsed on invented cases; no data needed.

    Every run invents a release: its cases are judged until the promotion test decides, then audits at random feed the
    demotion monitor, first at the true error rate, then at the drifted one. The tests are those of the run time. The
    figures say nothing about your workflow beyond what you assume here.

    Examples:

    - `interlock oversight simulate`
    - `interlock oversight simulate --budget 4% --error-rate 1% --drift-rate 12% --automatic-per-day 190`
    - `interlock oversight simulate --audit-share 20% --runs 1000 --json`

    What comes out: labels until promotion and days until demotion (median, 5 % and 95 % of runs), false demotions, and
    both ways as pictures. simulate.html for people and simulate.json for programs, in the folder named by --out, both
    marked as simulated.

    Exit status: 0 simulated; 2 an option cannot be used; 3 a disk cannot be used; 130 stopped by Ctrl-C.
    """
    from interlock.engine.oversight.planning.simulation import Setting
    from interlock.flows.oversight.simulate import simulate_oversight
    from interlock.surfaces.cli.oversight.simulate_story import simulate_story

    box = toolbox(context)
    try:
        setting = Setting(
            budget=budget,
            delta=delta,
            error_rate=budget / 4 if error_rate is None else error_rate,
            drift_error_rate=min(1.0, 3 * budget) if drift_rate is None else drift_rate,
            automatic_per_day=automatic_per_day,
            audit_share=audit_share,
            healthy_days=healthy_days,
            drift_days=drift_days,
            labels_max=labels_max,
        )
    except ValueError as exc:
        raise BadInput(str(exc)) from exc
    work = runs * (automatic_per_day * audit_share * (healthy_days + drift_days) + labels_max)
    if work > WORK_MAX:
        raise BadInput(
            f"up to {work:,.0f} judged cases would have to be invented, over {WORK_MAX:,}: ask for fewer --runs, days "
            "or --labels-max"
        )
    check_outputs(out, "simulate")
    with Watching(box.err, quiet=quiet or as_json) as watch:
        found = simulate_oversight(setting, runs=runs, seed=seed, progress=watch.stage(f"Simulating {runs:,} runs"))
    story = simulate_story(found, created_at=box.clock().isoformat(timespec="seconds"))
    content = figures(box, "simulate", simulated=True, title=story.title, **vars_of(found))
    report = write_report(box, out, story, content)
    tell(box, story, report, content, as_json=as_json, quiet=quiet)
