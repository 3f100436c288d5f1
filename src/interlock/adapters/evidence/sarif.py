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
GONE = "absent"  # of `baselineState`: in the scan before, and no more in this one
FINDS = "fail"  # of `kind`: the others say that it passed, does not apply, or that a person has to look
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
    suppressed = absent = 0
    for number, run in enumerate(runs):
        place = f"{file.name}: runs[{number}]"
        name, known = _driver(run, place)
        tools.append(name)
        rules |= known.keys()
        times += _times(run, place)
        for at, item in enumerate(_results(run, place)):
            rule = _rule(item, known)
            level = _level(item, known.get(rule), f"{place}.results[{at}]")
            if item.get("baselineState") == GONE:
                absent += 1
            elif _suppressed(item):
                suppressed += 1
            else:
                levels[level] += 1
                found_rules[rule] += 1
    body = {
        "runs": len(runs),
        "rules": len(rules | found_rules.keys()),
        "errors": levels["error"],
        "warnings": levels["warning"],
        "notes": levels["note"] + levels["none"],
        "suppressed": suppressed,
        "absent": absent,
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
    for part in (driver, *_list(tool or {}, "extensions", f"{place}.tool")):
        for rule in _list(part, "rules", f"{place}.tool"):
            settings = rule.get("defaultConfiguration")
            level = settings.get("level") if isinstance(settings, Mapping) else None
            known[str(rule.get("id"))] = level if level in LEVELS else "warning"
    return f"{driver['name']} {version}" if version else str(driver["name"]), known


def _list(holder: Mapping[str, Any], name: str, place: str) -> list[Mapping[str, Any]]:
    held = holder.get(name) or []
    if not isinstance(held, list) or not all(isinstance(item, Mapping) for item in held):
        raise BadInput(f"{place}.{name} is no list of objects; write the log again")
    return held


def _results(run: Mapping[str, Any], place: str) -> list[Mapping[str, Any]]:
    """Its results. None at all is none found; where the member is missing, the tool looked for nothing."""
    if run.get("results") is None:
        outside = "externalPropertyFileReferences" in run
        words = "they are in other files; write them into the log" if outside else "it only lists its rules; scan again"
        raise BadInput(f"{place} has no `results`: {words}")
    return _list(run, "results", place)


def _rule(item: Mapping[str, Any], known: Mapping[str, str]) -> str:
    """The rule's id, which a result gives itself, or by its place among the rules."""
    reference = item.get("rule")
    named = reference if isinstance(reference, Mapping) else {}
    identity = item.get("ruleId") or named.get("id")
    if identity:
        return str(identity)
    index = item.get("ruleIndex", named.get("index"))
    listed = tuple(known)
    return listed[index] if isinstance(index, int) and 0 <= index < len(listed) else "unnamed"


def _level(item: Mapping[str, Any], of_rule: str | None, place: str) -> str:
    """As SARIF 3.27.10 says: the result's own level, else its rule's, else "warning"; of what is no failure, none."""
    level = item.get("level") or ("none" if item.get("kind", FINDS) != FINDS else of_rule or "warning")
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
