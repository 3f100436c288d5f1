"""Which column is which: what a person named, or the first well-known name; never a guess that is not told."""

import difflib
from collections.abc import Sequence

from interlock.terms.errors import BadInput
from interlock.terms.event_log import LogAsked, LogColumns

KNOWN: dict[str, tuple[str, ...]] = {
    "case": ("case_id", "case:concept:name", "caseid", "case id", "case", "ticket_id", "incident", "number"),
    "activity": ("activity", "concept:name", "activity_name", "event", "task", "incident_state", "state", "status"),
    "time": ("timestamp", "time:timestamp", "complete_timestamp", "end_time", "time", "sys_updated_at", "updated_at"),
    "resource": ("assignment_group", "org:group", "group", "org:role", "role", "org:resource", "resource"),
    "start": ("start_timestamp", "start_time", "started_at"),
    "amount": ("amount", "requested_amount", "case:amount", "invoice_amount"),
    "lifecycle": ("lifecycle:transition", "lifecycle_transition", "lifecycle"),
}
NEEDED = ("case", "activity", "time")


def choose(columns: Sequence[str], asked: LogAsked, *, file: str) -> tuple[LogColumns, tuple[str, ...]]:
    """(the columns, what was guessed in words). Raises BadInput where a needed one is missing or a name is none."""
    lowered = {column.strip().lower(): column for column in reversed(columns)}
    chosen: dict[str, str | None] = {}
    guessed = []
    for what, names in KNOWN.items():
        given = getattr(asked, what, None)
        chosen[what] = _named(given, columns, what, file=file) if given else _known(names, lowered)
        if not given and chosen[what] and what in LogAsked.__slots__:
            guessed.append(f"--{what} was taken to be '{chosen[what]}'")
    missing = [what for what in NEEDED if not chosen[what]]
    if missing:
        options = " ".join(f"--{what} COLUMN" for what in missing)
        raise BadInput(
            f"{file}: no column is plainly the {' or the '.join(missing)}. "
            f"Name it with {options}. Columns: {', '.join(columns)}"
        )
    _apart(chosen, file=file)
    return LogColumns(**chosen), tuple(guessed)  # type: ignore[arg-type]


def _known(names: Sequence[str], lowered: dict[str, str]) -> str | None:
    return next((lowered[name] for name in names if name in lowered), None)


def _named(given: str, columns: Sequence[str], what: str, *, file: str) -> str:
    if given in columns:
        return given
    near = difflib.get_close_matches(given, columns, n=1)
    hint = f"Did you mean '{near[0]}'?" if near else f"Columns: {', '.join(columns)}"
    raise BadInput(f"--{what} {given}: {file} has no such column. {hint}")


def _apart(chosen: dict[str, str | None], *, file: str) -> None:
    for one in NEEDED:
        for other in NEEDED:
            if one < other and chosen[one] == chosen[other]:
                raise BadInput(f"{file}: --{one} and --{other} are both '{chosen[one]}'; name two columns")
