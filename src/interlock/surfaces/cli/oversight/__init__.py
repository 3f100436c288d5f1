"""`interlock oversight`: how much review, with what guarantee, and what happened to it."""

from collections.abc import Callable

from interlock.surfaces.cli.oversight.audits import close_period_command, recheck_command
from interlock.surfaces.cli.oversight.backtest import backtest_command
from interlock.surfaces.cli.oversight.certify import certify_command
from interlock.surfaces.cli.oversight.compare import compare_command
from interlock.surfaces.cli.oversight.drift import drift_command
from interlock.surfaces.cli.oversight.known_cases import missed_command, plant_command
from interlock.surfaces.cli.oversight.plan import plan_command
from interlock.surfaces.cli.oversight.simulate import simulate_command

# (name, function), in the order of use: a new command is one more line here.
OVERSIGHT_COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("plan", plan_command),
    ("certify", certify_command),
    ("simulate", simulate_command),
    ("backtest", backtest_command),
    ("compare", compare_command),
    ("drift", drift_command),
    ("close-period", close_period_command),
    ("recheck", recheck_command),
    ("plant", plant_command),
    ("missed", missed_command),
)
