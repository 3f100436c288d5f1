"""Why a case could act, as plain values: the conclusion, the one picture, and the chain of what is on record."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from interlock.flows.trace.case_file import CaseFile
from interlock.surfaces.web.cases.view import EFFECTS, VERBS
from interlock.surfaces.web.charts import interval_bar
from interlock.surfaces.web.sentences import readable
from interlock.surfaces.web.states import FAILED, INCONCLUSIVE, NOTED, PASSED, State, said
from interlock.terms import words
from interlock.terms.decision import Decision, Verb
from interlock.terms.trace import CaseTrace, TraceStep

NAMES: Mapping[TraceStep, str] = {
    TraceStep.EVIDENCE: "Evidence",
    TraceStep.GATE: "Gate",
    TraceStep.PROMOTION: "Grant",
    TraceStep.RELEASE: "Release",
    TraceStep.HALT: "Stop",
    TraceStep.POLICY: "Policy",
    TraceStep.DECISION: "Decision",
    TraceStep.INTENT: "Intent",
    TraceStep.EFFECT: "Effect",
    TraceStep.REVIEW: "Review",
    TraceStep.UNDO: "Undo",
    TraceStep.OUTCOME: "Outcome",
}


# What became of a case that was to be applied, where that is not simply done.
BECAME: Mapping[str, str] = {
    "executing": "Being applied,",
    "failed": "It was to be applied, and nothing was changed; decided",
    "in_doubt": "Nobody knows whether it was applied; decided",
    "undoing": "Applied, and being undone; decided",
    "undone": "Applied, and undone since; decided",
}


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the chain. `entry` is where it is on record, None for what is part of the decision's own entry."""

    name: str
    words: str
    at: str
    entry: int | None
    leaf: str
    tone: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class WhyView:
    """The page of one case. `picture` shows the confidence against the threshold; empty where there is none."""

    title: str
    heading: str
    key: str
    state: State
    effect: str
    outcome: State
    outcome_words: str
    picture: Markup
    picture_words: str
    chain: tuple[Link, ...]
    missing: tuple[str, ...]
    altered: tuple[int, ...]


def why_view(file: CaseFile) -> WhyView:
    """What is on record about a case, from what allowed it to what became of it."""
    picture, told = _picture(file.decision.inputs)
    outcome, outcome_words = _outcome(file)
    return WhyView(
        title=_title(file),
        heading=f"Why it could {'act' if file.row.verb == Verb.APPLY else 'not act by itself'}, link by link",
        key=file.row.key,
        state=said(NOTED, VERBS.get(file.row.verb, file.row.verb)),
        effect=EFFECTS.get(file.row.state or "", "no effect was begun"),
        outcome=outcome,
        outcome_words=outcome_words,
        picture=picture,
        picture_words=told,
        chain=tuple(_chain(file)),
        missing=file.trace.missing,
        altered=file.trace.altered,
    )


def replay_words(file: CaseFile, again: Decision | None) -> tuple[State, str]:
    """Whether the recorded inputs lead to the recorded decision once more."""
    if again is None:
        return said(FAILED, "Cannot be decided again"), "its recorded inputs are not as they were written"
    same = (again.verb, again.audited) == (file.decision.verb, file.decision.audited)
    told = f"{VERBS[again.verb].lower()}, because {readable('; '.join(again.reasons))}"
    if same:
        return said(PASSED, "The same again"), f"decided again from its recorded inputs: {told}"
    return said(FAILED, "Another decision"), f"from its recorded inputs it comes out as: {told}"


def _title(file: CaseFile) -> str:
    if file.trace.altered:
        return (
            f"What is on record of this case was ALTERED: {words.plural(len(file.trace.altered), 'entry', 'entries')}"
        )
    reasons = readable("; ".join(file.decision.reasons)) or "no reason is on record"
    approved = any(link.facts.get("approved_by") for link in file.trace.links)
    if file.row.verb == Verb.APPLY:
        return f"{BECAME.get(file.row.state or '', 'Applied,')} because {reasons}"
    if approved:
        return f"Put before a person, who approved it, because {reasons}"
    return f"{VERBS.get(file.row.verb, file.row.verb)}, because {reasons}"


