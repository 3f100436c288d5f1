"""Record what was spent in a period as evidence."""

import math

from interlock.engine.rollout.people import known_as
from interlock.engine.timestamp import stamp
from interlock.flows.measure.period_of import check_once, check_period
from interlock.flows.rollout.attest import attest_in
from interlock.flows.rollout.known import known_row
from interlock.ports.clock import Clock
from interlock.ports.store import Store
from interlock.terms.errors import BadInput
from interlock.terms.evidence import Evidence, EvidenceClass
from interlock.terms.measured import Bucket
from interlock.terms.person import Person

USD_MAX = 1e12  # more than any of them spends: a slip of the keys, and sums of it would be no numbers


def record_expense(
    store: Store,
    workflow: str,
    bucket: Bucket,
    amount_usd: float,
    *,
    period: tuple[str, str],
    source: str,
    by: Person,
    clock: Clock,
) -> Evidence:
    """One amount of one bucket over a period (first and last day). The same source counts a day once.

    Raises BadInput for an unknown workflow, an amount that is none, a period that is on record from this source.
    """
    if not known_as(by.name) or not source.strip():
        raise BadInput("say who records it (--as) and where the amount is from (--source): both are recorded")
    if not math.isfinite(amount_usd) or not 0 <= amount_usd <= USD_MAX:
        raise BadInput(f"an amount of {amount_usd:g} USD cannot be spent; give 0 to {USD_MAX:g}")
    start, end = period
    with store.transaction() as tx:
        now = clock()
        row = known_row(tx, workflow)
        check_period(start, end, today=now.date())
        known = [
            (item.body["period_start"], item.body["period_end"])
            for item in tx.evidence(workflow)
            # However it is written: another spelling of a source counted its days twice.
            if item.kind == "expense" and item.body["bucket"] == bucket and known_as(item.source) == known_as(source)
        ]
        check_once(start, end, known, what=f"'{bucket}' from {source}")
        body = {"bucket": bucket, "amount_usd": amount_usd, "period_start": start, "period_end": end, "by": by.name}
        return attest_in(
            tx, workflow, release=row.release, kind="expense", evidence_class=EvidenceClass.SOURCE, source=source,
            body=body, at=stamp(now),
        )  # fmt: skip
