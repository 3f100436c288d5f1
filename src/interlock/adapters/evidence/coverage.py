"""Coverage: Cobertura XML, the JSON of coverage.py, and LCOV; always lines that ran out of lines that could."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from interlock.adapters.evidence.source_file import SourceFile, count, time_of
from interlock.adapters.evidence.xml_events import read_elements
from interlock.terms.errors import BadInput
from interlock.terms.evidence import EvidenceClass
from interlock.terms.imported import Imported

MILLISECONDS_FROM = 10**11  # a time in seconds has fewer digits until the year 5138


def read_cobertura(file: SourceFile) -> tuple[Imported, ...]:
    """Lines are counted, not the rates that the file claims. Raises BadInput where it is no Cobertura report."""
    lines = {"lines": 0, "covered": 0}
    root: dict[str, str] = {}
    within: list[str] = []

    def begun(name: str, attributes: Mapping[str, str], line: int) -> None:
        if not within:
            root.update({**attributes, "element": name})
        if name == "line" and "methods" not in within:
            lines["lines"] += 1
            lines["covered"] += count(attributes.get("hits"), place=f"{file.name}: line {line}: hits") > 0
        within.append(name)

    read_elements(file, begun, lambda _: within.__delitem__(-1))
    if root.get("element") == "coverage" and {"clover", "generated"} & root.keys():
        raise BadInput(f"{file.name}: this is Clover XML, which is not read; write Cobertura XML or LCOV instead")
    if root.get("element") != "coverage":
        raise BadInput(f"{file.name}: its first element is no <coverage>, so this is no Cobertura report")
    at = None
    if root.get("timestamp"):
        raw = count(root["timestamp"], place=f"{file.name}: timestamp")
        seconds = raw / 1000 if raw >= MILLISECONDS_FROM else raw
        at = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)
    return _made(file, "Cobertura XML", lines["covered"], lines["lines"], at, version=root.get("version"))


def read_coverage_json(file: SourceFile, document: Mapping[str, Any]) -> tuple[Imported, ...]:
    """The totals of `coverage json`. Raises BadInput where they are missing or are no counts."""
    totals, meta = document.get("totals"), document.get("meta")
    if not isinstance(totals, Mapping) or not isinstance(meta, Mapping):
        raise BadInput(f"{file.name}: `totals` or `meta` is missing; write the file with `coverage json`")
    covered = count(totals.get("covered_lines"), place=f"{file.name}: totals.covered_lines")
    lines = count(totals.get("num_statements"), place=f"{file.name}: totals.num_statements")
    at, zoned = time_of(meta.get("timestamp"), place=f"{file.name}: meta.timestamp")
    version = str(meta.get("version") or "")
    return _made(file, "coverage.py", covered, lines, at, zoned=zoned, version=version)


def read_lcov(file: SourceFile) -> tuple[Imported, ...]:
    """The DA records of an LCOV trace. Raises BadInput where a record was cut off."""
    covered = lines = 0
    is_open = False
    for number, text in file.lines():
        word, _, rest = text.strip().partition(":")
        if word == "SF":
            is_open = True
        elif word == "end_of_record":
            is_open = False
        elif word == "DA":
            _, _, hits = rest.partition(",")
            lines += 1
            covered += count(hits.split(",")[0], place=f"{file.name}: line {number}: hits") > 0
    if is_open:
        raise BadInput(f"{file.name}: the last record has no end_of_record: the file was cut off; write it again")
    return _made(file, "LCOV", covered, lines, None)


def _made(
    file: SourceFile,
    tool: str,
    covered: int,
    lines: int,
    at: dt.datetime | None,
    *,
    zoned: bool = True,
    version: str | None = None,
) -> tuple[Imported, ...]:
    if covered > lines:
        raise BadInput(f"{file.name}: {covered} lines ran of {lines}: that cannot be; make the report again")
    body = {"lines": lines, "covered": covered, "share": covered / lines if lines else None}
    source = f"{tool} {version}" if version else tool
    digest, size = file.sha256, file.size_bytes
    return (Imported("coverage", EvidenceClass.EXECUTED, source, body, file.name, digest, size, at, zoned),)
