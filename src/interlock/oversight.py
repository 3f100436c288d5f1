"""How much human review an AI workflow needs, with a guarantee: the statistics of Interlock, for use on their own.

Importing this needs the standard library alone, and so do `labels_needed`, `PromotionTest`, the monitors, the audit
draws and `audit_share`. `certify`, `candidate_thresholds` and the estimates (`rate`, `quantile`, `mean`,
`weighted_rate`) load numpy and scipy when called (the extra `interlock[oversight]`).
"""

from interlock.engine.oversight.audits.audit_share import audit_share
from interlock.engine.oversight.audits.sampling import (
    RecordedDraw,
    audit_draw,
    in_audit_sample,
    recheck,
    salt_commitment,
)
from interlock.engine.oversight.estimate import mean, quantile, rate, weighted_rate
from interlock.engine.oversight.sequential.comparison import NonInferiorityTest
from interlock.engine.oversight.sequential.judged import (
    JudgedBreachMonitor,
    JudgedDemotionMonitor,
    JudgedPromotionTest,
    estimate_range,
)
from interlock.engine.oversight.sequential.monitor import BreachMonitor, DemotionMonitor
from interlock.engine.oversight.sequential.pooling import Pooled, pooled
from interlock.engine.oversight.sequential.promotion import PromotionTest
from interlock.engine.oversight.sequential.replay import Replay, replay
from interlock.engine.oversight.threshold.candidates import LabellingDesign, candidate_thresholds, labelling_design
from interlock.engine.oversight.threshold.certify import certify
from interlock.engine.oversight.threshold.labels import labels_needed
from interlock.engine.oversight.wording import promise_in_words
from interlock.terms.certificate import Certificate, Promise
from interlock.terms.estimate import Estimate
from interlock.terms.evaluation import AuditPlan

__all__ = [
    "AuditPlan",
    "BreachMonitor",
    "Certificate",
    "DemotionMonitor",
    "Estimate",
    "JudgedBreachMonitor",
    "JudgedDemotionMonitor",
    "JudgedPromotionTest",
    "LabellingDesign",
    "NonInferiorityTest",
    "Pooled",
    "Promise",
    "PromotionTest",
    "RecordedDraw",
    "Replay",
    "audit_draw",
    "audit_share",
    "candidate_thresholds",
    "certify",
    "estimate_range",
    "in_audit_sample",
    "labelling_design",
    "labels_needed",
    "mean",
    "pooled",
    "promise_in_words",
    "quantile",
    "rate",
    "recheck",
    "replay",
    "salt_commitment",
    "weighted_rate",
]
