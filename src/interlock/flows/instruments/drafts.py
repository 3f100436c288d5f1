"""Answers that somebody is still writing: kept beside the ledger, where they can be erased, until they are given.

A draft is no answer, so it is no entry: what is crossed out is gone, and nobody's opinion of an hour is kept for good.
All drafts of one sheet lie together, so that whoever writes sees what the others write.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from interlock.engine.instruments.scales import answer_of, item_of, said_value
from interlock.engine.instruments.subjects import check_subject
from interlock.engine.rollout.people import known_as
from interlock.engine.timestamp import stamp
from interlock.flows.instruments import draft_list
from interlock.flows.instruments.draft_book import kept_drafts, sheet_name, written_drafts
from interlock.flows.rollout.known import known_row
from interlock.ports.clock import Clock
from interlock.ports.store import Reading, Store
from interlock.terms.errors import BadInput
from interlock.terms.instrument import Answer, Draft, Drafted, Instrument, Scale
from interlock.terms.person import Person

WORDS_MAX = 4_000
EVIDENCE_MAX = 20
WRITERS_MAX = 50
DIGEST_MAX = 200


@dataclass(frozen=True, slots=True)
class Saved:
    """The draft as it is kept now. `clashes` were changed elsewhere since the version that the writer saw: they stay
    as they are kept, and what was written about them here was not taken.
    """

    draft: Draft
    clashes: Mapping[str, Drafted]


def save_draft(
    store: Store,
    instrument: Instrument,
    subject: str,
    changes: Mapping[str, Answer],
    *,
    by: Person,
    version: int,
    clock: Clock,
) -> Saved:
    """Keep what one person wrote, by item, who had seen `version` of their draft. What is empty is taken back.

    Raises BadInput for an unknown item or workflow, a value off the scale, and what is too long: nothing is kept then.
    """
    _check(instrument, subject, changes, by)
    with store.transaction() as tx:
        if instrument.about == "workflow":
            known_row(tx, subject)
        name = sheet_name(instrument, subject)
        drafts = kept_drafts(tx.take_secret(name))
        saved = _merged(drafts.get(known_as(by.name), Draft(by.name)), changes, version, clock())
        if saved.draft.version:
            drafts[known_as(by.name)] = saved.draft
        if len(drafts) > WRITERS_MAX:
            raise BadInput(f"{WRITERS_MAX} people are writing on this sheet; one of them has to give or drop theirs")
        if drafts:
            tx.keep_secret(name, written_drafts(drafts))
        if saved.draft.written:
            draft_list.note(tx, by, instrument.id, subject, saved.draft.at)
        else:
            draft_list.drop(tx, by, instrument.id, subject)
    return saved


def _merged(mine: Draft, changes: Mapping[str, Answer], version: int, now: dt.datetime) -> Saved:
    changed = {item: one for item, one in changes.items() if _of(mine, item) != one}
    newer = {item: one for item, one in mine.items.items() if one.version > version}
    clashes = {item: newer[item] for item in changed if item in newer}
    # Not counted from 1: a window that still shows a draft given long ago must not pass for the newest.
    following = max(mine.version + 1, int(now.timestamp() * 1000))
    taken = {item: Drafted(one, stamp(now), following) for item, one in changed.items() if item not in clashes}
    if taken:
        mine = Draft(mine.by, following, stamp(now), {**mine.items, **taken})
    return Saved(mine, clashes)


def drafts_of(reading: Reading, instrument: Instrument, subject: str) -> tuple[Draft, ...]:
    """Everybody's drafts of one sheet, by name."""
    return tuple(sorted(kept_drafts(reading.secret(sheet_name(instrument, subject))).values(), key=lambda one: one.by))


def draft_of(reading: Reading, instrument: Instrument, subject: str, by: Person) -> Draft:
    """One person's draft; an empty one where they wrote nothing."""
    found = kept_drafts(reading.secret(sheet_name(instrument, subject)))
    return found.get(known_as(by.name), Draft(by.name))


def drop_draft(store: Store, instrument: Instrument, subject: str, *, by: Person) -> bool:
    """Erase one person's draft; whether there was one."""
    with store.transaction() as tx:
        name = sheet_name(instrument, subject)
        drafts = kept_drafts(tx.take_secret(name))
        gone = drafts.pop(known_as(by.name), None)
        if drafts:
            tx.keep_secret(name, written_drafts(drafts))
        if gone is not None:
            draft_list.drop(tx, by, instrument.id, subject)
    return gone is not None


def _check(instrument: Instrument, subject: str, changes: Mapping[str, Answer], by: Person) -> None:
    if not known_as(by.name):
        raise BadInput("say who writes: the name may not be empty")
    check_subject(subject)
    for item, one in changes.items():
        item_of(instrument, item)
        if one.value is not None and instrument.scale is not Scale.TEXT:
            answer_of(instrument, item, said_value(instrument.scale, one.value))
        if len(one.words) > WORDS_MAX:
            raise BadInput(f"{item}: {len(one.words):,} characters are too many; shorten it to {WORDS_MAX:,}")
        if len(one.evidence) > EVIDENCE_MAX or any(len(digest) > DIGEST_MAX for digest in one.evidence):
            raise BadInput(f"{item}: cite at most {EVIDENCE_MAX} pieces of evidence, each by its digest")


def _of(draft: Draft, item: str) -> Answer:
    return draft.items[item].answer if item in draft.items else Answer(item, None)
