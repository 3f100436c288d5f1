"""A run of MLflow as its REST API and `mlflow.get_run` give it: params, metrics, tags.

What measured a metric is told from its name. Metrics of which nobody knows what measured them are kept apart as the
opinion of a model: they inform, and open nothing.
"""

import re
from collections.abc import Mapping
from typing import Any

from interlock.adapters.evidence.source_file import SourceFile, count, figure, time_of_nanoseconds
from interlock.terms.errors import BadInput
from interlock.terms.evidence import EvidenceClass
from interlock.terms.imported import Imported

EXECUTED = re.compile(
    r"(^|[_./-])(accuracy|precision|recall|f1|auc|roc|pr|loss|mse|rmse|mae|r2|mape|error_rate|exact_match|rouge|bleu|"
    r"latency|duration|seconds|ms|cost|usd|tokens?|count|n|rows|throughput)([_./@-]|\d|$)",
    re.IGNORECASE,
)
JUDGED = re.compile(
    r"judge|llm|gpt|claude|gemini|relevance|faithful|grounded|toxicity|similarity|correctness|helpful|coheren|safety",
    re.IGNORECASE,
)
NANOSECONDS = 1_000_000
METRICS_MAX = 500


def read_mlflow(file: SourceFile, document: Mapping[str, Any]) -> tuple[Imported, ...]:
    """Up to two pieces of evidence: what code measured, and what a model said. Raises BadInput."""
    run = document.get("run", document)
    info, held = run.get("info"), run.get("data")
    if not isinstance(info, Mapping) or not isinstance(held, Mapping):
        raise BadInput(f"{file.name}: `info` or `data` is missing; export the run as the REST API gives it")
    if info.get("status") != "FINISHED":
        raise BadInput(f"{file.name}: the run is {info.get('status')}, not FINISHED: it measured nothing to rest on")
    metrics = _pairs(held.get("metrics"), f"{file.name}: data.metrics")
    if len(metrics) > METRICS_MAX:
        raise BadInput(f"{file.name}: more than {METRICS_MAX} metrics; export those that matter")
    values = {name: figure(value, place=f"{file.name}: metric {name}") for name, value in metrics.items()}
    ended = count(info.get("end_time"), place=f"{file.name}: info.end_time")
    at = time_of_nanoseconds(ended * NANOSECONDS, place=f"{file.name}: info.end_time")
    params = {name: str(value)[:200] for name, value in _pairs(held.get("params"), f"{file.name}: data.params").items()}
    known = {name: value for name, value in values.items() if EXECUTED.search(name) and not JUDGED.search(name)}
    others = {name: value for name, value in values.items() if name not in known}
    shared = {"run": str(info.get("run_id")), "params": dict(list(params.items())[:METRICS_MAX])}
    parts = [(EvidenceClass.EXECUTED, known), (EvidenceClass.MODEL, others)]
    digest, size = file.sha256, file.size_bytes
    judged = {"judged_by_model": sorted(name for name in others if JUDGED.search(name))}
    return tuple(
        Imported(
            "run",
            kind,
            "MLflow",
            {**shared, "n": len(part), "metrics": part, **(judged if kind is EvidenceClass.MODEL else {})},
            file.name,
            digest,
            size,
            at,
        )
        for kind, part in parts
        if part or (kind is EvidenceClass.EXECUTED and not others)
    )


def _pairs(held: Any, place: str) -> dict[str, Any]:
    """A list of {key, value}, or an object, as an object."""
    if held is None:
        return {}
    if isinstance(held, Mapping):
        return {str(name): value for name, value in held.items()}
    try:
        return {str(item["key"]): item["value"] for item in held}
    except (KeyError, TypeError) as exc:
        raise BadInput(f"{place} is no list of keys and values; export the run again") from exc
