"""What somebody filled in to decide a question, and what is wrong with it."""

import datetime as dt
from dataclasses import dataclass

from interlock.engine.council.again import DUE_DAYS_MAX, HOLDS_DAYS
from interlock.surfaces.web.forms import Form
from interlock.terms.council import AgendaItem, Option

PRESENT_MAX = 50
NAME_MAX = 200
REASON_MAX = 4_000


@dataclass(frozen=True, slots=True)
class Answers:
    """A choice with its reason, who was there, and when it is looked at again (None: in 30 days)."""

    option: Option
    reason: str
    present: tuple[str, ...]
    due: dt.datetime | None


def read_answers(form: Form, item: AgendaItem, now: dt.datetime) -> Answers | None:
    """The answers; None with the form's faults where something is missing or cannot be."""
    chosen = form.text("choose")
    option = next((one for one in item.options if one.id == chosen), None)
    if option is None:
        form.fault("choose", "Choose one of the options")
    reason = form.needed("reason", "Say why: a decision without a reason cannot be looked at again")
    if len(reason) > REASON_MAX:
        form.fault("reason", f"Say it in {REASON_MAX:,} characters; these are {len(reason):,}")
    due = _due(form, now)
    present = _present(form)
    return None if option is None or form.faults else Answers(option, reason, present, due)


def due_days(now: dt.datetime) -> tuple[str, str, str]:
    """The first, the usual and the last day on which a question can be asked again."""
    return tuple((now + dt.timedelta(days=days)).date().isoformat() for days in (1, HOLDS_DAYS, DUE_DAYS_MAX))  # type: ignore[return-value]


def _due(form: Form, now: dt.datetime) -> dt.datetime | None:
    text = form.text("due")
    if not text:
        return None
    first, _, last = due_days(now)
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        form.fault("due", f"'{text[:40]}' is no date: write it as {first}")
        return None
    due = dt.datetime.combine(day, dt.time(), dt.UTC)
    if not now < due <= now + dt.timedelta(days=DUE_DAYS_MAX):
        form.fault("due", f"Name a day from {first} to {last}: nothing is let go on for longer without a look")
    return due


def _present(form: Form) -> tuple[str, ...]:
    others = (line.strip() for line in form.raw("others").splitlines())
    names = tuple(dict.fromkeys(name for name in (*form.many("present"), *others) if name))
    if len(names) > PRESENT_MAX or any(len(name) > NAME_MAX for name in names):
        form.fault("others", f"Name at most {PRESENT_MAX} people, one in a line, with {NAME_MAX} characters at most")
    return names
