"""One report in, evidence out: what it is is told from its content."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from interlock.adapters.evidence.bake_off import read_bake_off
from interlock.adapters.evidence.coverage import read_cobertura, read_coverage_json, read_lcov
from interlock.adapters.evidence.document import DOCUMENT, read_document
from interlock.adapters.evidence.junit import read_junit
from interlock.adapters.evidence.labels import read_labels, separator
from interlock.adapters.evidence.mlflow import read_mlflow
from interlock.adapters.evidence.mlruns import RunFolder
from interlock.adapters.evidence.otlp import PARTS, read_otlp
from interlock.adapters.evidence.sarif import read_sarif
from interlock.adapters.evidence.source_file import SourceFile
from interlock.terms.errors import BadInput
from interlock.terms.imported import Imported

KNOWN = (
    "JUnit XML, SARIF 2.1.0, Cobertura XML, coverage.py's JSON, LCOV, OTLP/JSON lines, a CSV of labels "
    "(case,ai,person,by,at), a run of MLflow (its JSON, or its folder in mlruns/), or the evaluation.json of "
    "`interlock try`"
)


class Reports:
    """interlock.ports.imports.EvidenceReader."""

    def __call__(
        self, path: Path, *, kind: str | None, attributes: Mapping[str, Sequence[str]] | None = None
    ) -> tuple[Imported, ...]:
        own = _known_parts(attributes or {})
        file = SourceFile(path)
        if kind == DOCUMENT and not path.is_dir():
            return read_document(file)
        found = _run(path) if path.is_dir() else _read(file, file.head(), own)
        if own and found[0].kind != "traces":
            raise BadInput(f"{file.name}: this is {found[0].kind}, and --attribute is for traces; leave it out")
        if kind is not None and any(item.kind != kind for item in found):
            raise BadInput(
                f"{file.name}: this is {found[0].kind}, not {kind}; leave --kind out, or name the other file"
            )
        return found

    def digest(self, path: Path) -> tuple[str, int]:
        if path.is_dir():
            run = RunFolder(path)
            run.document()
            return run.sha256, run.size_bytes
        file = SourceFile(path)
        for _ in file.blocks():
            pass
        return file.sha256, file.size_bytes


def _known_parts(attributes: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[str]]:
    strange = [part for part in attributes if part not in PARTS]
    if strange:
        raise BadInput(f"--attribute {strange[0]}=...: a trace has no part '{strange[0]}'; parts: {', '.join(PARTS)}")
    return attributes


def _run(folder: Path) -> tuple[Imported, ...]:
    run = RunFolder(folder)
    return read_mlflow(run, run.document())


def _read(file: SourceFile, head: bytes, own: Mapping[str, Sequence[str]]) -> tuple[Imported, ...]:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadInput(f"{file.name}: this is UTF-16; save the report as UTF-8")
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<"):
        return read_cobertura(file) if b"<coverage" in start else read_junit(file)
    first = start.split(b"\n", 1)[0].decode("utf-8", "replace")
    if start.startswith(b"{"):
        one_a_line = '"resourceSpans"' in first and _whole_line(first, head)
        return read_otlp(file, own) if one_a_line else _document(file)
    if start.startswith((b"TN:", b"SF:")):
        return read_lcov(file)
    sign = separator(first)
    if sign is not None:
        return read_labels(file, sign)
    raise BadInput(f"{file.name}: nobody knows what this is; it can be {KNOWN}")


def _whole_line(first: str, head: bytes) -> bool:
    """Whether the first line is an object of its own, or so long that the head does not hold its end."""
    if b"\n" not in head:
        return True
    try:
        json.loads(first)
    except ValueError:
        return False
    return True


READERS: tuple[tuple[str, Callable[[SourceFile, Mapping[str, Any]], tuple[Imported, ...]]], ...] = (
    ("runs", read_sarif),
    ("totals", read_coverage_json),
    ("candidates", read_bake_off),
    ("run", read_mlflow),
    ("info", read_mlflow),
)


def _is_search(runs: Any) -> bool:
    return isinstance(runs, list) and any(isinstance(run, Mapping) and "info" in run for run in runs)


def _document(file: SourceFile) -> tuple[Imported, ...]:
    document = file.document()
    if isinstance(document, Mapping) and _is_search(document.get("runs")):
        raise BadInput(f"{file.name}: these are runs that MLflow found; export one run, as `mlflow.get_run` gives it")
    for member, reader in READERS:
        if isinstance(document, Mapping) and member in document:
            return reader(file, document)
    raise BadInput(f"{file.name}: nobody knows what this JSON is; it can be {KNOWN}")
