"""The store that the pages are timed on is one that the product could have written."""

import datetime as dt
from pathlib import Path

from interlock.flows.ledger.verify import verify
from pages.history import Size, make
from runtime.governed import opened, utc


def test_a_made_history_is_verified_and_as_large_as_was_asked(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    make(path, Size(workflows=3, decisions=130, open_reviews=10), now=utc(), told=lambda _: None)

    with opened(str(path)) as rt, rt.store.reading() as reading:
        rows = [row for workflow in reading.workflows() for row in reading.decisions(workflow.name)]
        waiting = reading.queue(limit=100)
        verbs = {str(row.verb) for row in rows}
        text = reading.content_of(waiting[0].key)
        checked = verify(rt.store)

    assert (len(rows), len(waiting), checked.faults) == (130, 10, ())
    assert verbs == {"apply", "review", "shadow"}
    assert max(row.at for row in rows) < utc().isoformat() < waiting[-1].due_at
    assert utc() - dt.datetime.fromisoformat(rows[0].at) > dt.timedelta(days=300)
    assert text is not None
