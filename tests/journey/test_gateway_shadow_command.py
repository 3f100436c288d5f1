"""`interlock gateway shadow`, as an owner reads it who wants to know whether a cheaper model will do."""

import datetime as dt

from commandline import Run
from interlock.engine.timestamp import stamp
from interlock.flows.gateway.evidence.rows import kept_row, row_of
from interlock.terms.gateway.trace import Attempt
from interlock.wiring.run_time import open_address
from made_traffic import SEGMENT, accepted, outcome

ANSWERED = (Attempt("eu", "candidate", "eu", 100.0, status=200),)


def put(n: int) -> None:
    """Requests of a moment ago with their shadows, of which all but the first said the same."""
    opened = open_address("store.db")
    at = stamp(opened.clock() - dt.timedelta(seconds=1))
    rows = [row_of(accepted(f"r{one}", at, "triage", None), outcome(f"r{one}", at), SEGMENT) for one in range(n)]
    for one in range(n):
        told = outcome(
            f"r{one}-shadow",
            at,
            attempts=ANSWERED,
            latency_ms=320.0,
            cost_micro_usd=655,
            shadow_of=f"r{one}",
            shadow_agrees=one > 0,
        )
        rows.append(row_of(accepted(f"r{one}-shadow", at, "triage", None, model="candidate"), told, SEGMENT))
    with opened.store.transaction() as tx:
        tx.load_traffic([kept_row(row) for row in rows])
    opened.close()


def test_an_owner_sees_what_the_shadow_tells_and_whether_it_is_enough(run: Run) -> None:
    put(0)
    assert "No request had a shadow in 7 days" in " ".join(run("gateway", "shadow", "--store", "store.db").out.split())
    put(20)
    told = run("gateway", "shadow", "--store", "store.db")
    assert told.status == 0
    words = " ".join(told.out.split())
    assert "triage: small and its shadow candidate, 20 requests" in words
    assert "agreement: 95.0 % (19 of 20; 95 % interval 75.1 % to 99.9 %); not enough to tell" in words
    assert "small: USD 0.026, median 640 ms, 95 of 100 640 ms" in words
    assert "candidate: USD 0.013, median 320 ms, 95 of 100 320 ms" in words
    found = run("gateway", "shadow", "--store", "store.db", "--json").json["compared"]
    assert [(one["agreed"], one["compared"], one["tells"]) for one in found] == [(19, 20, False)]
    other = run("gateway", "shadow", "--store", "store.db", "--workflow", "other")
    assert (other.status, "there is no workflow 'other'" in other.said) == (2, True)
