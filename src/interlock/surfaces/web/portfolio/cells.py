"""What a row of the portfolio shows: each figure with its interval and denominator, each state with its sign."""

from collections.abc import Mapping
from urllib.parse import quote

from interlock.engine.economics.row import Row, Status
from interlock.engine.economics.value import series
from interlock.surfaces.web.cells import Link, Measure, Picture, Words
from interlock.surfaces.web.cells import Status as StatusCell
from interlock.surfaces.web.charts import interval_bar, sparkline
from interlock.surfaces.web.sentences import plainly
from interlock.surfaces.web.states import FAILED, INCONCLUSIVE, NOTED, PASSED, State, said
from interlock.terms import words

STATES: Mapping[Status, State] = {
    Status.STOPPED: said(FAILED, "Stopped"),
    Status.DRIFTING: said(FAILED, "Live without a grant"),
    Status.INCIDENT: said(INCONCLUSIVE, "Incident open"),
    Status.MAY_ACT: said(PASSED, "May act"),
    Status.WATCHES: said(NOTED, "Only watches"),
}
ARROW = f"{words.NBSP}→{words.NBSP}"
COUNT = "count"  # a unit that is not said
UNIT_MAX = 24
VALUES_MAX = 24  # as many as a line of 96 points can show


def dossier_address(workflow: str) -> str:
    """Where the dossier of a workflow is."""
    return f"/workflows/{quote(workflow, safe='')}"


def workflow_cell(row: Row) -> Link:
    """The name, with who answers for it and the function."""
    owners = row.standing.definition.owners
    named = owners.value or "no value owner"
    function = row.standing.definition.initiative.function
    return Link(row.name, dossier_address(row.name), f"{named} · {function}" if function else named)


def status_cell(row: Row) -> StatusCell:
    """Its state, with the level that it may act at and what waits for people."""
    one = row.standing
    waiting = f" · {words.plural(one.open_reviews, 'review')} open" if one.open_reviews else ""
    return StatusCell(STATES[row.status], f"{one.level}{waiting}")


def kpi_cell(row: Row) -> Picture | Words:
    """The first KPI over time, against its baseline and target."""
    found = next(iter(row.seen.gains), None)
    if found is None:
        return Words("no KPI is named")
    kpi = found.kpi
    aim = ARROW.join("?" if at is None else words.number(at) for at in (kpi.baseline, kpi.target))
    under = f"{kpi.name}: {aim}"
    if found.newest is None:
        return Words("not measured", under)
    values = [one.value for one in series(kpi, row.standing.measurements)][-VALUES_MAX:]
    drawn = sparkline(values, baseline=kpi.baseline, target=kpi.target)  # its ends stand beside it in words
    return Picture(drawn, _told(found.newest.value, kpi.unit), under=under)


def budget_cell(row: Row) -> Picture | Words:
    """What is left of the error budget, and the errors behind it against the budget."""
    wrong, budget, left = row.seen.wrong, row.seen.budget, row.budget_left.value
    if not budget:
        return Words("no budget is planned")
    if left is None or wrong.high is None:
        return Words("not measured", f"budget {words.percent_exact(budget)}")
    shown = words.share_shown(wrong)
    told = f"{shown.main} wrong {shown.behind}, budget {words.percent_exact(budget)}"
    bar = interval_bar(wrong.low, wrong.value, wrong.high, top=2 * max(budget, wrong.value or 0), limit=budget)
    return Picture(bar, "used up" if left <= 0 else f"{words.percent(left)}{words.NBSP}left", under=told)


def automated_cell(row: Row) -> Link | Measure:
    """The share that was automatic, with the certificate that its authority rests on."""
    shown = words.share_shown(row.seen.automated)
    grant, certificate = row.standing.grant, row.certificate
    if grant is None or certificate is None or not row.may_act:
        return Measure(shown.main, shown.behind)
    end = words.moment(grant.expires_at[:10]).replace(" ", words.NBSP)
    until = f"{shown.behind} · certified until {end}".removeprefix(" · ")
    return Link(shown.main, f"/ledger/evidence/{certificate}", until)


def cost_cell(row: Row) -> Words:
    """What a success cost, over all periods on record, beside what was agreed."""
    cost, most = row.seen.cost, row.standing.definition.initiative.service_levels.cost_per_success_max_usd
    if cost.value_usd is None:
        return Words(words.NOT_MEASURED)
    agreed = "" if most is None else f"at most {words.money(most)}, "
    return Words(words.money(cost.value_usd), f"{agreed}n {words.count(cost.successes)}")


def needed_cell(row: Row) -> Words:
    """The one thing to do next, and of whom one does it."""
    needed = plainly(row.seen.needed)
    return Words(words.shorten(needed[:1].upper() + needed[1:], 160), asked_of(row, 80))


def asked_of(row: Row, limit: int) -> str:
    """Those of whom one does what is needed next; "" where that names them already."""
    named = ", ".join(row.seen.needed_from)
    return "" if row.seen.needed.endswith(f"({named})") else words.shorten(named, limit)


def _told(value: float, unit: str) -> str:
    """A figure that stays on one line with its unit, as far as that is a short one."""
    return words.quantity(value, "" if unit == COUNT else words.shorten(unit, UNIT_MAX))
