"""Trials whose work is a few lines, in the place of a bake-off."""

import sys
from pathlib import Path

from interlock.adapters.trials.desk import TrialDesk
from interlock.ports.clock import Clock
from interlock.wiring.packs import sample_path

BYTES_MAX = 1000
FAKE = """
import json, pathlib, sys, time
folder = pathlib.Path(sys.argv[1])
asked = json.loads((folder / "asked.json").read_text())
cases = "sample" if asked["sample"] else next((folder / "cases").iterdir()).read_text()
columns = {"message": "hello", "<b>queue</b>": "billing"}
progress = {"step": "Reading", "share": 0.3, "told": ["label: x"], "columns": columns}
(folder / "progress.json").write_text(json.dumps(progress))
if cases.startswith("long"):
    time.sleep(60)
state = "done" if asked["label"] or cases == "sample" else "refused"
words = "" if state == "done" else "cases.csv: name the column with --label"
(folder / "report.html").write_text("<style>p{}</style><p>report")
(folder / "evaluation.json").write_text("{}")
(folder / "outcome.json").write_text(json.dumps({"state": state, "words": words, "headline": "32 % of it, proved"}))
"""


def quick_trials(folder: Path, clock: Clock) -> TrialDesk:
    """Done at once, refused without a label, or at work for a minute where the file says "long"."""
    return TrialDesk(
        [sys.executable, "-I", "-c", FAKE], environment={}, sample=sample_path(), parent=folder, clock=clock,
        bytes_max=BYTES_MAX,
    )  # fmt: skip
