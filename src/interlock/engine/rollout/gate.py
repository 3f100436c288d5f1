"""Gates: findings on evidence and the rule over them. Missing is not passed; only passed opens."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from interlock.engine.evidence.kinds import a_new, noun
from interlock.engine.evidence.outcome import never_ran
from interlock.engine.evidence.timing import measured_at, out_of_time
from interlock.engine.oversight.wording import percent
from interlock.terms.evidence import Evidence, EvidenceClass, Finding, GateVerdict, Verdict
from interlock.terms.workflow import WorkflowDefinition


def rule(findings: Sequence[Finding]) -> Verdict:
    """All passed opens; any failure fails; otherwise an error or a gap stays one. No finding at all is a gap.

    `not applicable` findings are set aside; where nothing else is left the verdict is inconclusive.
    """
    verdicts = {finding.verdict for finding in findings} - {Verdict.NOT_APPLICABLE}
    for worst in (Verdict.FAILED, Verdict.ERROR, Verdict.INCONCLUSIVE):
        if worst in verdicts:
            return worst
    return Verdict.PASSED if verdicts == {Verdict.PASSED} else Verdict.INCONCLUSIVE


def conclude(gate: str, release: str, findings: Sequence[Finding], *, at: str) -> GateVerdict:
    """The gate's verdict over its findings."""
    return GateVerdict(gate, release, rule(findings), tuple(findings), at)


def check_owners(definition: WorkflowDefinition) -> Finding:
    """No owner, no authority."""
    owners = definition.owners
    missing = [role for role, name in (("value", owners.value), ("safety", owners.safety)) if not name]
    if missing:
        words = " and no ".join(f"{role} owner" for role in missing)
        return Finding("owners", Verdict.FAILED, f"no {words} is named", "name both owners in the definition")
    return Finding("owners", Verdict.PASSED, f"value: {owners.value}; safety: {owners.safety}")


def check_undo(definition: WorkflowDefinition) -> Finding:
    """Every effect has an undo, or a signed statement that there is none."""
    effect = definition.effect
    if not effect_allowed(definition):
        return Finding(
            "undo",
            Verdict.FAILED,
            f"'{effect.action}' has no undo and no signed statement, or a blind target that is not signed off",
            "declare `undo`, or have a person sign `no_undo_signed_by`; a blind target needs `blind_signed_by`",
        )
    words = f"undone by '{effect.undo}'" if effect.undo else f"no undo, signed by {effect.no_undo_signed_by}"
    return Finding("undo", Verdict.PASSED, f"'{effect.action}': {words}; target is {effect.target}")


def effect_allowed(definition: WorkflowDefinition) -> bool:
    """Whether the effect may be applied automatically at all: undo declared or signed away, blind target signed."""
    effect = definition.effect
    reversible = effect.undo is not None or effect.no_undo_signed_by is not None
    blind_signed = effect.blind_signed_by is not None and effect.blind_signed_by == definition.owners.safety
    return reversible and (effect.target != "blind" or blind_signed)


def usable(
    evidence: Sequence[Evidence], *, kind: str, release: str, now: dt.datetime, days: int, demoted_at: str | None = None
) -> Finding | Evidence:
    """The newest evidence of a kind that may count for a release, or the finding that says why there is none.

    Evidence of another release never counts, nor any from before the release was last demoted: what happened since
    speaks against it. Stale evidence is a gap; a model does not verify a model. Its age runs from when it was measured,
    not from when it was recorded. What looked at nothing is a gap; what is dated ahead or is no number is an error.
    """
    called = noun(kind)
    of_kind = [item for item in evidence if item.kind == kind]
    if not of_kind:
        return Finding(kind, Verdict.INCONCLUSIVE, f"no {called} is on record", f"bring {a_new(kind)} for this release")
    own = [item for item in of_kind if item.release == release]
    if not own:
        reason = f"the {called} on file belongs to another release"
        return Finding(kind, Verdict.INCONCLUSIVE, reason, f"bring {a_new(kind)} for this release")
    independent = [item for item in own if item.evidence_class is not EvidenceClass.MODEL]
    if not independent:
        return Finding(
            kind,
            Verdict.INCONCLUSIVE,
            f"the {called} rests on a model's opinion alone: a model does not verify a model",
            "have people or an executed check confirm it",
            tuple(item.digest for item in own),
        )
    # Of two measured at the same moment the one recorded later: it was written knowing the other.
    newest = max(reversed(independent), key=lambda item: (measured_at(item), item.at))
    when = measured_at(newest)
    gap = out_of_time(newest, kind=kind, now=now, days=days) or never_ran(newest)
    if gap is not None:
        return gap
    if demoted_at is not None and when <= demoted_at:
        reason = f"the {called} of {when} is from before the release was demoted at {demoted_at}"
        return Finding(kind, Verdict.INCONCLUSIVE, reason, f"bring {a_new(kind)}, from after the demotion")
    return newest


