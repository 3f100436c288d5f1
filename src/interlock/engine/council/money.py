"""What money puts on the agenda: a scope that pauses, a success that costs too much, a bucket that is overspent."""

from collections.abc import Iterator

from interlock.engine.economics.alarms import Alarms
from interlock.terms.council import AgendaItem, Option
from interlock.terms.portfolio import Standing

DEMOTE = "demote"


def stop_or(option: Option, standing: Standing) -> tuple[Option, ...]:
    """An option beside the one that ends what the workflow may do; where it may do nothing, its money."""
    if standing.grant is None:
        return (option, Option("retire", "Stop the initiative", "its money and people are free for another"))
    return (Option(DEMOTE, "Take its authority away", "every case goes to people from now on", DEMOTE), option)


def money_items(standing: Standing, alarms: Alarms) -> Iterator[AgendaItem]:
    """Whether its scope pauses, whether a success is worth its cost, and which buckets are overspent."""
    name, pause, regression = standing.definition.name, alarms.pause, alarms.regression
    newest = max((one.period_end for one in standing.expenses), default="")
    rights = standing.definition.rights.move or standing.definition.rights.promote
    if pause is not None:
        why = (
            f"spend rose from {pause.spent_before_usd:,.0f} to {pause.spent_usd:,.0f} USD, and '{pause.kpi}' went from "
            f"{pause.before:g} to {pause.after:g}"
        )
        hold = Option("hold", "No new segments until the KPI moves", "spend stays where it is")
        segments = standing.grant.segments if standing.grant else ()
        paused = tuple(
            Option(f"pause-{one}", f"Stop the segment {one}", "in every workflow that has it", f"halt segment:{one}")
            for one in segments[-1:]  # the newest: segments are gone through in order
        )
        yield AgendaItem(
            f"{name}/spend/{newest}", name, f"Does the scope of {name} pause?", why,
            (*stop_or(hold, standing), *paused), "move", rights, pause.evidence,
        )  # fmt: skip
    if regression is not None:
        why = f"a success costs {regression.cost_usd:,.2f} USD, at most {regression.ceiling_usd:,.2f} was agreed"
        accept = Option("accept", "Accept the cost and change the ceiling", "the definition is amended")
        yield AgendaItem(
            f"{name}/cost/{newest}", name, f"Is {name} worth what a success costs?", why, stop_or(accept, standing),
            "move", rights, regression.evidence,
        )  # fmt: skip
    for over in alarms.overruns:
        why = (
            f"{over.spent_usd:,.0f} USD were spent on {over.bucket} up to {over.period_end}, and "
            f"{over.budget_usd:,.0f} were planned for those days"
        )
        accept = Option("accept", "Accept it and change the budget", "the definition is amended")
        yield AgendaItem(
            f"{name}/bucket/{over.bucket}/{over.period_end}", name, f"Does {name} go on over its budget?", why,
            stop_or(accept, standing), "move", rights, over.evidence, over.spent_usd,
        )  # fmt: skip
