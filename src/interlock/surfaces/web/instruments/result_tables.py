"""The tables of a result: items, history, and how peers see a person."""

from urllib.parse import quote

from interlock.engine.instruments.peers import Seen
from interlock.engine.instruments.scoring import ItemScore
from interlock.engine.instruments.told import total_words
from interlock.surfaces.web.cells import Cell, Link, Measure, Moment, Status, Words
from interlock.surfaces.web.instruments.reach import About
from interlock.surfaces.web.instruments.result import Row, Then
from interlock.surfaces.web.tables import Column, Table


def items_table(on: About) -> Table[Row]:
    """Items with answers and what stands behind them."""
    return Table(
        address=f"/instruments/{on.instrument.id}/result",
        caption="Items",
        empty="The instrument has no items.",
        fixed={"subject": on.subject},
        page_rows=200,
        columns=(
            Column("item", "Item", lambda row: row.score.title),
            Column("answer", "Answer", lambda row: row.answer, _answer_cell),
            Column("counts", "Counts as", lambda row: _range(row.score), numeric=True),
            Column("state", "What stands behind it", lambda row: row.state.word, lambda row: Status(row.state)),
            Column("evidence", "Evidence", _evidence, _evidence_cell, sortable=False),
            Column("records", "Records say", lambda row: row.score.measured.says if row.score.measured else ""),
            Column("by", "By", lambda row: row.score.given.by if row.score.given else None),
            Column(
                "at",
                "When",
                lambda row: row.score.given.at if row.score.given else None,
                lambda row: Moment(row.score.given.at) if row.score.given else Words(""),
            ),
            Column(
                "entry",
                "On record",
                lambda row: row.score.given.entry if row.score.given else None,
                lambda row: (
                    Link(f"entry {row.score.given.entry:,}", f"/ledger/{row.score.given.entry}")
                    if row.score.given
                    else Words("")
                ),
                numeric=True,
            ),
        ),
    )


def history_table(on: About) -> Table[Then]:
    """What the answers came to, over time."""
    return Table(
        address=f"/instruments/{on.instrument.id}/history",
        caption="History",
        empty="Nothing was answered yet: the first sheet begins the history.",
        fixed={"subject": on.subject},
        columns=(
            Column("at", "When", lambda row: row.score.at, lambda row: Moment(row.score.at)),
            Column("by", "By", lambda row: row.by),
            Column(
                "total",
                "Total",
                lambda row: total_words(row.score) if row.score.best else None,
                lambda row: Measure(total_words(row.score), f"of {row.score.best}") if row.score.best else Words(""),
                numeric=True,
            ),
            Column("band", "Which means", lambda row: row.score.band),
            Column("changed", "What changed", lambda row: row.changed),
            Column(
                "entry",
                "On record",
                lambda row: row.entry,
                lambda row: Link(f"entry {row.entry:,}", f"/ledger/{row.entry}"),
                numeric=True,
            ),
        ),
    )


def peers_table(on: About) -> Table[Seen]:
    """How a person sees themself, and how peers see them."""
    return Table(
        address=f"/instruments/{on.instrument.id}/peers",
        caption="Own view and peers'",
        empty="Nobody answered yet: the person and their peers each answer in their own name.",
        fixed={"subject": on.subject},
        columns=(
            Column("title", "Area", lambda row: row.title),
            Column("own", "Own", lambda row: row.own, lambda row: Words("–" if row.own is None else str(row.own)),
                   numeric=True),
            Column("mean", "Peers", lambda row: row.mean, _peers_cell, numeric=True),
            Column("n", "Peers who answered", lambda row: row.n, numeric=True),
            Column("reading", "Reads as", lambda row: row.reading),
            Column("weight", "Weighs", lambda row: row.weight, lambda row: Words(f"{row.weight:g}"), numeric=True),
        ),
    )  # fmt: skip


def _answer_cell(row: Row) -> Cell:
    given = row.score.given
    if given is None:
        return Words("–")
    return Words(row.answer, "" if given.answer.value is None else given.answer.words)


def _range(one: ItemScore) -> str | None:
    if one.high == 0 and one.low == 0 and (one.given is None or one.given.answer.value is None):
        return None
    return f"{one.low}" if one.low == one.high else f"{one.low} to {one.high}"


def _evidence(row: Row) -> tuple[str, ...]:
    return row.score.given.answer.evidence if row.score.given else ()


def _evidence_cell(row: Row) -> Cell:
    cited = _evidence(row)
    if not cited:
        return Words("")
    more = f"and {len(cited) - 1} more" if len(cited) > 1 else ""
    return Link(cited[0].removeprefix("sha256:")[:12], f"/ledger/evidence/{quote(cited[0], safe=':')}", more)


def _peers_cell(row: Seen) -> Cell:
    if row.mean is None:
        return Words("–")
    return Measure(f"{row.mean:.1f}", f"{row.low} to {row.high}, n {row.n}")
