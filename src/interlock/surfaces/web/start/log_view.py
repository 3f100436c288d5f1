"""An event log that is tried: what its form asks, and the form with what was asked."""

from collections.abc import Sequence

from interlock.surfaces.web.forms import Form
from interlock.terms import words
from interlock.terms.trial import Trial, TrialAsked

LOG = "log"  # the field that says that the file is one
COLUMNS: tuple[tuple[str, str], ...] = (
    ("case", "What an event belongs to: a ticket, an order"),
    ("activity", "What happened"),
    ("time", "When it happened, or ended"),
    ("start", "When it began, if that is known"),
    ("resource", "Who did it: a team, a role or a person"),
)


def log_asked_in(form: Form, columns: Sequence[str] = ()) -> TrialAsked:
    """What the form asks of a log; faults are noted in it. Only `columns` of the file can be named."""
    named = {name: form.text(name) for name, _ in COLUMNS}
    for name, column in named.items():
        if column and column not in columns:
            form.fault(name, f"The file has no column '{words.shorten(column, 60)}'; choose one from the list.")
    return TrialAsked(
        log=True,
        closed=form.text("closed")[:200],
        case=named["case"],
        activity=named["activity"],
        time=named["time"],
        start=named["start"],
        resource=named["resource"],
    )


def log_again(trial: Trial) -> Form:
    """The form with what was asked of the log."""
    return Form({name: (getattr(trial.asked, name),) for name in (*(name for name, _ in COLUMNS), "closed")})
