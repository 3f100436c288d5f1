"""How much human review an AI workflow needs, with a guarantee: the statistics of Interlock, for use on their own.

| question | names |
| --- | --- |
| what may run by itself? | `certify`, `risk_coverage`, `labels_needed`, `labelling_design`, `candidate_thresholds` |
| good enough, as good as before, still good? | `PromotionTest`, `NonInferiorityTest`, `DemotionMonitor`, ... |
| which cases do people look at? | `audit_draw`, `steered_draw`, `stratified_draw`, `second_review`, `seed_draw` |
| what do audits say, how good are reviewers? | `guaranteed_rate`, `krippendorff_alpha`, `corrected_budget` |
| how much review is worth it? | `oversight_plan`, `audit_share` |
| are cases still what they were? | `detect_drift`, `fit_novelty_of_texts` (early warnings, never verdicts) |

Importing this needs the standard library alone, and so do `labels_needed`, the tests and monitors one case at a time,
the draws and the plan. What works on whole columns (`certify`, `replay`, `prove_mean`, the estimates, alpha) loads
numpy and scipy when called (the extra `interlock[oversight]`).
"""

from interlock.engine.oversight.audits.agreement import disagreements, krippendorff_alpha, recheck_second, second_review
from interlock.engine.oversight.audits.sampling import (
    RecordedDraw,
    audit_draw,
    in_audit_sample,
    recheck,
    salt_commitment,
)
from interlock.engine.oversight.audits.seeding import (
    corrected_budget,
    real_outcomes,
    recheck_seeds,
    reviewer_miss_rate,
    reviewer_miss_rates,
    seed_choice,
    seed_draw,
    seeds_needed,
)
from interlock.engine.oversight.audits.steering import (
    fit_steering,
    recheck_steered,
    recheck_stratified,
    steered_draw,
    steered_probabilities,
    steered_probability,
    stratified_draw,
    stratified_probabilities,
)
from interlock.engine.oversight.audits.weighting import guaranteed_rate, stratified_rate
from interlock.engine.oversight.drift.calibration import false_alarms, warnings_in_order
from interlock.engine.oversight.drift.detect import detect_drift
from interlock.engine.oversight.drift.effects import Floors
from interlock.engine.oversight.drift.novelty import NoveltyModel, fit_novelty_of_texts, fit_novelty_of_vectors
from interlock.engine.oversight.estimate import mean, quantile, rate, weighted_rate
from interlock.engine.oversight.planning.audit_share import audit_share
from interlock.engine.oversight.planning.plan import oversight_plan
from interlock.engine.oversight.sequential.bounded import MeanProof, prove_mean
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
from interlock.engine.oversight.sequential.replay_comparison import replay_comparison
from interlock.engine.oversight.sequential.replay_judged import replay_judged
from interlock.engine.oversight.threshold.candidates import LabellingDesign, candidate_thresholds, labelling_design
from interlock.engine.oversight.threshold.certify import certify
from interlock.engine.oversight.threshold.curve import risk_coverage
from interlock.engine.oversight.threshold.labels import labels_needed
from interlock.engine.oversight.wording import promise_in_words
from interlock.terms.audits import (
    CorrectedBudget,
    Disagreements,
    DoubleReview,
    MissRates,
    SecondReview,
    SeedDraw,
    SteeredDraw,
    SteeringRule,
    StratifiedDraw,
)
from interlock.terms.certificate import Certificate, Promise
from interlock.terms.drift import DriftOutcome, DriftReport, FalseAlarms
from interlock.terms.estimate import Estimate
from interlock.terms.evaluation import AuditPlan, CurvePoint
from interlock.terms.oversight_plan import Lane, OversightPlan, StepPlan
from interlock.terms.workflow import WorkflowStep

__all__ = [
    "AuditPlan",
    "BreachMonitor",
    "Certificate",
    "CorrectedBudget",
    "CurvePoint",
    "DemotionMonitor",
    "Disagreements",
    "DoubleReview",
    "DriftOutcome",
    "DriftReport",
    "Estimate",
    "FalseAlarms",
    "Floors",
    "JudgedBreachMonitor",
    "JudgedDemotionMonitor",
    "JudgedPromotionTest",
    "LabellingDesign",
    "Lane",
    "MeanProof",
    "MissRates",
    "NonInferiorityTest",
    "NoveltyModel",
    "OversightPlan",
    "Pooled",
    "Promise",
    "PromotionTest",
    "RecordedDraw",
    "Replay",
    "SecondReview",
    "SeedDraw",
    "SteeredDraw",
    "SteeringRule",
    "StepPlan",
    "StratifiedDraw",
    "WorkflowStep",
    "audit_draw",
    "audit_share",
    "candidate_thresholds",
    "certify",
    "corrected_budget",
    "detect_drift",
    "disagreements",
    "estimate_range",
    "false_alarms",
    "fit_novelty_of_texts",
    "fit_novelty_of_vectors",
    "fit_steering",
    "guaranteed_rate",
    "in_audit_sample",
    "krippendorff_alpha",
    "labelling_design",
    "labels_needed",
    "mean",
    "oversight_plan",
    "pooled",
    "promise_in_words",
    "prove_mean",
    "quantile",
    "rate",
    "real_outcomes",
    "recheck",
    "recheck_second",
    "recheck_seeds",
    "recheck_steered",
    "recheck_stratified",
    "replay",
    "replay_comparison",
    "replay_judged",
    "reviewer_miss_rate",
    "reviewer_miss_rates",
    "risk_coverage",
    "salt_commitment",
    "second_review",
    "seed_choice",
    "seed_draw",
    "seeds_needed",
    "steered_draw",
    "steered_probabilities",
    "steered_probability",
    "stratified_draw",
    "stratified_probabilities",
    "stratified_rate",
    "warnings_in_order",
    "weighted_rate",
]