def _outcome(file: CaseFile) -> tuple[State, str]:
    if file.row.wrong is None:
        return said(INCONCLUSIVE, "Not known yet"), "nobody has looked, or nobody was asked to"
    label = str(file.decision.outcome)
    return (said(FAILED, "Wrong") if file.row.wrong else said(PASSED, "Right")), f"it turned out to be '{label}'"


def _picture(inputs: Mapping[str, Any]) -> tuple[Markup, str]:
    confidence = _number(inputs.get("proposal"), "confidence")
    threshold = _number(inputs.get("grant"), "threshold")
    if confidence is None:
        return Markup(), "the AI gave no confidence"
    told = f"confidence {words.confidence(confidence)}"
    told += "; no threshold was in force" if threshold is None else f", threshold {words.confidence(threshold)}"
    return interval_bar(None, confidence, None, top=1.0, limit=threshold, words=told), told


def _number(facts: object, name: str) -> float | None:
    value = facts.get(name) if isinstance(facts, Mapping) else None
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if is_number and value is not None else None


def _chain(file: CaseFile) -> Iterator[Link]:
    """The links in the order in which one allowed the next; limits and threshold stand before the decision."""
    derived = False
    for link in (one for one in file.trace.links if one.step is not TraceStep.SHOWN):
        if link.step in {TraceStep.POLICY, TraceStep.DECISION} and not derived:
            derived = True
            yield Link("Limits", _limits(file), file.row.at, None, "")
            yield Link("Threshold", _threshold(file.decision.inputs), file.row.at, None, "")
        digest = link.facts.get("digest") if link.step is TraceStep.EVIDENCE else None
        yield Link(
            name=NAMES[link.step],
            words=readable(link.words),
            at=link.at,
            entry=link.entry,
            leaf=link.digest or "",
            tone="failed" if link.altered else _tone(link.step, link.words, link.facts),
            evidence=digest if isinstance(digest, str) else "",
        )


def _tone(step: TraceStep, told: str, facts: Mapping[str, Any]) -> str:
    if step is TraceStep.OUTCOME:
        return "failed" if facts.get("wrong") else ""
    doubtful = "nobody knows whether" in told or "was not undone" in told or "was refused" in told
    return "inconclusive" if doubtful else ""


def _limits(file: CaseFile) -> str:
    inputs, limits = file.decision.inputs, file.limits
    parts = []
    halted = inputs.get("halted") or ()
    parts.append(f"halted: {', '.join(map(str, halted))}" if halted else "nothing was halted")
    day, applied = limits.get("applied_per_day"), inputs.get("applied_today", 0)
    parts.append(f"{applied} applied that day" + (f" of at most {day}" if day is not None else ", no daily limit"))
    for name, told in (("always_review", "always to a person"), ("forbidden", "forbidden")):
        labels = limits.get(name)
        if isinstance(labels, list | tuple) and labels:
            parts.append(f"{told}: {', '.join(map(str, labels))}")
    return "; ".join(parts)


def _threshold(inputs: Mapping[str, Any]) -> str:
    grant = inputs.get("grant")
    if not isinstance(grant, Mapping):
        return "no grant was in force, so none was certified"
    confidence, threshold = _number(inputs.get("proposal"), "confidence"), _number(grant, "threshold")
    parts = [
        "no confidence was given" if confidence is None else f"confidence {words.confidence(confidence)}",
        "no threshold was certified" if threshold is None else f"certified threshold {words.confidence(threshold)}",
    ]
    for draw, share, what in (("traffic_draw", "traffic_share", "traffic"), ("audit_draw", "audit_share", "audits")):
        drawn, limit = _number(inputs, draw), _number(grant, share)
        if drawn is not None and limit is not None:
            place = "within" if drawn < limit else "outside"
            parts.append(f"drawn {place} the {words.percent_exact(limit)} of {what}")
    return "; ".join(parts)


def proved_words(trace: CaseTrace) -> str:
    """Against which tree each link can be proved."""
    return f"the tree of {words.plural(trace.sealed_size, 'entry', 'entries')}, root {trace.root[:16]}…"
