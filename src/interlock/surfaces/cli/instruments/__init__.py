"""`interlock instrument`: scorecards, checklists and diagnostics."""

from collections.abc import Callable

from interlock.surfaces.cli.instruments.answering import answer_command
from interlock.surfaces.cli.instruments.looking import list_command, show_command
from interlock.surfaces.cli.instruments.peers import peers_command
from interlock.surfaces.cli.instruments.scores import compare_command, score_command

# (name, function), in the order of use: a new command is one more line here.
INSTRUMENT_COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("list", list_command),
    ("show", show_command),
    ("answer", answer_command),
    ("score", score_command),
    ("compare", compare_command),
    ("peers", peers_command),
)
