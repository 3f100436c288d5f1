"""`interlock reviews`: the queue of cases that wait for a person, and what can be learnt from it."""

from collections.abc import Callable

from interlock.surfaces.cli.reviews.after import pass_on_command, together_command, undo_command
from interlock.surfaces.cli.reviews.deciding import decide_command, second_command
from interlock.surfaces.cli.reviews.figures import agreement_command, forecast_command, labels_command
from interlock.surfaces.cli.reviews.late import escalate_command
from interlock.surfaces.cli.reviews.queue import claim_command, list_command, next_command, release_command

# (name, function), in the order of use: a new command is one more line here.
REVIEWS_COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("list", list_command),
    ("next", next_command),
    ("claim", claim_command),
    ("release", release_command),
    ("decide", decide_command),
    ("undo", undo_command),
    ("together", together_command),
    ("pass-on", pass_on_command),
    ("second", second_command),
    ("escalate", escalate_command),
    ("labels", labels_command),
    ("agreement", agreement_command),
    ("forecast", forecast_command),
)