def check_certificate(found: Finding | Evidence, definition: WorkflowDefinition) -> Finding:
    """A certified threshold at the definition's budget, under its promise and confidence."""
    if isinstance(found, Finding):
        return found
    try:
        body = found.body["certificate"]
        threshold = None if body["threshold"] is None else _share(body["threshold"])
        budget, delta, promise = _share(body["budget"]), _share(body["delta"]), body["promise"]
        wrong, above, total = (_count(body[name]) for name in ("n_wrong_above", "n_above", "n_labelled"))
        missing = _count(body["labels_missing"])
        _check_labels(found.body["labels"])
        for name in ("share", "bound"):  # shown beside the threshold where they are told
            if body.get(name) is not None:
                _share(body[name])
    except (KeyError, TypeError, ValueError) as exc:
        return Finding("certificate", Verdict.ERROR, f"the certificate cannot be read: {exc!r}", "make a new one")
    refs = (found.digest,)
    wanted = definition.budget
    if budget > wanted.certify_at or promise != wanted.promise or delta > wanted.delta:
        wish = f"{percent(wanted.certify_at)} ({wanted.promise}, delta {wanted.delta})"
        reason = f"certified at {percent(budget)} ({promise}, delta {delta}), wanted {wish}"
        return Finding("certificate", Verdict.INCONCLUSIVE, reason, "certify at the budget of the definition", refs)
    if threshold is None:
        need = f"label {missing} more cases" if missing else "a better candidate, or a larger budget"
        return Finding("certificate", Verdict.FAILED, f"nothing can be certified on {total} cases", need, refs)
    reason = f"{wrong} wrong of {above} at or over {threshold:.4f}, {total} labelled; budget {percent(budget)} holds"
    return Finding("certificate", Verdict.PASSED, reason, "", refs)


def check_shadow(found: Finding | Evidence, definition: WorkflowDefinition) -> Finding:
    """Shadow agreement with people, decided by the always-valid promotion test; too few cases is a gap."""
    if isinstance(found, Finding):
        return found
    try:
        n, wrong, low = _count(found.body["n"]), _count(found.body["n_wrong"]), _share(found.body["low"])
        decided, wealth, more = found.body["decided"], float(found.body["wealth"]), found.body["more_labels"]
        if not isinstance(decided, bool) or wrong > n:
            raise ValueError(f"{wrong} wrong of {n}, decided: {decided}")
    except (KeyError, TypeError, ValueError) as exc:
        return Finding("shadow", Verdict.ERROR, f"the shadow record cannot be read: {exc!r}", "judge again")
    refs, budget = (found.digest,), definition.budget.error
    seen = f"{wrong} of {n} would-be applied cases differ from people's decision"
    need = 1 / definition.budget.delta
    if low > budget:  # first: a test that was decided early stays so, whatever came after
        return Finding(
            "shadow",
            Verdict.FAILED,
            f"{seen}; the rate is over the budget of {percent(budget)} (at least {percent(round(low, 4))})",
            "find out why, then make a new release",
            refs,
        )
    if decided:
        return Finding("shadow", Verdict.PASSED, f"{seen}; evidence {wealth:.1f} >= {need:.0f}", "", refs)
    words = f"label about {more} more shadow cases" if more else "label more shadow cases"
    return Finding("shadow", Verdict.INCONCLUSIVE, f"{seen}; evidence {wealth:.1f} < {need:.0f}", words, refs)


def _share(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 <= value <= 1.0:
        raise ValueError(f"{value!r} is no share between 0 and 1")
    return float(value)


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{value!r} is no count")
    return value


def _check_labels(labels: Any) -> None:
    if not isinstance(labels, list | tuple) or not labels or not all(isinstance(label, str) for label in labels):
        raise ValueError("the labels that the certificate was made with are not a list of names")
