"""`interlock gateway shadow`."""

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.ledger.canonical import plain
from interlock.flows.gateway.evidence.bake_off import EVERYTHING, BakeOff, Compared, Took, bake_off
from interlock.surfaces.cli.gateway.traces import Days
from interlock.surfaces.cli.store_options import JsonOption, StoreOption, known_workflow, opened, show_json
from interlock.surfaces.cli.toolbox import toolbox
from interlock.terms import words

MICRO = 1_000_000


def shadow_command(
    context: typer.Context,
    workflow: Annotated[str | None, typer.Option(help="Only this workflow; default: all.", show_default=False)] = None,
    days: Days = 7,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare a model with the one that is asked in its shadow: agreement, cost and latency on the same requests.

      interlock gateway shadow --workflow triage --days 30

    A workflow says which model and which share of its requests: `traffic.shadow_model` and `traffic.shadow_share`. Two
    answers agree where they are equal as JSON (a stated confidence aside) or as words. Streamed answers are not
    compared. The interval is exact (Clopper and Pearson 1934), at 95 %; where it is wider than 10 points it is said
    that more is needed.
    """
    box = toolbox(context)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        found = bake_off(reading, EVERYTHING, days=days, now=box.clock(), workflow=workflow)
        if workflow is not None and not found.compared:
            known_workflow(reading, workflow)  # nothing there, or nothing of that name
    if as_json:
        show_json(box, plain(found))
        return
    for line in _told(found, days):
        box.out.print(Text(line), soft_wrap=True)


def _told(found: BakeOff, days: int) -> Iterator[str]:
    if not found.compared:
        yield (
            f"No request had a shadow in {words.plural(days, 'day')}. A workflow's definition asks for them: "
            "traffic.shadow_model and traffic.shadow_share"
        )
    for one in found.compared:
        yield from _told_of(one)
    if found.alone:
        yield f"{words.plural(found.alone, 'shadow')} left out: what they are of is not among the requests looked at"
    if not found.all_looked:
        yield f"only the newest {words.count(found.looked)} requests were looked at; ask for fewer days, or a workflow"


def _told_of(one: Compared) -> Iterator[str]:
    yield f"{one.workflow}: {one.model} and its shadow {one.shadow_model}, {words.plural(one.asked, 'request')}"
    shown = words.share_shown(one.agreement)
    if not one.compared:
        yield "  agreement: not measured; no two answers can be compared (streams are not)"
    else:
        enough = "" if one.tells else "; not enough to tell, ask for more days or a larger share"
        counted = f"{words.count(one.agreed)} of {words.count(one.compared)}"
        yield f"  agreement: {shown.main} ({counted}; 95 % interval {_interval(one)}){enough}"
    if one.failed:
        yield f"  the shadow did not answer {words.count(one.failed)} of {words.count(one.asked)}"
    if one.measured:
        yield f"  cost and latency of {words.plural(one.measured, 'request')} that both answered anew:"
        yield f"    {one.model}: {_took(one.first)}"
        yield f"    {one.shadow_model}: {_took(one.shadow)}"


def _interval(one: Compared) -> str:
    low, high = one.agreement.low or 0.0, one.agreement.high or 0.0
    return f"{words.percent(low)} to {words.percent(high)}"


def _took(took: Took) -> str:
    p95 = "too few for 95 of 100" if took.latency_p95_ms is None else f"95 of 100 {_ms(took.latency_p95_ms)}"
    return f"{words.money(took.cost_micro_usd / MICRO)}, median {_ms(took.latency_p50_ms)}, {p95}"


def _ms(value: float | None) -> str:
    return words.NOT_MEASURED if value is None else words.milliseconds(value)
