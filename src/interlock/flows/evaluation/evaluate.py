"""From a file of past decisions to "how much of this could AI do?"."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from interlock.engine.evaluation.cases import CaseRow, to_cases
from interlock.engine.evaluation.columns import choose_columns
from interlock.engine.evaluation.measure import Terms, TopMistakes, measure, not_measured, top_mistakes
from interlock.engine.evaluation.recommend import recommend
from interlock.engine.evaluation.split import Division, Keys, calibration_share, divide
from interlock.engine.evaluation.words import budget_percent
from interlock.engine.oversight.labels import labels_needed
from interlock.flows.evaluation.audits import plan_audits
from interlock.flows.evaluation.promises import NOT_PROMISED, assumptions
from interlock.flows.evaluation.request import Needs, Request
from interlock.flows.evaluation.runs import Ran, run_candidate, run_recorded
from interlock.ports.candidates import Candidate
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.evaluation import CandidateEvaluation, ColumnChoice, Evaluation, Role, SourceFile
from interlock.terms.table import RawTable


def evaluate(request: Request, needs: Needs) -> Evaluation:
    """Read, choose columns, divide, run every candidate, certify, recommend. Writes nothing.

    Raises BadInput for what the user can mend (file, columns, too few labels), before anything is fitted, and
    Unavailable where no candidate could be run at all.
    """
    table = needs.read_table(
        request.path,
        rows_max=request.rows_max,
        seed=request.seed,
        skip_broken=request.skip_broken,
        progress=needs.watch.stage(f"Reading {request.path.name}"),
    )
    columns = _choose(table, request)
    for choice in columns:
        needs.watch.tell(f"{choice.role.value}: {', '.join(choice.columns)} ({choice.why})")
    cases, exclusions, case_notes = to_cases(table, columns, skip_broken=request.skip_broken)
    source = replace(table.source, rows_used=len(cases), exclusions=(*table.source.exclusions, *exclusions))
    roles = {choice.role for choice in columns if choice.columns}
    recorded = {Role.PREDICTION, Role.CONFIDENCE} <= roles and request.use_recorded
    division = _divide(cases, roles, request, fits=not recorded)
    candidates = () if recorded else needs.candidates()
    share = calibration_share(fits=not recorded, has_times=division.split.by == "time")
    _require_labels(division, request, share=share, n_candidates=max(1, len(candidates)))
    if not recorded:
        _require_two_labels([cases[index].label for index in division.train])
    ran = [run_recorded(cases, division)] if recorded else _run_all(candidates, cases, division, request, needs)
    return _conclude(request, needs, source, columns, cases, division, ran, (*case_notes, *division.notes), share)


def _choose(table: RawTable, request: Request) -> tuple[ColumnChoice, ...]:
    asked = request.columns
    return choose_columns(
        table,
        text=asked.text,
        label=asked.label,
        prediction=asked.prediction,
        confidence=asked.confidence,
        group=asked.group,
        time=asked.time,
    )


def _divide(cases: Sequence[CaseRow], roles: set[Role], request: Request, *, fits: bool) -> Division:
    keys = Keys(
        texts=[case.text for case in cases],
        groups=[case.group or "" for case in cases],
        at=[case.at for case in cases],
        has_groups=Role.GROUP in roles,
        has_times=Role.TIME in roles and all(case.at is not None for case in cases),
    )
    return divide(keys, fits=fits, seed=request.seed)


def _require_labels(division: Division, request: Request, *, share: float, n_candidates: int) -> None:
    """Refuse a file with which nothing at all could be proved, and say how large it must be."""
    n_calibration = division.split.n_calibration
    largest = max(0.05, request.budget)
    if n_calibration >= labels_needed(largest, 0, request.delta):
        return
    needed = labels_needed(request.budget, 0, request.delta / n_candidates)
    counted = "groups (customers or threads)" if division.split.n_groups else "rows"
    raise BadInput(
        f"{request.path.name}: too few labelled rows. {n_calibration:,} of them would calibrate; to prove an error "
        f"budget of {budget_percent(request.budget)} takes at least {needed:,} calibration cases without a mistake, "
        f"which is a file of at least {math.ceil(needed / share):,} labelled {counted}. Label more past cases, or ask "
        "for a larger --budget."
    )


def _require_two_labels(labels: Sequence[str]) -> None:
    if len(set(labels)) < 2:
        only = f"is always {labels[0]!r}" if labels else "has no cases"
        raise BadInput(
            f"the label column {only} in the training half: there is nothing to decide. Name the column that holds "
            "people's decisions with --label"
        )


def _run_all(
    candidates: Sequence[Candidate], cases: Sequence[CaseRow], division: Division, request: Request, needs: Needs
) -> list[Ran]:
    ran = []
    for complexity, candidate in enumerate(candidates, start=1):
        one = run_candidate(candidate, complexity, cases, division, request, needs)
        if one.unavailable:
            needs.watch.tell(f"unavailable: {one.identity.name}: {one.unavailable}")
        ran.append(one)
    if all(one.observed is None for one in ran):
        reasons = "; ".join(f"{one.identity.name}: {one.unavailable}" for one in ran)
        raise Unavailable(f"no candidate could be run ({reasons})")
    return ran


def _measure_all(
    ran: Sequence[Ran], terms: Terms
) -> tuple[tuple[CandidateEvaluation, ...], dict[str, TopMistakes]]:
    measured = []
    tops = {}
    for one in ran:
        if one.observed is None:
            measured.append(not_measured(one.identity, one.unavailable or "it did not run"))
            continue
        measured.append(measure(one.identity, one.observed, terms, facts=one.facts))
        tops[one.identity.name] = top_mistakes(one.observed.calibration, terms)
    return tuple(measured), tops


def _conclude(
    request: Request,
    needs: Needs,
    source: SourceFile,
    columns: tuple[ColumnChoice, ...],
    cases: Sequence[CaseRow],
    division: Division,
    ran: Sequence[Ran],
    notes: tuple[str, ...],
    share: float,
) -> Evaluation:
    n_available = sum(one.observed is not None for one in ran)
    terms = Terms(
        budget=request.budget,
        promise=request.promise,
        delta=request.delta / n_available,
        cost_wrong_usd=request.cost_wrong_usd,
        cost_review_usd=request.cost_review_usd,
    )
    needs.watch.stage("Certifying")(0, None)
    measured, tops = _measure_all(ran, terms)
    recommendation = recommend(measured, terms, min_gain=request.min_gain, calibration_share=share, tops=tops)
    labels = Counter(case.label for case in cases)
    return Evaluation(
        created_at=needs.clock().isoformat(timespec="seconds"),
        interlock_version=needs.version,
        source=source,
        columns=columns,
        labels=tuple(sorted(labels.items(), key=lambda item: (-item[1], item[0]))),
        split=division.split,
        budget=request.budget,
        promise=request.promise,
        delta=request.delta,
        cost_wrong_usd=request.cost_wrong_usd,
        cost_review_usd=request.cost_review_usd,
        costs_assumed=not (request.cost_wrong_given and request.cost_review_given),
        seed=request.seed,
        candidates=measured,
        audit=plan_audits(recommendation.certificate, cases, source, request) if recommendation.certificate else None,
        recommendation=recommendation,
        assumptions=assumptions(request, n_available=n_available, division=division),
        not_promised=NOT_PROMISED,
        notes=notes,
        authored_sample=request.authored_sample,
    )
