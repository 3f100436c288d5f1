"""What answers the checks of gates: pure functions of a check and of facts."""

from collections.abc import Callable, Mapping

from interlock.engine.rollout.gate_facts import GateFacts
from interlock.engine.rollout.probes.measured import (
    attested,
    bake_off,
    certificate,
    decided,
    recorded,
    shadow,
    stable,
)
from interlock.engine.rollout.probes.standing import (
    captured,
    drilled,
    live_by_drift,
    never_asked,
    no_open_incident,
    promotion_gate,
    reviews_in_time,
    scorecard,
)
from interlock.engine.rollout.probes.stated import falsifiable, harm_reviewed, owners, stated, undo, use_case
from interlock.engine.rollout.probes.worth import kpi_moved
from interlock.terms.evidence import Finding
from interlock.terms.gate import GateCheck

Probe = Callable[[GateCheck, GateFacts], Finding]

PROBES: Mapping[str, Probe] = {
    "stated": stated,
    "falsifiable": falsifiable,
    "use case": use_case,
    "harm reviewed": harm_reviewed,
    "owners": owners,
    "undo": undo,
    "recorded": recorded,
    "attested": attested,
    "bake-off": bake_off,
    "certificate": certificate,
    "shadow": shadow,
    "stable": stable,
    "kpi moved": kpi_moved,
    "decided": decided,
    "promotion gate": promotion_gate,
    "scorecard": scorecard,
    "live by drift": live_by_drift,
    "drilled": drilled,
    "reviews in time": reviews_in_time,
    "captured": captured,
    "no open incident": no_open_incident,
    "gate": never_asked,
}
