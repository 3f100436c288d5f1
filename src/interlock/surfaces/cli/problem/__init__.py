"""`interlock problem`: what a problem statement lacks, and the statement as a page."""

from collections.abc import Callable

from interlock.surfaces.cli.problem.lint import lint_command
from interlock.surfaces.cli.problem.page import page_command

# (name, function), in the order of use: a new command is one more line here.
PROBLEM_COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("lint", lint_command),
    ("page", page_command),
)
