"""An event log, tried for the server: where work waits in it."""

import json
from contextlib import suppress
from pathlib import Path

from interlock.adapters.clocks.steady import machine_time
from interlock.adapters.trials import files
from interlock.engine.ledger.canonical import plain
from interlock.engine.selection.choke_points import choke_points
from interlock.engine.selection.choke_story import story_of, told
from interlock.engine.selection.medians import median_ranks
from interlock.engine.timestamp import stamp
from interlock.terms.errors import BadInput
from interlock.terms.event_log import LogAsked
from interlock.terms.trial import TrialAsked
from interlock.wiring.trial_telling import Telling, note_columns

STEPS, POINTS = 3, 10
ROWS_LOOKED_AT = 100


def log_tried(folder: Path, path: Path, asked: TrialAsked, telling: Telling) -> str:
    """Leaves the report and the figures in the folder; the conclusion. Raises as MineLog."""
    from interlock.adapters.event_log.mine import mine_log
    from interlock.adapters.reports.files import write_whole
    from interlock.adapters.reports.html import HtmlReports

    telling.steps = STEPS
    telling.stage("Looking at the columns")
    _look_at_columns(path, telling)
    telling.stage("Reading the events")
    now = stamp(machine_time())
    log = mine_log(path, _log_asked(asked, now), ranks=median_ranks)
    points, notes = choke_points(log, top=POINTS), told(log)
    for line in notes:
        telling.tell(line)
    telling.stage("Writing the report")
    story = story_of(log, points, now=now)
    HtmlReports().story(story, folder / files.REPORT)
    figures = json.dumps(plain({"log": log, "choke_points": points, "notes": notes}), indent=2, ensure_ascii=False)
    write_whole(folder / files.FIGURES, f"{figures}\n".encode(errors="replace"))
    return story.title


def _log_asked(asked: TrialAsked, now: str) -> LogAsked:
    return LogAsked(
        until=now,
        case=asked.case or None,
        activity=asked.activity or None,
        time=asked.time or None,
        resource=asked.resource or None,
        start=asked.start or None,
        closed=(asked.closed,) if asked.closed else (),
        kept=POINTS,
    )


def _look_at_columns(path: Path, telling: Telling) -> None:
    from interlock.adapters.tables import read_table

    with suppress(BadInput):  # what is wrong with it is said by whoever reads the events
        table = read_table(path, rows_max=ROWS_LOOKED_AT, seed=0, skip_broken=True, progress=lambda _done, _all: None)
        note_columns(table, telling)
