"""What evidence of another tool says: passed, failed, or nothing, because nothing ran."""

import math
from collections.abc import Mapping
from typing import Any

from interlock.engine.evidence.kinds import noun
from interlock.terms.evidence import Evidence, Finding, Verdict

# The member that counts what was looked at: at zero nothing was.
RAN: Mapping[str, str] = {
    "tests": "n",
    "scan": "rules",  # results may be none, looked for must be something
    "coverage": "lines",
    "labels": "n",
    "traces": "outputs",
    "run": "n",
    "period": "labelled",  # cases whose outcome nobody knows say nothing of quality
}
# Members that must be zero, or the evidence speaks against the release.
AGAINST: Mapping[str, tuple[str, ...]] = {"tests": ("failures", "errors"), "scan": ("errors",)}


def never_ran(evidence: Evidence) -> Finding | None:
    """The finding that nothing was measured, or that what was measured is no number; None where something was."""
    wanted = RAN.get(evidence.kind)
    refs = (evidence.digest,)
    broken = not_a_number(evidence.body)
    if broken is not None:
        reason = f"`{broken}` of the {noun(evidence.kind)} is no finite number"
        return Finding(evidence.kind, Verdict.ERROR, reason, "find out why and measure again", refs)
    if wanted is None or wanted not in evidence.body:
        return None
    n = evidence.body[wanted]
    if isinstance(n, bool) or not isinstance(n, int) or n < 0:
        return Finding(evidence.kind, Verdict.ERROR, f"`{wanted}` is {n!r}, which is no count", "measure again", refs)
    if n == 0 or (evidence.kind == "tests" and n == evidence.body.get("skipped", 0)):
        reason = (
            f"the {noun(evidence.kind)} looked at nothing: {n} {wanted if wanted != 'n' else 'cases'}, none of them run"
        )
        return Finding(evidence.kind, Verdict.INCONCLUSIVE, reason, "run it so that it looks at something", refs)
    return None


def outcome_of(evidence: Evidence) -> Finding:
    """What the evidence says of itself; a gate may ask for more."""
    gap = never_ran(evidence)
    if gap is not None:
        return gap
    refs, body = (evidence.digest,), evidence.body
    if evidence.kind == "document":
        return Finding(
            evidence.kind, Verdict.NOT_APPLICABLE, "a document: people read it, it measures nothing", "", refs
        )
    if evidence.kind == "period" and body.get("of_other_releases"):
        words = f"{body['of_other_releases']:,} of {body['cases']:,} cases were decided under another release"
        step = "measure a period in which this release alone decided"
        return Finding(evidence.kind, Verdict.INCONCLUSIVE, words, step, refs)
    if evidence.kind == "traces" and body.get("traced") == 0:
        words = f"none of {body.get('outputs', 0):,} outputs is traced to input, prompt, version and approval"
        return Finding(evidence.kind, Verdict.FAILED, words, "name all four in the traces and export them again", refs)
    against = [(name, body[name]) for name in AGAINST.get(evidence.kind, ()) if body.get(name)]
    if against:
        words = ", ".join(f"{name}: {n}" for name, n in against) + f"; {looked_at(evidence)}"
        return Finding(evidence.kind, Verdict.FAILED, words, "mend what it found and run it again", refs)
    return Finding(evidence.kind, Verdict.PASSED, looked_at(evidence), "", refs)


def looked_at(evidence: Evidence) -> str:
    """What was looked at and found, in a few words: the counts themselves, which a rounded share would hide."""
    if evidence.kind == "attestation":
        return ", ".join(str(evidence.body.get(name, "?")) for name in ("gate", "check", "by"))
    ran = RAN.get(evidence.kind)
    if ran is None or ran not in evidence.body:
        return "on file"
    words = f"{ran}: {evidence.body[ran]:,}"
    part = {"coverage": "covered", "labels": "wrong", "traces": "traced"}.get(evidence.kind)
    return words if part is None or part not in evidence.body else f"{words}, {part}: {evidence.body[part]:,}"


def not_a_number(value: Any, name: str = "body") -> str | None:
    """The place of the first NaN or infinity in a JSON-able value, None where there is none."""
    if isinstance(value, float):
        return None if math.isfinite(value) else name
    if isinstance(value, Mapping):
        places = (not_a_number(item, str(key)) for key, item in value.items())
    elif isinstance(value, list | tuple):
        places = (not_a_number(item, name) for item in value)
    else:
        return None
    return next((place for place in places if place is not None), None)
