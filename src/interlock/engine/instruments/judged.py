"""What verdicts of gates say about items: that a gate passed, or that a feature shows a way in which features fail."""

from collections.abc import Mapping

from interlock.engine.instruments.probes import Facts, Probe, Probed
from interlock.terms.evidence import Finding, GateVerdict, Verdict
from interlock.terms.stage import RolloutStage

EARLY = (RolloutStage.EXPLORATION, RolloutStage.PILOT)
OWNERS = ("value", "delivery", "safety", "escalation")


def _verdict(facts: Facts, gate: str) -> GateVerdict | None:
    """The newest verdict for the release in force."""
    found = (facts.standing.gates or {}).get(gate)
    return found if found is not None and found.release == facts.standing.release else None


def _evidence(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(digest for finding in findings for digest in finding.evidence))


def _open(verdict: GateVerdict) -> tuple[Finding, ...]:
    """What is not so, waived or not: an exception does not make it so."""
    return tuple(one for one in verdict.findings if one.verdict not in {Verdict.PASSED, Verdict.NOT_APPLICABLE})


def passed(gate: str) -> Probe:
    """Whether a gate passed for the release in force; nothing is known where nobody judged it."""

    def look(facts: Facts) -> Probed | None:
        verdict = _verdict(facts, gate)
        if verdict is None:
            return None
        still = _open(verdict)
        if verdict.verdict is Verdict.PASSED:
            waived = f", with a waiver for: {', '.join(one.check for one in still)}" if still else ""
            words = f"the gate '{gate}' passed on {verdict.at[:10]}{waived}"
            return Probed(there=True, says=words, evidence=_evidence(verdict.findings))
        why = still[0].reason if still else "it has no finding"
        return Probed(there=False, says=f"the gate '{gate}' is {verdict.verdict}: {why}", evidence=_evidence(still))

    return look


def _shown_by(gate: str) -> Probe:
    """A pattern that a gate stands against: shown by what failed in it, and by acting before it passed."""

    def look(facts: Facts) -> Probed | None:
        standing, verdict = facts.standing, _verdict(facts, gate)
        still = () if verdict is None else _open(verdict)
        failed = tuple(one for one in still if one.verdict is Verdict.FAILED)
        if failed:
            words = "; ".join(f"{one.check}: {one.reason}" for one in failed)
            return Probed(there=True, says=words, evidence=_evidence(failed))
        if verdict is not None and verdict.verdict is Verdict.PASSED and not still:
            words = f"the gate '{gate}' passed on {verdict.at[:10]}"
            return Probed(there=False, says=words, evidence=_evidence(verdict.findings))
        if standing.grant is not None or standing.live_by_drift:
            said = "was not judged for its release" if verdict is None else f"is {verdict.verdict}"
            return Probed(there=True, says=f"it acts, and the gate '{gate}' {said}")
        return None

    return look


def _people(facts: Facts) -> Probed | None:
    late = facts.standing.late_reviews
    if late:
        return Probed(there=True, says=f"{late} of {facts.standing.open_reviews} open reviews are late")
    return _shown_by("human in the loop")(facts)


def _unclear_owners(facts: Facts) -> Probed | None:
    """Whoever is missing is known; whether each of those who are named knows it, people say."""
    gaps = [role for role in OWNERS if not getattr(facts.standing.definition.owners, role)]
    return Probed(there=True, says=f"nobody is named for: {', '.join(gaps)}") if gaps else None


def _locked_in(facts: Facts) -> Probed | None:
    vendors = facts.standing.definition.initiative.vendors
    bare = [one.name for one in vendors if one.exit_to is None]
    if bare:
        return Probed(there=True, says=f"nobody has said what would replace: {', '.join(bare)}")
    return None if vendors else Probed(there=False, says="no vendor is named in the definition")


def _launched_for_its_own_sake(facts: Facts) -> Probed | None:
    """It went past the pilot, and nobody measured what it is for. Why people want a launch, no record says."""
    standing = facts.standing
    if standing.stage in EARLY or standing.measurements:
        return None
    return Probed(there=True, says=f"it is in {standing.stage}, and none of its KPIs was ever measured")


JUDGED: Mapping[str, Probe] = {
    "passed-problem-framing": passed("problem framing"),
    "passed-data-fitness": passed("data fitness"),
    "passed-privacy-and-legal": passed("privacy and legal"),
    "passed-model-selection": passed("model selection"),
    "passed-guardrails": passed("guardrails"),
    "passed-human-in-the-loop": passed("human in the loop"),
    "passed-observability": passed("observability"),
    "passed-decide": passed("decide"),
    "passed-limited-live": passed("limited live"),
    "shows-vague-framing": _shown_by("problem framing"),
    "shows-unusable-data": _shown_by("data fitness"),
    "shows-compliance-last": _shown_by("privacy and legal"),
    "shows-model-against-reality": _shown_by("model selection"),
    "shows-no-guardrails": _shown_by("guardrails"),
    "shows-people-as-an-afterthought": _people,
    "shows-uptime-only": _shown_by("observability"),
    "shows-unclear-owners": _unclear_owners,
    "shows-vendor-lock-in": _locked_in,
    "shows-incentives": _launched_for_its_own_sake,
}
