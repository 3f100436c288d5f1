"""What the page of shadow traffic shows: a model and the one that is asked in its shadow, on the same requests."""

from collections.abc import Callable
from urllib.parse import quote

from interlock.flows.gateway.evidence.bake_off import BakeOff, Compared, Took
from interlock.surfaces.web.cells import Link, Measure, Status, Words
from interlock.surfaces.web.gateway.asked import DAYS_FILTER, period
from interlock.surfaces.web.gateway.overview import usd
from interlock.surfaces.web.states import INCONCLUSIVE, PASSED, said
from interlock.surfaces.web.tables import Column, Filter, Table
from interlock.terms import words

ENOUGH, TOO_FEW = said(PASSED, "Enough to tell"), said(INCONCLUSIVE, "Not enough yet")
EMPTY = (
    "No request had a shadow in this time. Name the second model in a workflow's definition as `traffic.shadow_model`, "
    "and the share of its requests that it is asked too as `traffic.shadow_share`. Nobody is given its answers."
)
NONE = "–"


def title(found: BakeOff, days: int) -> str:
    """The conclusion about the pair with the most requests, and how many others there are."""
    if not found.compared:
        return f"No request had a shadow {period(days)}"
    first, others = found.compared[0], len(found.compared) - 1
    return f"{_conclusion(first)}{f'; {words.count(others)} more compared' if others else ''}"


def _conclusion(one: Compared) -> str:
    if not one.compared or one.agreement.value is None:
        return f"{one.shadow_model} was asked in the shadow of {one.model}, and no two answers can be compared"
    answers = words.plural(one.compared, "answer")
    if not one.tells:
        same = f"{words.count(one.agreed)} of {answers}"
        return f"Too early to tell whether {one.shadow_model} says the same as {one.model}: {same} so far"
    share = words.percent(one.agreement.value)
    return f"{one.shadow_model} said the same as {one.model} in {share} of {answers}{_for_money(one)}"


def _for_money(one: Compared) -> str:
    first, shadow = one.first.cost_micro_usd, one.shadow.cost_micro_usd
    if not first or first == shadow:
        return ""
    return f", for {words.percent(abs(shadow - first) / first)} {'less' if shadow < first else 'more'} money"


def _each(took: Took, one: Compared) -> str:
    return usd(round(took.cost_micro_usd / one.measured)) if one.measured else NONE


def _ms(value: float | None) -> str:
    return NONE if value is None else words.milliseconds(value)


def _both(part: Callable[[Took, Compared], str]) -> Callable[[Compared], Words]:
    """A figure of the model, and below it the one of its shadow."""
    return lambda one: Words(part(one.first, one), f"shadow {part(one.shadow, one)}")


def _agreement(one: Compared) -> Measure:
    shown = words.share_shown(one.agreement)
    return Measure(shown.main, shown.behind)


def _failed(one: Compared) -> Measure:
    return Measure(words.count(one.failed), f"of {words.count(one.asked)}")


TABLE: Table[Compared] = Table(
    "/gateway/shadow",
    "Models and their shadows, those with the most requests first",
    (
        Column(
            "workflow",
            "Workflow",
            lambda one: one.workflow,
            lambda one: Link(one.workflow, f"/workflows/{quote(one.workflow, safe='')}"),
        ),
        Column("model", "Model", lambda one: one.model, lambda one: Words(one.model, f"shadow {one.shadow_model}")),
        Column("shadow_model", "Shadow", lambda one: one.shadow_model, in_files_only=True),
        Column("agreement", "Said the same", lambda one: one.agreement.value, _agreement, numeric=True),
        Column("agreement_low", "From", lambda one: one.agreement.low, in_files_only=True),
        Column("agreement_high", "To", lambda one: one.agreement.high, in_files_only=True),
        Column("agreed", "Agreed", lambda one: one.agreed, in_files_only=True),
        Column("compared", "Compared", lambda one: one.compared, in_files_only=True),
        Column("tells", "Evidence", lambda one: one.tells, lambda one: Status(ENOUGH if one.tells else TOO_FEW)),
        Column("failed", "Shadow did not answer", lambda one: one.failed, _failed, numeric=True),
        Column("asked", "Asked", lambda one: one.asked, in_files_only=True),
        Column("measured", "Both answered anew", lambda one: one.measured, numeric=True),
        Column(
            "cost_micro_usd", "Cost a request, mean", lambda one: one.first.cost_micro_usd, _both(_each), numeric=True
        ),
        Column(
            "shadow_cost_micro_usd", "Cost of the shadow", lambda one: one.shadow.cost_micro_usd, in_files_only=True
        ),
        Column(
            "latency_p50_ms", "Latency, median", lambda one: one.first.latency_p50_ms,
            _both(lambda took, _: _ms(took.latency_p50_ms)), numeric=True,
        ),
        Column(
            "shadow_latency_p50_ms", "Median of the shadow", lambda one: one.shadow.latency_p50_ms, in_files_only=True
        ),
        Column(
            "latency_p95_ms", "Latency, 95 of 100", lambda one: one.first.latency_p95_ms,
            _both(lambda took, _: _ms(took.latency_p95_ms)), numeric=True,
        ),
        Column(
            "shadow_latency_p95_ms", "95 of 100, shadow", lambda one: one.shadow.latency_p95_ms, in_files_only=True
        ),
    ),
    EMPTY,
    (DAYS_FILTER, Filter("workflow", "Workflow")),
)  # fmt: skip
