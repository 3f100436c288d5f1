"""Count what the run time did in a period, from its own decisions."""

import datetime as dt

from interlock.engine.rollout.people import known_as
from interlock.engine.timestamp import stamp
from interlock.flows.measure.period_of import check_once, check_period
from interlock.flows.portfolio.drifting import entry_at
from interlock.flows.rollout.attest import attest_in
from interlock.flows.rollout.known import known_row
from interlock.ports.clock import Clock
from interlock.ports.store import DecisionRow, Reading, Store
from interlock.terms.errors import BadInput
from interlock.terms.evidence import Evidence, EvidenceClass
from interlock.terms.intent import IntentState
from interlock.terms.person import Person

SOURCE = "decisions on record"


def record_period(store: Store, workflow: str, *, start: str, end: str, by: Person, clock: Clock) -> Evidence:
    """Count the cases decided from `start` to `end` (days in UTC, both included), and record the counts.

    Decisions are streamed, those of the period only. Raises BadInput without a name, for an unknown workflow, and for a
    period that is not over or was counted before.
    """
    if not known_as(by.name):
        raise BadInput("say who has it counted (--as): it is recorded")
    with store.transaction() as tx:
        now = clock()
        row = known_row(tx, workflow)
        yesterday = now.date() - dt.timedelta(days=1)  # what still goes on today would be missing
        check_period(start, end, today=yesterday)
        runs = [item.body for item in tx.evidence(workflow) if item.kind == "period"]
        known = [(str(body["period_start"]), str(body["period_end"])) for body in runs]
        check_once(start, end, known, what=f"the period of '{workflow}'")
        counts = count_cases(tx, workflow, release=row.release, start=start, end=end)
        body = {"period_start": start, "period_end": end, **counts, "by": by.name}
        return attest_in(
            tx, workflow, release=row.release, kind="period", evidence_class=EvidenceClass.EXECUTED, source=SOURCE,
            body=body, at=stamp(now),
        )  # fmt: skip


def count_cases(reading: Reading, workflow: str, *, release: str, start: str, end: str) -> dict[str, int]:
    """What became of the cases of a period; `of_other_releases` were decided under another than `release`.

    A case ended in success where it is known that the effect was applied and not found wrong, or that a person decided
    it. Wrong ones are those of the automatic proposals whose outcome is known.
    """
    after = (dt.date.fromisoformat(end) + dt.timedelta(days=1)).isoformat()
    first, last = entry_at(reading, start), entry_at(reading, after)
    names = ("cases", "applied", "reviewed", "overridden", "labelled", "wrong", "successes", "of_other_releases")
    counts = dict.fromkeys(names, 0)
    # Both streams are in the order of the decisions: effects that were done are found without holding them all.
    done = reading.intents(f"workflow:{workflow}", state=IntentState.DONE, since_entry=first)
    newest = next(done, None)
    for case in reading.decisions(workflow, since_entry=first, until_entry=last):
        applied = newest is not None and newest.key == case.key
        if applied:
            newest = next(done, None)
        counts["cases"] += 1
        counts["of_other_releases"] += case.release != release
        for name in _what_became(case, applied=applied):
            counts[name] += 1
    return counts


def _what_became(case: DecisionRow, *, applied: bool) -> tuple[str, ...]:
    became = []
    known = case.wrong is not None
    if applied:
        became.append("applied")
    if case.verb == "review":
        became.append("reviewed")
    if case.verb == "review" and case.wrong:
        became.append("overridden")
    if known:
        became.append("labelled")
    if case.wrong:
        became.append("wrong")
    if (applied and not case.wrong) or (case.verb == "review" and known):
        became.append("successes")
    return tuple(became)
