"""Which instruments there are, what each is for, and whom it was answered about."""

from collections.abc import Sequence
from dataclasses import dataclass

from interlock.flows.instruments.draft_list import Listed
from interlock.surfaces.web.cells import Link, Moment, Words
from interlock.surfaces.web.instruments.reach import address_of, is_seen
from interlock.surfaces.web.site import Site
from interlock.surfaces.web.tables import Column, Filter, Table
from interlock.surfaces.web.visitor import Visitor
from interlock.terms.access import EVERYWHERE
from interlock.terms.instrument import Instrument, Sheet
from interlock.terms.words import plural

ABOUT = {"workflow": "a workflow", "vendor": "a vendor", "organisation": "the organisation", "person": "a person"}
SCALES = {"1-5": "1 to 5", "ready": "ready or not", "present": "present or not", "text": "in words"}
CHOICES_MAX = 100  # more workflows than that are typed, not chosen from a list


@dataclass(frozen=True, slots=True)
class Offered:
    """One instrument; of how many it was answered as far as a visitor may see, and the newest of those sheets."""

    instrument: Instrument
    subjects: int
    newest: Sheet | None


@dataclass(frozen=True, slots=True)
class Answered:
    """Whom one instrument was answered about: how many of its items, in how many sheets, and the newest."""

    instrument: Instrument
    items: int
    sheets: int
    newest: Sheet


def offered(here: Site, who: Visitor) -> tuple[Offered, ...]:
    """Every instrument by its title."""
    newest = here.sheets.newest()
    rows = []
    for one in here.packs.instruments:
        seen = [sheet for sheet in newest if sheet.instrument == one.id and is_seen(who, one, sheet)]
        rows.append(Offered(one, len(seen), seen[0] if seen else None))
    return tuple(sorted(rows, key=lambda row: row.instrument.title))


def answered(here: Site, who: Visitor, instrument: Instrument) -> tuple[Answered, ...]:
    """By subject, those that were answered last first."""
    rows = []
    for every in here.sheets.about(instrument.id):
        seen = [one for one in every if is_seen(who, instrument, one)]
        if seen:
            items = {answer.item for sheet in seen for answer in sheet.answers}
            rows.append(Answered(instrument, len(items), len(seen), seen[-1]))
    return tuple(sorted(rows, key=lambda row: row.newest.entry, reverse=True))


def catalogue_title(rows: Sequence[Offered], drafts: Sequence[Listed]) -> str:
    """What there is to do here."""
    used = sum(row.newest is not None for row in rows)
    said = f"{used} of {plural(len(rows), 'instrument')} answered"
    return f"{said}; {plural(len(drafts), 'draft')} of yours to finish" if drafts else said


OFFERED: Table[Offered] = Table(
    address="/instruments",
    caption="Instruments",
    empty="No instruments are installed: they come with the product.",
    columns=(
        Column(
            "title",
            "Instrument",
            lambda row: row.instrument.title,
            lambda row: Link(
                row.instrument.title, f"/instruments/{row.instrument.id}", row.instrument.purpose.replace("`", "")
            ),
        ),
        Column("about", "About", lambda row: ABOUT[row.instrument.about]),
        Column(
            "items",
            "Items",
            lambda row: len(row.instrument.items),
            lambda row: Words(str(len(row.instrument.items)), SCALES[row.instrument.scale]),
            numeric=True,
        ),
        Column("subjects", "Answered about", lambda row: row.subjects, numeric=True),
        Column(
            "newest",
            "Answered last",
            lambda row: row.newest and row.newest.at,
            lambda row: Words("not yet") if row.newest is None else Moment(row.newest.at),
        ),
        Column(
            "newest_by",
            "By",
            lambda row: row.newest and row.newest.by,
            lambda row: Words("") if row.newest is None else Words(row.newest.by, row.newest.subject),
        ),
    ),
    filters=(Filter("about", "About", lambda row, kind: row.instrument.about == kind, tuple(ABOUT.items())),),
)


def answered_table(instrument: Instrument) -> Table[Answered]:
    """Whom one instrument was answered about."""
    return Table(
        address=f"/instruments/{instrument.id}",
        caption="Answered about",
        empty=f"Nobody answered it yet. Choose {ABOUT[instrument.about]} above and begin.",
        columns=(
            Column(
                "subject",
                instrument.about.capitalize(),
                lambda row: row.newest.subject,
                lambda row: Link(row.newest.subject, address_of(row.newest.instrument, row.newest.subject, "result")),
            ),
            Column("items", f"Items of {len(instrument.items)}", lambda row: row.items, numeric=True),
            Column("sheets", "Sheets", lambda row: row.sheets, numeric=True),
            Column("newest", "Answered last", lambda row: row.newest.at, lambda row: Moment(row.newest.at)),
            Column("newest_by", "By", lambda row: row.newest.by),
            Column(
                "entry",
                "On record",
                lambda row: row.newest.entry,
                lambda row: Link(f"entry {row.newest.entry:,}", f"/ledger/{row.newest.entry}"),
                numeric=True,
            ),
        ),
        filters=(Filter("q", "Name", lambda row, text: text.casefold() in row.newest.subject.casefold()),),
    )


def choices(here: Site, who: Visitor, instrument: Instrument) -> tuple[str, ...]:
    """Whom a visitor could answer it about, where that is known; () where a name has to be typed."""
    portfolio = here.board.portfolio()
    if instrument.about == "person":
        return (who.name,)
    if instrument.about == "organisation":
        named = {portfolio.organisation.name} if portfolio.organisation else set()
        return tuple(named) if who.may("instrument", "answer") else ()
    every = (one.definition for one in portfolio.standings)
    whole = who.scopes("instrument", "answer") == (EVERYWHERE,)
    reached = [one for one in every if whole or who.may("instrument", "answer", workflow=one.name)]
    if instrument.about == "vendor":
        named = {vendor.name for one in reached for vendor in one.initiative.vendors}
    else:
        named = {one.name for one in reached}
    return tuple(sorted(named)) if len(named) <= CHOICES_MAX else ()
