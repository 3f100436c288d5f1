"""`interlock portfolio`: every workflow, stage by stage."""

from dataclasses import replace
from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.economics.glance import Glance, glance
from interlock.engine.economics.row import portfolio_content, rows
from interlock.engine.economics.value import Gain
from interlock.flows.council.enforce import enforce_money
from interlock.flows.portfolio.read import read_portfolio
from interlock.surfaces.cli.portfolio.position import show_position
from interlock.surfaces.cli.store_options import JsonOption, StoreOption, known_workflow, opened, show_json
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.terms.estimate import Estimate
from interlock.terms.portfolio import Standing
from interlock.terms.stage import RolloutStage

UNKNOWN = "not known"
HELP = """Show where every workflow stands, stage by stage, and what each needs next.

  interlock portfolio

Per workflow: its KPI now against baseline and target, how many of the cases with a known outcome were wrong against its
error budget, the share that was automatic, and what a success costs. Figures are those of the newest period on record,
with their denominator and, in brackets, the exact 95 % interval (Clopper-Pearson); only the cost of a success is over
all periods on record, where reports tell that of their own. `interlock measure` puts figures on record. `--json` adds
the evidence of each.

`--enforce` needs no person: where spend rises and no KPI moves the grant ends, and where a success costs more than its
ceiling an incident is opened. Both are recorded with their cause, and neither is done twice.

`--position` shows instead how far the organisation is: 0-30 and 30-90 days, 3-6 and 6-12 months, by
what is on record. With the name of a workflow it shows that one on its own 90 days: framed and watched by day 30,
acting on a limited part by day 60, scaled or stopped by day 90. `--json` adds the evidence of each step.

  interlock portfolio triage --position
"""


def portfolio_command(
    context: typer.Context,
    workflow: Annotated[str | None, typer.Argument(help="Only this workflow.", show_default=False)] = None,
    enforce: Annotated[bool, typer.Option("--enforce", help="Carry out first what money says.")] = False,
    position: Annotated[bool, typer.Option("--position", help="Show instead how far it is.")] = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    box = toolbox(context)
    with opened(box, store) as opened_store:
        done = enforce_money(opened_store, clock=box.clock) if enforce else ()
        with opened_store.reading() as reading:
            name = None if workflow is None else known_workflow(reading, workflow)
            portfolio = read_portfolio(reading, box.clock())
    for one in done:
        box.err.print(Text(f"{one.workflow}: {one.done}: {one.reason}"), soft_wrap=True)
    if position:
        show_position(box, portfolio, name, as_json=as_json)
        return
    if name is not None:
        kept = tuple(one for one in portfolio.standings if one.definition.name == name)
        portfolio = replace(portfolio, standings=kept)
    if as_json:
        show_json(box, portfolio_content(portfolio, rows(portfolio)))
        return
    if not portfolio.standings:
        box.out.print(Text("No workflows yet. `interlock apply -f FILE` defines one."))
        return
    if portfolio.authored_sample:
        box.out.print(Text("This portfolio is an authored sample: company, people and figures are invented."))
    for stage in RolloutStage:
        own = [one for one in portfolio.standings if one.stage is stage]
        if own:
            _tell(box, f"{stage} ({len(own)} of {len(portfolio.standings)})", own)


portfolio_command.__doc__ = HELP


def _tell(box: Toolbox, title: str, standings: list[Standing]) -> None:
    box.out.print(Text(title), style="bold underline")
    for standing in standings:
        seen = glance(standing)
        halted = ", HALTED" if standing.halted else ""
        drifts = ", LIVE WITHOUT A GRANT" if standing.live_by_drift else ""
        unstaged = ", has authority, was never moved to a stage" if standing.is_without_stage else ""
        box.out.print(
            Text(f"{seen.workflow}: {standing.level}{halted}{drifts}{unstaged}"), style="bold", soft_wrap=True
        )
        for words in (*_kpis(seen), _money(seen), f"next: {seen.needed}"):
            box.out.print(Text(f"  {words}"), soft_wrap=True)
    box.out.print()


def _kpis(seen: Glance) -> list[str]:
    return [_kpi(one) for one in seen.gains] or ["no KPI is named"]


def _kpi(one: Gain) -> str:
    figures = (("baseline", one.kpi.baseline), ("now", one.newest and one.newest.value), ("target", one.kpi.target))
    words = ", ".join(f"{name} {UNKNOWN if figure is None else f'{figure:g}'}" for name, figure in figures)
    return f"{one.kpi.name} in {one.kpi.unit}: {words}"


def _money(seen: Glance) -> str:
    budget = "no error budget" if seen.budget is None else f"error budget {seen.budget:.1%}"
    cost = (
        f"a success costs {seen.cost.value_usd:,.2f} USD, over all {seen.cost.successes:,} on record"
        if seen.cost.value_usd is not None
        else "cost of a success not known"
    )
    return f"wrong {_share(seen.wrong)}, {budget}; automatic {_share(seen.automated)}; {cost}"


def _share(share: Estimate) -> str:
    if share.value is None or share.low is None or share.high is None:
        return UNKNOWN
    return f"{share.value:.1%} ({share.low:.1%} to {share.high:.1%}) of {share.n:,}"
