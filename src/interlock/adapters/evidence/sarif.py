"""SARIF 2.1.0: what a scanner looked for and what it found."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import Any

from interlock.adapters.evidence.source_file import SourceFile, time_of
from interlock.terms.errors import BadInput
from interlock.terms.evidence import EvidenceClass
from interlock.terms.imported import Imported

VERSION = "2.1.0"
LEVELS = ("error", "warning", "note", "none")
NAMES_MAX = 20


def read_sarif(file: SourceFile, document: Any) -> tuple[Imported, ...]:
    """All runs of a SARIF log together. Raises BadInput where it is none, or one of its runs did not end well."""
    if not isinstance(document, Mapping) or document.get("version") != VERSION:
        raise BadInput(f"{file.name}: this is no SARIF {VERSION} log; write one with the scanner's SARIF output")
    runs = document.get("runs")
    if not isinstance(runs, list) or not all(isinstance(run, Mapping) for run in runs):
        raise BadInput(f"{file.name}: `runs` is no list of runs; write the log again")
    levels: Counter[str] = Counter()
    rules: set[str] = set()
    found_rules: Counter[str] = Counter()
    tools: list[str] = []
    times: list[tuple[dt.datetime, bool]] = []
    suppressed = 0
    for number, run in enumerate(runs):
        place = f"{file.name}: runs[{number}]"
        name, known = _driver(run, place)
        tools.append(name)
        rules |= known.keys()
        times += _times(run, place)
        for at, item in enumerate(_list(run, "results", place)):
            level = _level(item, known, f"{place}.results[{at}]")
            if _suppressed(item):
                suppressed += 1
            else:
                levels[level] += 1
                found_rules[str(item.get("ruleId") or "unnamed")] += 1
    body = {
        "runs": len(runs),
        "rules": len(rules | found_rules.keys()),
        "errors": levels["error"],
        "warnings": levels["warning"],
        "notes": levels["note"] + levels["none"],
        "suppressed": suppressed,
        "found": dict(found_rules.most_common(NAMES_MAX)),
        "tools": tools,
    }
    newest = max(times, default=(None, True))
    source = f"SARIF of {', '.join(tools)}" if tools else "SARIF"
    return (Imported("scan", EvidenceClass.EXECUTED, source, body, file.name, file.sha256, file.size_bytes, *newest),)


def _driver(run: Mapping[str, Any], place: str) -> tuple[str, dict[str, str]]:
    """The scanner with its version, and the default level of each rule it knows."""
    tool = run.get("tool")
    driver = tool.get("driver") if isinstance(tool, Mapping) else None
    if not isinstance(driver, Mapping) or not isinstance(driver.get("name"), str):
        raise BadInput(f"{place}.tool.driver.name is missing: nobody knows what looked; write the log again")
    version = driver.get("version") or driver.get("semanticVersion")
    known = {}
    for rule in _list(driver, "rules", f"{place}.tool.driver"):
        settings = rule.get("defaultConfiguration")
        level = settings.get("level") if isinstance(settings, Mapping) else None
        known[str(rule.get("id"))] = level if level in LEVELS else "warning"
    return f"{driver['name']} {version}" if version else str(driver["name"]), known


def _list(holder: Mapping[str, Any], name: str, place: str) -> list[Mapping[str, Any]]:
    held = holder.get(name) or []
    if not isinstance(held, list) or not all(isinstance(item, Mapping) for item in held):
        raise BadInput(f"{place}.{name} is no list of objects; write the log again")
    return held


def _level(item: Mapping[str, Any], known: Mapping[str, str], place: str) -> str:
    """As SARIF 3.27.10 says: the result's own level, else its rule's, else "warning"."""
    level = item.get("level") or known.get(str(item.get("ruleId")), "warning")
    if level not in LEVELS:
        raise BadInput(f"{place}.level: {level!r} is none of {', '.join(LEVELS)}; write the log again")
    return str(level)


def _suppressed(item: Mapping[str, Any]) -> bool:
    """A suppression counts where nobody still has to decide on it."""
    listed = item.get("suppressions") or []
    accepted = [one for one in listed if isinstance(one, Mapping) and one.get("status", "accepted") == "accepted"]
    return bool(listed) and len(accepted) == len(listed)


def _times(run: Mapping[str, Any], place: str) -> list[tuple[dt.datetime, bool]]:
    times = []
    for call in _list(run, "invocations", place):
        if call.get("executionSuccessful") is False:
            raise BadInput(f"{place}: the scan did not end well, by its own word; mend it and scan again")
        at, _ = time_of(call.get("endTimeUtc") or call.get("startTimeUtc"), place=f"{place}.invocations")
        if at is not None:
            times.append((at, True))  # they are UTC by definition
    return times
