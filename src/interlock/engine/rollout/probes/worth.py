"""The probe that reads KPIs: the newest days of this release, against what they were to be measured against."""

from interlock.engine.evidence.timing import measured_at
from interlock.engine.rollout.gate_facts import GateFacts
from interlock.engine.rollout.probes.measured import number
from interlock.terms.evidence import Evidence, Finding, Verdict
from interlock.terms.gate import GateCheck
from interlock.terms.initiative import Kpi

AGAINST = ("unit", "direction", "baseline")  # recorded with a value, so that none of them is chosen to fit it


def kpi_moved(check: GateCheck, facts: GateFacts) -> Finding:
    """A KPI's newest value is better than its baseline, its interval too."""
    kpis = [kpi for kpi in facts.definition.initiative.kpis if kpi.baseline is not None]
    if not kpis:
        return Finding(
            check.id, Verdict.INCONCLUSIVE, "no KPI has a baseline to move from", "measure the baseline first"
        )
    answers = [_moved(check, facts, kpi) for kpi in kpis]
    order = (Verdict.ERROR, Verdict.PASSED, Verdict.FAILED, Verdict.INCONCLUSIVE)
    return min(answers, key=lambda finding: order.index(finding.verdict))


def _moved(check: GateCheck, facts: GateFacts, kpi: Kpi) -> Finding:
    found = facts.usable_among("kpi", _where_it_works(facts, kpi))
    if isinstance(found, Finding):
        return Finding(check.id, found.verdict, f"{kpi.name}: {found.reason}", found.next_step, found.evidence)
    refs, value, baseline = (found.digest,), number(found.body["value"]), number(kpi.baseline)
    low, high = found.body.get("low"), found.body.get("high")
    words, up = f"{kpi.name}: {value:g} against {baseline:g}", kpi.direction == "up"
    doubt = _doubt(found, kpi)
    if doubt:
        return Finding(
            check.id, Verdict.INCONCLUSIVE, f"{words}: {doubt}", "measure a period that begins after that", refs
        )
    if (value <= baseline) if up else (value >= baseline):
        return Finding(check.id, Verdict.FAILED, f"{words}: it did not move", "change what is done, or stop", refs)
    edge = low if up else high
    if edge is None:
        return Finding(
            check.id, Verdict.INCONCLUSIVE, f"{words}, without an interval", "measure with an interval", refs
        )
    if (number(edge) <= baseline) if up else (number(edge) >= baseline):
        return Finding(
            check.id, Verdict.INCONCLUSIVE, f"{words}: the interval holds the baseline", "measure longer", refs
        )
    return Finding(check.id, Verdict.PASSED, words, "", refs)


def _where_it_works(facts: GateFacts, kpi: Kpi) -> tuple[Evidence, ...]:
    """Never of a control; of the whole workflow, and where nobody measured that, of the segment measured last."""
    own = [e for e in facts.evidence if e.kind == "kpi" and e.body.get("kpi") == kpi.name and not e.body.get("control")]
    whole = [item for item in own if item.body.get("segment") is None]
    newest = max(own, key=measured_at, default=None)
    return tuple(whole or (item for item in own if newest and item.body.get("segment") == newest.body.get("segment")))


def _doubt(found: Evidence, kpi: Kpi) -> str:
    """Why the value says nothing of the KPI as it is now; empty where it does."""
    changed = [name for name in AGAINST if name in found.body and found.body[name] != getattr(kpi, name)]
    return f"its {' and '.join(changed)} changed after it was measured" if changed else ""
