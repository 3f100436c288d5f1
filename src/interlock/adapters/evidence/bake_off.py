"""The evaluation.json of `interlock try`: every candidate on the same cases."""

from collections.abc import Mapping
from typing import Any

from interlock.adapters.evidence.source_file import SourceFile, count, figure, time_of
from interlock.terms.errors import BadInput
from interlock.terms.evidence import EvidenceClass
from interlock.terms.imported import Imported

SCHEMA_VERSION = 1
# What each sort of candidate is to a bake-off: a heuristic, something small, something larger.
SIZES = {"heuristic": 1, "recorded predictions": 2, "small model": 2, "embedding model": 3, "external model": 3}


def read_bake_off(file: SourceFile, document: Mapping[str, Any]) -> tuple[Imported, ...]:
    """Candidates that could be run, and which was recommended. Raises BadInput where it is no evaluation."""
    if document.get("schema_version") != SCHEMA_VERSION:
        said = document.get("schema_version")
        raise BadInput(f"{file.name}: schema_version is {said!r}, not {SCHEMA_VERSION}; write it with `interlock try`")
    try:
        entries = [_entry(item, file.name) for item in document["candidates"] if item["unavailable"] is None]
        chosen, created = document["recommendation"]["candidate"], str(document["created_at"])
        version, tried_on = str(document["interlock_version"]), str(document["source"]["sha256"])
    except (KeyError, TypeError, AttributeError) as exc:
        raise BadInput(f"{file.name}: {exc} is missing or out of shape; write the file again") from exc
    if len({entry["n"] for entry in entries}) > 1:
        raise BadInput(f"{file.name}: its candidates were not measured on the same cases; run `interlock try` again")
    at, zoned = time_of(created, place=f"{file.name}: created_at")
    body = {
        "n": max((entry["n"] for entry in entries), default=0),
        "candidates": entries,
        "chosen": chosen,
        "cases_sha256": tried_on,
    }
    source, digest, size = f"interlock try {version}", file.sha256, file.size_bytes
    return (Imported("bakeoff", EvidenceClass.EXECUTED, source, body, file.name, digest, size, at, zoned),)


def _entry(item: Mapping[str, Any], name: str) -> dict[str, Any]:
    place = f"{name}: {item['name']}"
    cost = item["cost_per_success_usd"]
    return {
        "name": str(item["name"]),
        "sort": str(item["kind"]),
        "complexity": SIZES[item["kind"]],
        "n": count(item["accuracy"]["n"], place=f"{place}: accuracy.n"),
        "success_share": figure(item["accuracy"]["value"], place=f"{place}: accuracy"),
        "success_low": figure(item["accuracy"]["low"], place=f"{place}: accuracy.low"),
        "latency_p95_ms": None if item["latency_p95_ms"] is None else _value(item["latency_p95_ms"], place),
        "cost_per_success_usd": None if cost is None else _value(cost, place),
    }


def _value(estimate: Mapping[str, Any], place: str) -> float | None:
    return None if estimate["value"] is None else figure(estimate["value"], place=place)
