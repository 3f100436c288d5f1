"""What comes next: three to five priorities with owner and date, the most pressing first."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from interlock.engine.reporting.figures import NOBODY
from interlock.engine.timestamp import moment
from interlock.terms.council import AgendaItem
from interlock.terms.evidence import Verdict
from interlock.terms.portfolio import Portfolio, Standing

MOST, LEAST = 5, 3
ON_ONE_PAGE = 8  # decisions and priorities, which stand on the same one
WAIVER_DAYS = 30


@dataclass(frozen=True, slots=True)
class Priority:
    """One piece of work, who does it and by when (a date); `why` is what it comes from."""

    work: str
    owner: str
    due: str
    why: str


def priorities(portfolio: Portfolio, agenda: Sequence[AgendaItem]) -> tuple[Priority, ...]:
    """Three to five, one a workflow, soonest first; fewer where many decisions are on the same page.

    Decisions fill up to three where little other work waits.
    """
    meets = portfolio.organisation.meets_every_days if portfolio.organisation else 7
    soon = (moment(portfolio.as_of).date() + dt.timedelta(days=meets)).isoformat()
    found = [one for each in portfolio.standings for one in list(_of(each, portfolio.as_of, soon))[:1]]
    found = sorted(found, key=lambda each: (each.due, each.work))
    found = found[: min(MOST, max(LEAST, ON_ONE_PAGE - len(agenda)))]
    return (*found, *(_to_decide(item, soon) for item in agenda[: max(0, LEAST - len(found))]))


def _to_decide(item: AgendaItem, soon: str) -> Priority:
    return Priority(f"Decide: {item.question}", ", ".join(item.may_decide) or NOBODY, soon, item.why_now)


def _of(standing: Standing, as_of: str, soon: str) -> Iterator[Priority]:
    name, owners = standing.definition.name, standing.definition.owners
    last = (moment(as_of).date() + dt.timedelta(days=WAIVER_DAYS)).isoformat()
    for waiver in standing.waivers:
        if waiver.expires_at[:10] <= last:
            work = f"{name}: pass '{waiver.check}' before its waiver ends"
            yield Priority(work, owners.safety or NOBODY, waiver.expires_at[:10], waiver.reason)
    for gate, verdict in (standing.gates or {}).items():
        for finding in verdict.findings:
            if finding.verdict not in {Verdict.PASSED, Verdict.NOT_APPLICABLE} and finding.next_step:
                why = f"gate '{gate}' is {verdict.verdict}: {finding.reason}"
                yield Priority(f"{name}: {finding.next_step}", owners.delivery or owners.value or NOBODY, last, why)
    for kpi in standing.definition.initiative.kpis:
        if kpi.baseline is None:
            work, why = f"{name}: measure the baseline of '{kpi.name}'", "without it no value can be proved"
            yield Priority(work, owners.value or NOBODY, last, why)
    if owners.safety is None:
        yield Priority(f"{name}: name a safety owner", owners.value or NOBODY, soon, "it can only be simulated")
