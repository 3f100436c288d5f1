"""Replay a past period: under the policy of then (it must come out the same) and under another one."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from interlock.engine.action.decide import decide
from interlock.engine.oversight.estimate import rate
from interlock.engine.rollout.definition import limits_of
from interlock.flows.action.standing import grant_facts
from interlock.ports.store import DecisionRow, Reading
from interlock.terms.decision import Decision, DecisionInputs, Proposal, Verb
from interlock.terms.errors import BadInput
from interlock.terms.estimate import Estimate
from interlock.terms.policy import PolicyAnswer
from interlock.terms.workflow import Limits


@dataclass(frozen=True, slots=True)
class Policy:
    """What is changed in a replay; None leaves it as it was."""

    threshold: float | None = None
    traffic_share: float | None = None
    always_review: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Replayed:
    """Decisions by verb and the error rate among those applied whose outcome is known."""

    verbs: Mapping[str, int]
    applied_error: Estimate


@dataclass(frozen=True, slots=True)
class Backtest:
    """A period replayed. `reproduced` of `decisions` came out as recorded (verb and audit); the keys that did not are
    `differing`. `changed` decisions would have been others under the other policy. The content of `erased` of the cases
    was erased since; what a decision depends on stays in its record.
    """

    decisions: int
    reproduced: int
    differing: tuple[str, ...]
    as_recorded: Replayed
    other: Replayed
    changed: int
    erased: int = 0


def replay(
    reading: Reading, workflow: str, policy: Policy, *, since_entry: int = 0, until_entry: int | None = None
) -> Backtest:
    """Decide every recorded case of the period again. Raises BadInput where there is none.

    A case whose recorded inputs cannot be read counts as differing, and as unchanged under the other policy.

    The error rate under another policy rests on the cases whose outcome is known; cases that only the other policy
    would have applied are known where people reviewed them.
    """
    limits = _limits_by_release(reading, workflow)
    rows = tuple(reading.decisions(workflow, since_entry=since_entry, until_entry=until_entry))
    if not rows:
        raise BadInput(f"'{workflow}' decided no case in that period")
    then: list[tuple[DecisionRow, str]] = []
    other: list[tuple[DecisionRow, str]] = []
    differing: list[str] = []
    for row in rows:
        then.append((row, row.verb))
        decided = _decided_again(row, limits)
        if decided is None:
            differing.append(row.key)
            other.append((row, row.verb))
            continue
        inputs, again = decided
        elsewhere = decide(_under(inputs, policy))
        if (again.verb, again.audited) != (row.verb, row.audited):
            differing.append(row.key)
        other.append((row, elsewhere.verb))
    changed = sum(a[1] != b[1] for a, b in zip(then, other, strict=True))
    reproduced = len(rows) - len(differing)
    erased = sum(row.erased_entry is not None for row in rows)
    return Backtest(len(rows), reproduced, tuple(differing), _replayed(then), _replayed(other), changed, erased)


def decide_again(reading: Reading, row: DecisionRow) -> Decision | None:
    """What the recorded inputs of one case lead to; None where they are not as they were recorded."""
    decided = _decided_again(row, _limits_by_release(reading, row.workflow))
    return None if decided is None else decided[1]


def _decided_again(row: DecisionRow, limits: Mapping[str, Limits]) -> tuple[DecisionInputs, Decision] | None:
    try:
        inputs = inputs_of(row.inputs, limits[row.release])
        return inputs, decide(inputs)
    except (KeyError, TypeError, ValueError, AttributeError):  # not what was recorded: it cannot be decided again
        return None


def inputs_of(recorded: Mapping[str, Any], limits: Limits) -> DecisionInputs:
    """The inputs of a recorded decision, with the limits of its release."""
    grant, policy = recorded["grant"], recorded.get("policy")
    return DecisionInputs(
        **{
            **recorded,
            "proposal": Proposal(**recorded["proposal"]),
            "grant": None if grant is None else grant_facts(grant),
            "halted": tuple(recorded["halted"]),
            "limits": limits,
            "policy": None if policy is None else _answer(policy),
        }
    )


def _answer(recorded: Mapping[str, Any]) -> PolicyAnswer:
    return PolicyAnswer(
        recorded["allowed"], tuple(recorded["rules"]), tuple(recorded["reasons"]), recorded.get("failed", False)
    )


def _under(inputs: DecisionInputs, policy: Policy) -> DecisionInputs:
    grant, limits = inputs.grant, inputs.limits
    if grant is not None and policy.threshold is not None:
        grant = replace(grant, threshold=policy.threshold)
    if grant is not None and policy.traffic_share is not None:
        grant = replace(grant, traffic_share=policy.traffic_share)
    if policy.always_review is not None:
        limits = replace(limits, always_review=policy.always_review)
    return replace(inputs, grant=grant, limits=limits)


def _limits_by_release(reading: Reading, workflow: str) -> dict[str, Limits]:
    entries = reading.entries_of("release.defined", workflow)
    return {entry.body["release"]: limits_of(entry.body["definition"]["limits"]) for entry in entries}


def _replayed(decided: Iterable[tuple[DecisionRow, str]]) -> Replayed:
    pairs = tuple(decided)
    known = [row.wrong for row, verb in pairs if verb == Verb.APPLY and row.wrong is not None]
    return Replayed(dict(Counter(str(verb) for _, verb in pairs)), rate(sum(known), len(known)))
