"""What the first pages show: where somebody begins, what a file needs, and how a trial stands."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from interlock.engine.access.permissions import may_somewhere
from interlock.engine.evaluation.amounts import usd_of
from interlock.engine.evaluation.split import calibration_share
from interlock.engine.oversight.threshold.labels import labels_needed
from interlock.surfaces.web.forms import Form
from interlock.surfaces.web.start.log_view import log_again
from interlock.surfaces.web.states import ERROR, FAILED, INCONCLUSIVE, NOTED, PASSED, State, said
from interlock.terms import words
from interlock.terms.access import Caller, Role
from interlock.terms.errors import BadInput
from interlock.terms.trial import Trial, TrialAsked, TrialState

BUDGETS = (("0.01", "1 %"), ("0.02", "2 %"), ("0.05", "5 %"), ("0.1", "10 %"), ("0.15", "15 %"))
BUDGET = "0.02"
CANDIDATES, DELTA = 3, 0.05
PLACES: tuple[tuple[Role, str], ...] = (
    (Role.REVIEWER, "/queue"),
    (Role.LEADER, "/portfolio"),
    (Role.VALUE_OWNER, "/portfolio"),
    (Role.SAFETY_OWNER, "/portfolio"),
    (Role.OPERATOR, "/portfolio"),
    (Role.AUDITOR, "/ledger"),
    (Role.ADMINISTRATOR, "/settings"),
)
ROLES: tuple[tuple[str, str, bool], ...] = (
    ("prediction", "What an AI answered at the time", False),
    ("confidence", "How sure it was, 0 to 1", False),
    ("group", "Whose case it was: a customer or a thread", False),
    ("time", "When it came", False),
)
FIELDS = {
    "label": "“What people decided”",
    "text": "“What people read”",
    **{name: f"“{label}”" for name, label, _ in ROLES},
    "case": "“What an event belongs to”",
    "activity": "“What happened”",
    "start": "“When it began”",
    "resource": "“Who did it”",
    "closed": "“The activity that ends a case”",
    "amount": "The amount",
    "budget": "“Error budget”",
    "cost-wrong": "“What a wrong decision costs”",
    "cost-review": "“What a person's decision costs”",
    "skip-broken": "“Leave broken rows out”",
}
STATES = {
    TrialState.WAITING: said(NOTED, "Waiting"),
    TrialState.RUNNING: said(NOTED, "At work"),
    TrialState.DONE: said(PASSED, "Report is there"),
    TrialState.REFUSED: said(INCONCLUSIVE, "To be mended"),
    TrialState.FAILED: said(FAILED, "Failed"),
    TrialState.CANCELLED: said(ERROR, "Cancelled"),
}
_FLAG = re.compile(r"--([a-z-]+)(?: (?:NAME|COLUMN|ACTIVITY)\b)?")


def first_place(caller: Caller, *, is_empty: bool) -> str:
    """Where this visitor begins; with nothing on record, whoever may try a file begins with that."""
    if is_empty and may_somewhere(caller, "try", "run"):
        return "/start"
    return next((place for role, place in PLACES if caller.holds(role)), "/account")


def rows_needed(budget: float) -> int:
    """Labelled rows without which nothing can be proved at this error budget, where nothing is recorded of an AI."""
    needed = labels_needed(budget, 0, DELTA / CANDIDATES)
    return math.ceil(needed / calibration_share(fits=True, has_times=False))


def asked_in(form: Form, columns: Sequence[str] = ()) -> TrialAsked:
    """What the form asks; faults are noted in it. Only `columns` of the file can be named."""

    def column(name: str) -> str:
        chosen = form.text(name)
        if chosen in {"", "-"} or chosen in columns:
            return chosen
        form.fault(name, f"The file has no column '{words.shorten(chosen, 60)}'; choose one from the list.")
        return ""

    budget = form.text("budget", BUDGET)
    if budget not in dict(BUDGETS):
        form.fault("budget", "Choose one of the error budgets in the list.")
        budget = BUDGET
    unknown = [name for name in form.many("text") if name not in columns]
    if unknown:
        form.fault("text", f"The file has no column '{words.shorten(unknown[0], 60)}'; choose from the list.")
    return TrialAsked(
        text=form.many("text"),
        label=column("label"),
        budget=float(budget),
        cost_wrong_usd=_usd(form, "cost_wrong"),
        cost_review_usd=_usd(form, "cost_review"),
        skip_broken=form.has("skip_broken"),
        prediction=column("prediction"),
        confidence=column("confidence"),
        group=column("group"),
        time=column("time"),
    )


def _usd(form: Form, name: str) -> float | None:
    written = form.text(name)
    if not written:
        return None
    try:
        return usd_of(written)
    except BadInput as exc:
        form.fault(name, f"{str(exc)[:1].upper()}{str(exc)[1:]}.")
        return None


def in_fields(message: str) -> str:
    """A message that names options of `interlock try`, naming fields of the form instead."""
    told = _FLAG.sub(lambda found: FIELDS.get(found[1], found[0]), message)
    return told.replace(" -,", " “none”,").replace(" pass “", " tick “")


@dataclass(frozen=True, slots=True)
class TrialView:
    """One trial, for its page."""

    trial: Trial
    title: str
    state: State
    progress: str
    words: str
    told: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    again: Form


def trial_view(trial: Trial) -> TrialView:
    """What its owner sees now."""
    return TrialView(
        trial,
        _title(trial),
        STATES[trial.state],
        _progress(trial),
        in_fields(trial.words),
        tuple(map(in_fields, trial.told)),
        tuple(
            (name, f"{name} – for example {example}" if example else name) for name, example in trial.columns.items()
        ),
        log_again(trial) if trial.asked.log else again(trial),
    )


def again(trial: Trial) -> Form:
    """The form with what was asked, so that only what was wrong has to be changed."""
    asked = trial.asked
    sent = {name: (getattr(asked, name),) for name in ("label", *(name for name, _, _ in ROLES))}
    given = {"cost_wrong": asked.cost_wrong_usd, "cost_review": asked.cost_review_usd}
    sent |= {name: (f"{usd:g}",) for name, usd in given.items() if usd is not None}
    sent |= {"skip_broken": ("yes",)} if asked.skip_broken else {}
    budget = next((value for value, _ in BUDGETS if float(value) == asked.budget), BUDGET)
    return Form({**sent, "text": asked.text, "budget": (budget,)})


def _title(trial: Trial) -> str:
    name = words.shorten(trial.file, 60)
    match trial.state:
        case TrialState.DONE:
            return trial.headline
        case TrialState.REFUSED:
            return f"{name} cannot be tried as it is"
        case TrialState.FAILED:
            return f"Trying {name} failed"
        case TrialState.CANCELLED:
            return f"You cancelled the trial of {name}"
        case _:
            return f"Trying {name}"


def _progress(trial: Trial) -> str:
    if trial.state is TrialState.WAITING:
        return f"{words.plural(trial.before, 'file')} of others before it; it begins by itself."
    return f"{round(100 * trial.share)} % done. {trial.step}" if trial.step else "It begins."
