"""Give the answers of a draft: they are on record then, and the draft is gone."""

from dataclasses import dataclass

from interlock.engine.rollout.people import known_as, same_person
from interlock.engine.timestamp import stamp
from interlock.flows.instruments import draft_list
from interlock.flows.instruments.answer import answer_within, as_given
from interlock.flows.instruments.draft_book import kept_drafts, sheet_name, written_drafts
from interlock.flows.instruments.scored import sheets
from interlock.ports.clock import Clock
from interlock.ports.store import Reading, Store
from interlock.terms.errors import BadInput
from interlock.terms.instrument import Draft, Instrument, Scale, Sheet
from interlock.terms.person import Person


@dataclass(frozen=True, slots=True)
class Given:
    """`sheet` as recorded; None where something came in between, and then nothing was recorded.

    `newer` are the sheets that others gave since the one that the writer saw; `draft` is theirs where they went on
    writing elsewhere.
    """

    sheet: Sheet | None = None
    newer: tuple[Sheet, ...] = ()
    draft: Draft | None = None


def give_draft(
    store: Store, instrument: Instrument, subject: str, *, by: Person, version: int, seen: int, clock: Clock
) -> Given:
    """Record the answers of a person's draft, of which they saw `version`, beside the sheet of entry `seen`.

    Raises BadInput where nothing is written, a value is missing, or evidence does not hold: the draft stays then.
    """
    with store.transaction() as tx:
        name = sheet_name(instrument, subject)
        drafts = kept_drafts(tx.take_secret(name))
        mine = drafts.pop(known_as(by.name), Draft(by.name))
        newer = newer_than(tx, instrument, subject, seen, by)
        if newer or mine.version != version:
            if kept := {**drafts, **({known_as(by.name): mine} if mine.version else {})}:
                tx.keep_secret(name, written_drafts(kept))
            return Given(newer=newer, draft=mine if mine.version != version else None)
        if unfinished := unfinished_of(instrument, mine):
            raise BadInput(f"answer these too, or leave them empty: {', '.join(unfinished)}")
        answers = {item: as_given(instrument, one) for item, one in mine.written.items()}
        sheet = answer_within(tx, instrument, subject, answers, by=by, at=stamp(clock()))
        if drafts:
            tx.keep_secret(name, written_drafts(drafts))
        draft_list.drop(tx, by, instrument.id, subject)
    return Given(sheet)


def newer_than(reading: Reading, instrument: Instrument, subject: str, seen: int, by: Person) -> tuple[Sheet, ...]:
    """The sheets of this subject behind entry `seen`. About a person everybody answers for themselves: their own."""
    newer = sheets(reading, instrument, subject, since=seen + 1)
    return tuple(one for one in newer if instrument.about != "person" or same_person(one.by, by.name))


def unfinished_of(instrument: Instrument, draft: Draft) -> tuple[str, ...]:
    """Titles of items about which something is written, but no answer."""
    in_words = instrument.scale is Scale.TEXT
    bare = {
        item for item, one in draft.written.items() if not (one.words.strip() if in_words else one.value is not None)
    }
    return tuple(item.title for item in instrument.items if item.id in bare)
