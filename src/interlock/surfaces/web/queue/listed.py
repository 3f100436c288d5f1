"""The queue as a table: filters in the address, pages from one place in the queue to the next, CSV and JSON."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from interlock.engine.rollout.people import same_person
from interlock.engine.timestamp import stamp
from interlock.flows.review.escalate import is_missing
from interlock.ports.queue import Place, Reach, ReviewRow, Waiting, Wanted
from interlock.ports.store import Reading
from interlock.surfaces.web.cells import Clock, Link, Status, Words
from interlock.surfaces.web.queue.clock import due_state
from interlock.surfaces.web.states import FAILED, INCONCLUSIVE, NOTED, PASSED, State, said
from interlock.surfaces.web.tables import PAGE_ROWS, Column, Filter, Shown, Table
from interlock.terms.review import ReviewKind

COUNTED_MAX = 2_000
WHOLE_MAX = 10_000  # rows of the CSV and the JSON
KINDS = (
    (ReviewKind.DECISION, "decision"),
    (ReviewKind.AUDIT, "audit, blind"),
    (ReviewKind.SECOND, "second look, blind"),
    (ReviewKind.THIRD, "third look, blind"),
    (ReviewKind.UNDO, "undo"),
)
LATE, ESCALATED, IN_HAND, MINE = "late", "put to others", "in hand", "mine"
STATES = (LATE, ESCALATED, IN_HAND, MINE)


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the queue. `waiting` counts what waits within reach, whatever the filters."""

    table: Shown[ReviewRow]
    waiting: Waiting
    mine: tuple[ReviewRow, ...]


def kind_words(kind: str) -> str:
    """What a reviewer calls a kind of review."""
    return dict(KINDS).get(ReviewKind(kind), kind)


def case_address(review: ReviewRow) -> str:
    """Where one case is looked at."""
    return f"/queue/case?{urlencode({'workflow': review.workflow, 'kind': review.kind, 'key': review.key})}"


def read_listed(
    reading: Reading, query: Mapping[str, str], *, name: str, now: dt.datetime, reach: tuple[Reach, ...]
) -> Listed:
    """The page that the address asks for; what it asks wrongly is left out."""
    at, table = stamp(now), queue_table(name, now)
    mine = held_by(reading.in_hand(at, reach=reach), name)
    rows = read_rows(reading, query, name=name, at=at, reach=reach, limit=PAGE_ROWS + 1)
    more = len(rows) > PAGE_ROWS and query.get("state") not in {IN_HAND, MINE}
    shown, after = rows[:PAGE_ROWS], None
    if more:
        after = _href(query, shown[-1])
    before = _href(query, None) if place_of(query) is not None else None
    waiting = reading.waiting(Wanted(), at, most=COUNTED_MAX, reach=reach)
    return Listed(table.page(shown, query, before=before, after=after), waiting, mine)


def read_rows(
    reading: Reading, query: Mapping[str, str], *, name: str, at: str, reach: tuple[Reach, ...], limit: int
) -> tuple[ReviewRow, ...]:
    """Open reviews that the address asks for, from its place on."""
    state, wanted = query.get("state", ""), wanted_of(query, at)
    if state in {IN_HAND, MINE}:
        held = reading.in_hand(at, reach=reach)
        return tuple(row for row in (held_by(held, name) if state == MINE else held) if _fits(row, wanted))
    return reading.queue_page(wanted, after=place_of(query), limit=limit, reach=reach)


def held_by(rows: Sequence[ReviewRow], name: str) -> tuple[ReviewRow, ...]:
    """Those that are in one person's hands."""
    return tuple(row for row in rows if same_person(row.claimed_by or "", name))


def wanted_of(query: Mapping[str, str], at: str) -> Wanted:
    """The filters of an address."""
    kind = query.get("kind", "")
    return Wanted(
        workflow=_clean(query.get("workflow", "")) or None,
        kind=kind if kind in set(ReviewKind) else None,
        key_part=_clean(query.get("key", "")),
        due_before=at if query.get("state") == LATE else None,
        escalated=query.get("state") == ESCALATED,
    )


def place_of(query: Mapping[str, str]) -> Place | None:
    """The place from which a page goes on."""
    given = [_clean(query.get(name, "")) for name in ("after_due", "after_key", "after_kind")]
    return Place(*given) if all(given) else None


def queue_table(name: str, now: dt.datetime) -> Table[ReviewRow]:
    """How the queue is shown to one person. Never with a case's content."""
    at = stamp(now)
    return Table(
        "/queue",
        "What waits for a person, what is due first at the top",
        (
            Column("key", "Case", lambda row: row.key, lambda row: Link(row.key, case_address(row)), sortable=False),
            Column("kind", "Kind", lambda row: row.kind, lambda row: Words(kind_words(row.kind)), sortable=False),
            Column("workflow", "Workflow", lambda row: row.workflow, sortable=False),
            Column(
                "due_at",
                "Due",
                lambda row: row.due_at,
                lambda row: Clock(due_state(row.due_at, now), row.due_at),
                sortable=False,
            ),
            Column(
                "state",
                "State",
                lambda row: state_of(row, name, at).word,
                lambda row: Status(state_of(row, name, at), ", ".join(row.asked)),
                sortable=False,
            ),
            Column("claimed_by", "In the hands of", lambda row: row.holder(at), sortable=False),
        ),
        "Nothing waits for a person here. Cases come when a workflow is not sure enough, when one is drawn for an "
        "audit, and when an effect could not be put back.",
        (
            Filter("state", "State", options=tuple((one, one) for one in STATES)),
            Filter("kind", "Kind", options=tuple((kind.value, words) for kind, words in KINDS)),
            Filter("workflow", "Workflow"),
            Filter("key", "Part of the key"),
        ),
    )


def state_of(row: ReviewRow, name: str, at: str) -> State:
    """How a review stands for the person who looks."""
    if is_missing(row, at):
        return said(FAILED, "Missing")
    holder = row.holder(at)
    if holder is not None:
        return said(PASSED, "In your hands") if same_person(holder, name) else said(NOTED, "In hand")
    if row.escalations:
        return said(INCONCLUSIVE, "Put to others")
    return said(NOTED, "Waits")


def title(listed: Listed) -> str:
    """The conclusion of the page."""
    waiting = listed.waiting
    if not waiting.open:
        return "Nothing waits for a person"
    many = f"{waiting.open:,}{' or more' if waiting.at_least else ''}"
    noun = "review waits" if waiting.open == 1 else "reviews wait"
    late = f"{waiting.late:,}{' or more' if waiting.late >= COUNTED_MAX else ''} late" if waiting.late else "none late"
    return f"{many} {noun}, {late}"


def _fits(row: ReviewRow, wanted: Wanted) -> bool:
    return wanted.workflow in (None, row.workflow) and wanted.kind in (None, row.kind) and wanted.key_part in row.key


def _href(query: Mapping[str, str], last: ReviewRow | None) -> str:
    kept = {name: query[name] for name in ("state", "kind", "workflow", "key") if query.get(name)}
    behind = {} if last is None else {"after_due": last.due_at, "after_key": last.key, "after_kind": last.kind}
    asked = {**kept, **behind}
    return f"/queue?{urlencode(asked)}" if asked else "/queue"


def _clean(text: str) -> str:
    return text.replace("\0", "")
