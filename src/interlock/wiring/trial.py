"""The process that tries one file for the server: `python -m interlock.wiring.trial FOLDER`.

It reads what is asked from the folder, tells there how far it is, and leaves its answer there. It ends with the server.
"""

import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from interlock import __version__
from interlock.adapters.clocks.steady import machine_time
from interlock.adapters.trials import files
from interlock.flows.evaluation.request import ColumnsAsked, Needs, Request
from interlock.ports.candidates import Candidate
from interlock.ports.tables import TableReader
from interlock.terms.errors import BadInput, InterlockError
from interlock.terms.table import RawTable
from interlock.terms.trial import TrialAsked, TrialState
from interlock.wiring.candidates import candidate_builder
from interlock.wiring.trial_log import log_tried
from interlock.wiring.trial_telling import Telling, note_columns, steps_of

ROWS_MAX = 100_000


def main(folder: Path) -> None:
    """Try the file, and leave the answer in the folder."""
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    asked, sample = files.asked_of(files.read_json(folder / files.ASKED))
    telling = Telling(folder / files.PROGRESS)
    try:
        headline = _tried(folder, asked, sample, telling)
        outcome = {"state": TrialState.DONE, "words": "", "headline": headline}
    except BadInput as exc:
        outcome = {"state": TrialState.REFUSED, "words": str(exc)}
    except InterlockError as exc:
        outcome = {"state": TrialState.FAILED, "words": str(exc)}
    except MemoryError:
        outcome = {"state": TrialState.FAILED, "words": "There is not enough memory for this file. Try fewer rows."}
    files.write_json(folder / files.OUTCOME, outcome)


def _tried(folder: Path, asked: TrialAsked, sample: str | None, telling: Telling) -> str:
    import json

    from interlock.adapters.reports.files import write_whole
    from interlock.adapters.reports.html import HtmlReports
    from interlock.engine.evaluation.document import document
    from interlock.flows.evaluation.evaluate import evaluate

    path = Path(sample) if sample is not None else next((folder / files.CASES).iterdir())
    if asked.log:
        return log_tried(folder, path, asked, telling)
    evaluation = evaluate(_request(path, asked, authored=sample is not None), _needs(telling))
    HtmlReports().evaluation(evaluation, folder / files.REPORT)
    figures = json.dumps(document(evaluation), indent=2, ensure_ascii=False, allow_nan=False)
    write_whole(folder / files.FIGURES, f"{figures}\n".encode(errors="replace"))
    return evaluation.recommendation.sentence


def _request(path: Path, asked: TrialAsked, *, authored: bool) -> Request:
    given: dict[str, Any] = {
        name: value
        for name in ("budget", "cost_wrong_usd", "cost_review_usd")
        if (value := getattr(asked, name)) is not None
    }
    columns = ColumnsAsked(
        text=asked.text,
        label=asked.label or None,
        prediction=asked.prediction or None,
        confidence=asked.confidence or None,
        group=asked.group or None,
        time=asked.time or None,
    )
    return Request(
        path=path,
        columns=columns,
        cost_wrong_given=asked.cost_wrong_usd is not None,
        cost_review_given=asked.cost_review_usd is not None,
        rows_max=ROWS_MAX,
        skip_broken=asked.skip_broken,
        authored_sample=authored,
        **given,
    )


def _needs(telling: Telling) -> Needs:
    from interlock.adapters.tables import read_table

    def candidates() -> Sequence[Candidate]:
        found = candidate_builder({})(seed=0, outside=())  # nothing leaves this machine
        telling.steps = steps_of(len(found))
        return found

    return Needs(_noting_columns(read_table, telling), candidates, machine_time, telling, __version__)


def _noting_columns(read: TableReader, telling: Telling) -> TableReader:
    """The reader, which also tells the columns: where they cannot be guessed a person chooses among them."""

    def noting(path: Path, **given: Any) -> RawTable:
        table = read(path, **given)
        note_columns(table, telling)
        return table

    return noting


def _end_with_the_server() -> None:
    sys.stdin.buffer.read()
    os._exit(1)  # at once: nobody is left to read an answer


if __name__ == "__main__":
    main(Path(sys.argv[1]))
