"""Cases that the product itself decided, and what it recorded of each: a bulk of history is made of copies of them."""

import datetime as dt
import itertools
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from interlock.engine.timestamp import moment, stamp
from interlock.flows.action.act import act, shadow
from interlock.flows.action.observe import observe
from interlock.flows.action.runtime import RunTime
from interlock.flows.ledger.content import keep_text
from interlock.flows.review.decide import close_review
from interlock.flows.rollout.define import define
from interlock.terms.decision import Proposal, Verb
from interlock.terms.person import Person
from interlock.terms.review import ReviewKind
from runtime.governed import DEFINITION, NAME, Instant, opened, promoted

STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
KEY = "case-that-is-copied"
AUDIT_SHARE = 0.5
MESSAGE = "The parcel was left at the door, and half of what I ordered is missing. What shall I do now?"
REVIEWER = Person("Dev Patel")


@dataclass(frozen=True, slots=True)
class Mark:
    """What was recorded of one case, in text that is cut where its key, workflow, release and times stand."""

    name: str
    records: tuple[tuple[str, str, bytes | None], ...]  # kind, record with marks in it, what may be erased
    after_s: tuple[float, ...]  # from the proposal to each time that stands in the records
    text: tuple[str, str]  # digest and text of the case

    def copy(self, key: str, workflow: str, release: str, at: dt.datetime) -> list[tuple[str, str, Mapping[str, Any]]]:
        """(kind, record, body) of each entry for another case at another time."""
        times = [stamp(at + dt.timedelta(seconds=after)) for after in self.after_s]
        made = []
        for kind, record, _ in self.records:
            text = record.replace("\1", key).replace("\2", workflow).replace("\3", release)
            for number, time in enumerate(times):
                text = text.replace(f"\4{number:03d}", time)
            made.append((kind, text, json.loads(text)))
        return made


def marks(folder: Path) -> dict[str, Mark]:
    """One of each way that a case can go, from a store of their own in this folder."""
    with opened(str(folder / "marks.db")) as rt:
        release = promoted(rt, replace(DEFINITION, rollout=replace(DEFINITION.rollout, audit_share=AUDIT_SHARE)))
        numbers = itertools.count()
        return {
            "applied": _applied(rt, release, numbers, audited=False),
            "audited": _applied(rt, release, numbers, audited=True),
            "shadow": _shadow(folder),
            "reviewed": _mark(rt, "reviewed", release, f"{KEY}-reviewed", lambda key: _reviewed(rt, release, key)),
            "waiting": _mark(rt, "waiting", release, f"{KEY}-waiting", lambda key: _asked(rt, release, key)),
        }


def _applied(rt: RunTime, release: str, numbers: "itertools.count[int]", *, audited: bool) -> Mark:
    """Until chance chose as it is wanted."""
    for number in numbers:
        key = f"{KEY}-{number}"
        first = _length(rt)
        acted = act(rt, Instant(), NAME, _proposal(rt, release, key, 0.95))
        if acted.decision.verb is Verb.APPLY and acted.decision.audited is audited:
            if audited:
                close_review(
                    rt.store, NAME, key, ReviewKind.AUDIT, label="billing", by=REVIEWER, clock=rt.clock,
                    randomness=rt.randomness,
                )  # fmt: skip
            return _read(rt, "audited" if audited else "applied", release, key, first)
    raise AssertionError("there is always another number")


def _mark(rt: RunTime, name: str, release: str, key: str, happens: Callable[[str], None]) -> Mark:
    first = _length(rt)
    happens(key)
    return _read(rt, name, release, key, first)


def _shadow(folder: Path) -> Mark:
    """Of a workflow that nothing was granted to: it is only compared with what people decide."""
    with opened(str(folder / "shadow.db")) as rt:
        applied = define(
            rt.store, DEFINITION, by=Person("Carla Nunes"), code_version="1", clock=rt.clock, randomness=rt.randomness
        )
        release = applied.release.digest
        return _mark(rt, "shadow", release, KEY, lambda key: _in_shadow(rt, release, key))


def _in_shadow(rt: RunTime, release: str, key: str) -> None:
    shadow(rt, NAME, [_proposal(rt, release, key, 0.95)])
    observe(rt.store, NAME, key, label="billing", by="people", clock=rt.clock)


def _asked(rt: RunTime, release: str, key: str) -> None:
    act(rt, Instant(), NAME, _proposal(rt, release, key, 0.31))


def _reviewed(rt: RunTime, release: str, key: str) -> None:
    _asked(rt, release, key)
    close_review(
        rt.store, NAME, key, ReviewKind.DECISION, label="billing", by=REVIEWER, clock=rt.clock,
        randomness=rt.randomness,
    )  # fmt: skip


def _proposal(rt: RunTime, release: str, key: str, confidence: float) -> Proposal:
    with rt.store.transaction() as tx:
        content = keep_text(tx, key, MESSAGE, at=stamp(rt.clock()))
    return Proposal(key, release, "billing", confidence, content)


def _length(rt: RunTime) -> int:
    with rt.store.reading() as reading:
        return reading.last_entry() + 1


def _read(rt: RunTime, name: str, release: str, key: str, first: int) -> Mark:
    import sqlite3

    with sqlite3.connect(rt.store.path) as db:  # type: ignore[attr-defined]  # records as they lie in the file
        rows = db.execute(
            "SELECT kind, record, payload FROM ledger WHERE entry >= ? ORDER BY entry", (first,)
        ).fetchall()
        text = db.execute("SELECT digest, text FROM payload WHERE key = ?", (key,)).fetchone()
    db.close()
    began = moment(json.loads(rows[0][1])["at"])
    times = sorted({time for _, record, _ in rows for time in STAMP.findall(record.decode())})
    records = tuple((kind, _cut(record.decode(), key, release, times), payload) for kind, record, payload in rows)
    return Mark(name, records, tuple((moment(time) - began).total_seconds() for time in times), text)


def _cut(record: str, key: str, release: str, times: list[str]) -> str:
    text = record.replace(key, "\1").replace(release, "\3").replace(f'"workflow":"{NAME}"', '"workflow":"\2"')
    for number, time in enumerate(times):
        text = text.replace(time, f"\4{number:03d}")
    return text
