"""Tables: one description shows rows as a page with filters, an order and pages in its address, as CSV and as JSON."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from fastapi.responses import Response

from interlock.engine.ledger.canonical import plain
from interlock.surfaces.web.cells import Cell, Words

R = TypeVar("R")
PAGE_ROWS = 50
# Where a spreadsheet may begin a cell: some part cells at semicolons, and know no quotes around commas then.
FORMULA = re.compile(r"(^|[;\t\r\n])(?=[=+\-@\t\r＝＋－＠])")
CSV, JSON = "csv", "json"


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """One column. `value` is what CSV and JSON hold and what rows are ordered by; `cell` what a page shows.

    `in_files_only`: another column's cell says it on the page.
    """

    name: str
    heading: str
    value: Callable[[R], Any]
    cell: Callable[[R], Cell] | None = None
    numeric: bool = False
    sortable: bool = True
    in_files_only: bool = False

    def shown(self, row: R) -> Cell:
        """The cell of a row."""
        if self.cell is not None:
            return self.cell(row)
        value = self.value(row)
        return Words("" if value is None else f"{value:,}" if isinstance(value, int) else str(value))


@dataclass(frozen=True, slots=True)
class Filter(Generic[R]):
    """A filter by one parameter of the address. With `options` (value, words) one is chosen, without any text is typed.

    `keeps` says whether a row stays; None where whoever reads the rows has cut them already. `unset` says what is shown
    where nothing is chosen.
    """

    name: str
    label: str
    keeps: Callable[[R, str], bool] | None = None
    options: tuple[tuple[str, str], ...] = ()
    unset: str = "any"


@dataclass(frozen=True, slots=True)
class Head:
    """The heading of a column on a page: the address that orders by it (None: it cannot), and the order now."""

    name: str
    heading: str
    numeric: bool
    href: str | None
    order: str  # "ascending", "descending" or "none": what `aria-sort` holds


@dataclass(frozen=True, slots=True)
class Shown(Generic[R]):
    """One page of a table. `rows` are (the row, its cells); `total` counts what the filters leave (None: not counted).

    `filters` are (filter, what is asked for); `before` and `after` are addresses of the pages beside this one.
    """

    caption: str
    empty: str
    address: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[R, tuple[Cell, ...]], ...]
    total: int | None
    first: int
    before: str | None
    after: str | None
    filters: tuple[tuple[Filter[R], str], ...]
    csv: str
    json: str

    @property
    def filtered(self) -> bool:
        """Whether a filter is set."""
        return any(asked for _, asked in self.filters)


@dataclass(frozen=True, slots=True)
class Table(Generic[R]):
    """A table at an address of its own; `address`.csv and `address`.json hold all rows that the filters leave.

    `empty` says what would fill it, and how. The first column names the row.
    """

    address: str
    caption: str
    columns: Sequence[Column[R]]
    empty: str
    filters: Sequence[Filter[R]] = ()
    page_rows: int = PAGE_ROWS
    fixed: Mapping[str, str] = field(default_factory=dict)  # parameters that every address of it carries

    def shown(self, rows: Iterable[R], query: Mapping[str, str]) -> Shown[R]:
        """The page that `query` asks for out of all rows; what it asks wrongly is left out."""
        left = self.ordered(self.kept(rows, query), query)
        start = _start(query, len(left), self.page_rows)
        part, more = left[start : start + self.page_rows], start + self.page_rows
        before = self._href(query, start=max(start - self.page_rows, 0)) if start else None
        after = self._href(query, start=more) if more < len(left) else None
        return self.page(part, query, total=len(left), first=start + 1, before=before, after=after)

    @property
    def _on_page(self) -> tuple[Column[R], ...]:
        return tuple(column for column in self.columns if not column.in_files_only)

    def page(
        self,
        rows: Sequence[R],
        query: Mapping[str, str],
        *,
        total: int | None = None,
        first: int = 1,
        before: str | None = None,
        after: str | None = None,
    ) -> Shown[R]:
        """A page whose rows were cut, ordered and counted by whoever read them."""
        asked = {one.name: query.get(one.name, "") for one in self.filters}
        kept = {**self.fixed, **{name: value for name, value in asked.items() if value}}
        ending = f"?{urlencode(kept)}" if kept else ""
        return Shown(
            caption=self.caption,
            empty=self.empty,
            address=self.address,
            heads=tuple(self._head(column, query) for column in self._on_page),
            rows=tuple((row, tuple(column.shown(row) for column in self._on_page)) for row in rows),
            total=total,
            first=first,
            before=before,
            after=after,
            filters=tuple((one, asked[one.name]) for one in self.filters),
            csv=f"{self.address}.{CSV}{ending}",
            json=f"{self.address}.{JSON}{ending}",
        )

    def kept(self, rows: Iterable[R], query: Mapping[str, str]) -> list[R]:
        """The rows that the filters leave."""
        asked = [(one.keeps, value) for one in self.filters if (value := query.get(one.name, ""))]
        return [row for row in rows if all(keeps is None or keeps(row, value) for keeps, value in asked)]

    def ordered(self, rows: list[R], query: Mapping[str, str]) -> list[R]:
        """In the order that `sort` names ("name" or "-name"); in their own where it names none. Unknown comes last."""
        wanted = query.get("sort", "")
        column = next((one for one in self.columns if one.sortable and one.name == wanted.lstrip("-")), None)
        if column is None:
            return rows
        known = [row for row in rows if column.value(row) is not None]
        known.sort(key=lambda row: _order(column.value(row)), reverse=wanted.startswith("-"))
        return known + [row for row in rows if column.value(row) is None]

    def answer(self, rows: Iterable[R], query: Mapping[str, str], form: str) -> Response:
        """All rows that the filters leave, as CSV or JSON."""
        left = self.ordered(self.kept(rows, query), query)
        return self.as_csv(left) if form == CSV else self.as_json(left)

    def as_json(self, rows: Iterable[R]) -> Response:
        """These rows as JSON objects with the columns' names."""
        told = [{column.name: plain(column.value(row)) for column in self.columns} for row in rows]
        return Response(json.dumps({"rows": told, "n": len(told)}, ensure_ascii=False), media_type="application/json")

    def as_csv(self, rows: Iterable[R]) -> Response:
        """These rows as CSV. No cell of it is a formula to a spreadsheet."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow([column.name for column in self.columns])
        writer.writerows([_csv(column.value(row)) for column in self.columns] for row in rows)
        name = self.address.strip("/").replace("/", "-")
        headers = {"content-disposition": f'attachment; filename="{name}.csv"'}
        return Response(
            out.getvalue().encode("utf-8", "replace"), headers=headers, media_type="text/csv; charset=utf-8"
        )

    def _head(self, column: Column[R], query: Mapping[str, str]) -> Head:
        now = query.get("sort", "")
        order = "ascending" if now == column.name else "descending" if now == f"-{column.name}" else "none"
        other = f"-{column.name}" if order == "ascending" else column.name
        href = self._href({**query, "sort": other}) if column.sortable else None
        return Head(column.name, column.heading, column.numeric, href, order)

    def _href(self, query: Mapping[str, str], *, start: int = 0) -> str:
        known = {one.name for one in self.filters} | {"sort"}
        asked = {**self.fixed, **{name: value for name, value in query.items() if name in known and value}}
        if start:
            asked["start"] = str(start)
        return f"{self.address}?{urlencode(asked)}" if asked else self.address


def _start(query: Mapping[str, str], total: int, page_rows: int) -> int:
    text = query.get("start", "")
    start = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    return start if start < total else max(total - 1, 0) // page_rows * page_rows


def _order(value: Any) -> tuple[int, Any]:
    """Numbers before texts, so that a column of both can be ordered."""
    return (0, value) if isinstance(value, (int, float)) else (1, str(value).casefold())


def _csv(value: Any) -> str:
    told = plain(value)
    if told is None:
        return ""
    if isinstance(told, (int, float)):
        return str(told)
    text = told if isinstance(told, str) else json.dumps(told, ensure_ascii=False)
    return FORMULA.sub(r"\1'", text)
