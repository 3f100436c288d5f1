"""Erase what is kept of cases: records, digests and proofs stay, and the ledger says what was erased and by whom."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from interlock.engine.rollout.definition import definition_of
from interlock.engine.rollout.people import known_as
from interlock.engine.timestamp import stamp
from interlock.flows.erasure.needed import still_needed
from interlock.flows.ledger.record import record
from interlock.ports.clock import Clock
from interlock.ports.contents import CaseContent
from interlock.ports.store import Reading, Store, Transaction
from interlock.terms.erasure import Erased, KeptCase
from interlock.terms.errors import BadInput
from interlock.terms.person import Person

BATCH = 256
KEPT_SHOWN = 20
LATEST = "9"  # behind every time that is recorded


@dataclass(frozen=True, slots=True)
class Order:
    """Who has content erased, why, and when. With `dry_run` nothing is written."""

    by: Person
    reason: str
    now: dt.datetime
    dry_run: bool

    def before(self, days: int) -> str:
        """The time that was so many days ago."""
        return stamp(self.now - dt.timedelta(days=days))


@dataclass(slots=True)
class _Batch:
    """What can be erased of some cases, which of them still need theirs, and whose records hold content."""

    found: list[tuple[str, CaseContent]] = field(default_factory=list)
    kept: list[KeptCase] = field(default_factory=list)
    in_records: int = 0


def ordered(by: Person, reason: str, clock: Clock, *, dry_run: bool = False) -> Order:
    """An order to erase. Raises BadInput where the name or the reason is blank."""
    if not known_as(by.name) or not reason.strip():
        raise BadInput("say who erases, and why: --as NAME --reason WHY")
    return Order(by, reason.strip(), clock(), dry_run)


def erase_case(store: Store, key: str, order: Order) -> Erased:
    """Erase what is kept of one case.

    Raises BadInput where somebody may still need it, and where nothing of such a case is kept.
    """
    with store.reading() as reading:
        row = reading.decision(key)
        workflow = None if row is None else row.workflow
        undo_days = _undo_days(reading, workflow)
        beside = {key: list(_beside(reading, workflow, key, row.entry))} if row is not None and workflow else {}
    done = _erase(store, workflow, [key], beside, undo_days, order)
    if done.kept:
        raise BadInput(f"the content of case '{key}' is not erased: {done.kept[0].reason}")
    if not done.cases:
        reason = "no such case was decided" if row is None else "it was erased before, or there never was any"
        if done.in_records:
            reason = "what its records of ledger format 1 hold stays in them"
        raise BadInput(f"nothing is kept of case '{key}': {reason}")
    return _purged(store, done)


def erase_older(
    store: Store, workflow: str, days: int, order: Order, *, cases_max: int | None = None, purge: bool = True
) -> Erased:
    """Erase what is kept of the cases that a workflow decided more than so many days ago, unless it is needed.

    At most `cases_max` cases are looked at, the oldest first. Without `purge` the caller purges the store afterwards.
    Raises BadInput for an unknown workflow. What was erased by then stays erased where it is stopped on the way.
    """
    done = _older(store, workflow, days, order, cases_max)
    return _purged(store, done) if purge else done


def erase_due(store: Store, order: Order, *, workflow: str | None = None) -> Erased:
    """The same for every workflow, or one, whose definition says how long content is kept (`retention_days`).

    Where all of them say so, also the texts of cases that were never decided. Raises BadInput where none says so.
    """
    with store.reading() as reading:
        kept = {row.name: definition_of(row.definition).retention_days for row in reading.workflows()}
    due = {name: days for name, days in kept.items() if days is not None and workflow in {None, name}}
    if not due:
        raise BadInput("no definition says how long content is kept: write `retention_days`, or say --older-than DAYS")
    done = Erased(dry_run=order.dry_run)
    for name, days in due.items():
        done = _sum(done, _older(store, name, days, order))
    if len(due) == len(kept):
        done = _sum(done, _of_no_case(store, max(due.values()), order))
    return _purged(store, done)


def _older(store: Store, workflow: str, days: int, order: Order, cases_max: int | None = None) -> Erased:
    before, done, since = order.before(days), Erased(dry_run=order.dry_run), 0
    beside: dict[str, list[int]] = defaultdict(list)
    with store.reading() as reading:
        undo_days = _undo_days(reading, workflow)
        # A look at some cases counts cases: what lies beside all of them may be far more than they.
        look = () if order.dry_run and cases_max is not None else reading.content_beside(workflow, before=before)
        for entry in look:
            beside[str(entry.body.get("key"))].append(entry.index)
    left_to_look = cases_max
    while True:
        limit = BATCH if left_to_look is None else min(BATCH, left_to_look)
        if not limit:
            return replace(done, is_cut=True)
        with store.reading() as reading:
            cases = reading.cases_with_content(workflow, before=before, since=since, limit=limit)
        if not cases:
            break
        left_to_look = None if left_to_look is None else left_to_look - len(cases)
        since = cases[-1][1] + 1
        keys = [key for key, _ in cases]
        done = _sum(done, _erase(store, workflow, keys, beside, undo_days, order))
        for key in keys:
            beside.pop(key, None)
    # What is left beside cases came after they were erased, such as the note of a later review.
    left = list(beside)
    for start in range(0, len(left), BATCH):
        done = _sum(done, _erase(store, workflow, left[start : start + BATCH], beside, undo_days, order))
    return done


def _of_no_case(store: Store, days: int, order: Order) -> Erased:
    done = Erased(dry_run=order.dry_run)
    while True:
        with store.reading() as reading:
            keys = reading.texts_of_no_case(before=order.before(days), limit=BATCH)
        done = _sum(done, _erase(store, None, keys, {}, 0, order))
        if order.dry_run or len(keys) < BATCH:
            return done


def _erase(
    store: Store,
    workflow: str | None,
    keys: Sequence[str],
    beside: Mapping[str, Sequence[int]],
    undo_days: int,
    order: Order,
) -> Erased:
    """Look who needs it, record what is erased, and erase it: in one transaction."""
    if order.dry_run:
        with store.reading() as reading:
            batch = _batch(reading, keys, beside, undo_days, order.now)
    else:
        with store.transaction() as tx:
            batch = _batch(tx, keys, beside, undo_days, order.now)
            if batch.found:
                _record(tx, workflow, batch, order)
                entries = [entry for _, content in batch.found for entry in content.entries]
                tx.erase(entries, [key for key, _ in batch.found])
    return Erased(
        cases=len(batch.found),
        payloads=sum(len(content.entries) for _, content in batch.found),
        texts=sum(len(content.texts) for _, content in batch.found),
        n_kept=len(batch.kept),
        kept=tuple(batch.kept),
        in_records=batch.in_records,
        dry_run=order.dry_run,
    )


def _batch(
    reading: Reading, keys: Sequence[str], beside: Mapping[str, Sequence[int]], undo_days: int, now: dt.datetime
) -> _Batch:
    batch = _Batch()
    for key in keys:
        own = reading.content_of(key)
        content = replace(own, entries=tuple(sorted({*own.entries, *beside.get(key, ())})))
        in_record = _is_in_record(reading, key)
        if content.is_gone:
            batch.in_records += in_record
            continue
        needed = still_needed(reading, key, undo_days=undo_days, now=now)
        if needed:
            batch.kept.append(KeptCase(key, needed))
        else:
            batch.found.append((key, content))
            batch.in_records += in_record
    return batch


def _record(tx: Transaction, workflow: str | None, batch: _Batch, order: Order) -> None:
    body: dict[str, Any] = {
        **({} if workflow is None else {"workflow": workflow}),
        "by": order.by.name,
        "authenticated": order.by.authenticated,
        "reason": order.reason,
        "cases": [{"key": key, "entries": content.entries, "texts": content.texts} for key, content in batch.found],
    }
    record(tx, "payload.erased", body, at=stamp(order.now))


def _undo_days(reading: Reading, workflow: str | None) -> int:
    if workflow is None:
        return 0
    row = reading.workflow(workflow)
    if row is None:
        raise BadInput(f"there is no workflow '{workflow}'")
    return definition_of(row.definition).undo_days


def _beside(reading: Reading, workflow: str, key: str, since: int) -> Iterator[int]:
    for entry in reading.content_beside(workflow, before=LATEST, since=since):
        if entry.body.get("key") == key:
            yield entry.index


def _is_in_record(reading: Reading, key: str) -> bool:
    """Whether the record itself of the intent holds the state before the effect, as in ledgers of format 1."""
    intent = reading.intent(key)
    entry = None if intent is None else next(reading.entries(intent.entry, intent.entry + 1), None)
    return entry is not None and "before" in entry.body


def _purged(store: Store, done: Erased) -> Erased:
    return done if done.dry_run else replace(done, is_purged=store.purge())


def _sum(one: Erased, other: Erased) -> Erased:
    return replace(
        one,
        cases=one.cases + other.cases,
        payloads=one.payloads + other.payloads,
        texts=one.texts + other.texts,
        n_kept=one.n_kept + other.n_kept,
        kept=(*one.kept, *other.kept)[:KEPT_SHOWN],
        in_records=one.in_records + other.in_records,
    )
