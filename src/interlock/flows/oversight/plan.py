"""What a store knows of the figures that review is sized by."""

from collections.abc import Iterator, Sequence

from interlock.engine.oversight.estimate import rate
from interlock.engine.oversight.wording import percent
from interlock.engine.timestamp import moment
from interlock.ports.store import DecisionRow, Reading, WorkflowRow
from interlock.terms.errors import BadInput
from interlock.terms.evaluation import Assumption

_SECONDS_A_DAY = 86_400.0
_SHADOW_CASES_LEAST = 30  # below this many an upper limit says little more than "unknown"


def measured_figures(reading: Reading, workflow: str) -> tuple[Assumption, ...]:
    """Volume, automatic share and error share of the release in force, as far as its decisions tell.

    `cases_per_day` needs decisions over at least a day. `automatic_share` needs a certificate: the share of its cases
    at or over the certified threshold. `error_share` is the upper limit of the exact 95 % interval over shadow cases,
    where one whose outcome nobody knows counts as wrong. Raises BadInput where the workflow is unknown.
    """
    row = reading.workflow(workflow)
    if row is None:
        raise BadInput(f"there is no workflow '{workflow}'; apply its definition first")
    decisions = [one for one in reading.decisions(workflow) if one.release == row.release]
    return (*_volume(decisions), *_automatic(reading, row, decisions), *_errors(decisions))


def certified_threshold(reading: Reading, row: WorkflowRow) -> float | None:
    """The threshold of the newest certificate of the release in force, None where there is none."""
    found = [e for e in reading.evidence(row.name) if e.kind == "certificate" and e.release == row.release]
    threshold = found[-1].body["certificate"]["threshold"] if found else None
    return None if threshold is None else float(threshold)


def _volume(decisions: Sequence[DecisionRow]) -> Iterator[Assumption]:
    if len(decisions) < 2:
        return
    times = sorted(moment(one.at) for one in decisions)
    days = (times[-1] - times[0]).total_seconds() / _SECONDS_A_DAY
    if days >= 1.0:
        origin = f"measured: {len(decisions):,} cases in {days:,.1f} days"
        yield Assumption("cases_per_day", len(decisions) / days, "cases per day", origin)


def _automatic(reading: Reading, row: WorkflowRow, decisions: Sequence[DecisionRow]) -> Iterator[Assumption]:
    threshold = certified_threshold(reading, row)
    if threshold is None or not decisions:
        return
    confidences = [one.inputs["proposal"]["confidence"] for one in decisions]
    over = sum(confidence is not None and confidence >= threshold for confidence in confidences)
    if over:
        origin = f"measured: {over:,} of {len(decisions):,} cases over the threshold"
        yield Assumption("automatic_share", over / len(decisions), "share of cases", origin)


def _errors(decisions: Sequence[DecisionRow]) -> Iterator[Assumption]:
    shadow = [one for one in decisions if one.verb == "shadow"]
    if len(shadow) < _SHADOW_CASES_LEAST:
        return
    wrong = sum(one.wrong is not False for one in shadow)
    unknown = sum(one.wrong is None for one in shadow)
    upper = rate(wrong, len(shadow)).high
    if upper is not None:
        left = f", {unknown:,} of them unknown" if unknown else ""
        origin = f"measured: at most {percent(round(upper, 4))} ({wrong:,} wrong of {len(shadow):,} shadow cases{left})"
        yield Assumption("error_share", upper, "share of cases", origin)
