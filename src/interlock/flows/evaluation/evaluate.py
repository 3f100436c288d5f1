"""From a file of past decisions to "how much of this could AI do?"."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from interlock.engine.evaluation.case_faults import counted, left_out
from interlock.engine.evaluation.cases import CaseRow, to_cases
from interlock.engine.evaluation.cautions import cautions
from interlock.engine.evaluation.columns import choose_columns
from interlock.engine.evaluation.measure import Terms, TopMistakes, measure, not_measured, top_mistakes
from interlock.engine.evaluation.recommend import recommend
from interlock.engine.evaluation.split import Division, Keys, calibration_share, divide
from interlock.engine.evaluation.words import budget_percent
from interlock.engine.oversight.threshold.labels import labels_needed
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
    for line in (*map(left_out, source.exclusions), *source.notes, *case_notes):
        needs.watch.tell(line)
    recorded = _has(columns, Role.PREDICTION) and _has(columns, Role.CONFIDENCE) and request.use_recorded
    division = _divide(cases, columns, request, fits=not recorded)
    share = calibration_share(fits=not recorded, has_times=division.split.by == "time")
    past = _Past(source, columns, cases, division, (*case_notes, *division.notes), share)
    if recorded:
        _require_labels(past, request, n_candidates=1)
        return _conclude(past, [run_recorded(cases, division)], request, needs)
    candidates = needs.candidates()
    _require_labels(past, request, n_candidates=len(candidates))
    _require_two_labels([cases[index].label for index in division.train])
    return _conclude(past, _run_all(candidates, past, request, needs), request, needs)


@dataclass(frozen=True, slots=True)
class _Past:
    """The file as it was understood and divided."""

    source: SourceFile
    columns: tuple[ColumnChoice, ...]
    cases: Sequence[CaseRow]
    division: Division
    notes: tuple[str, ...]
    calibration_share: float


def _has(columns: Sequence[ColumnChoice], role: Role) -> bool:
    return any(choice.role is role and choice.columns for choice in columns)


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


def _divide(cases: Sequence[CaseRow], columns: Sequence[ColumnChoice], request: Request, *, fits: bool) -> Division:
    keys = Keys(
        texts=[case.text for case in cases],
        groups=[case.group or "" for case in cases],
        at=[case.at for case in cases],
        has_groups=_has(columns, Role.GROUP),
        has_times=_has(columns, Role.TIME) and all(case.at is not None for case in cases),
    )
    return divide(keys, fits=fits, seed=request.seed)


def _require_labels(past: _Past, request: Request, *, n_candidates: int) -> None:
    """Refuse a file with which nothing at all could be proved, and say how large it must be."""
    n_calibration = past.division.split.n_calibration
    largest = max(0.05, request.budget)
    if n_calibration >= labels_needed(largest, 0, request.delta):
        return
    needed = labels_needed(request.budget, 0, request.delta / n_candidates)
    units = "groups (customers or threads)" if past.division.split.n_groups else "rows"
    rows = math.ceil(needed / past.calibration_share)
    raise BadInput(
        f"{request.path.name}: too few labelled rows. {n_calibration:,} of them would calibrate; to prove an error "
        f"budget of {budget_percent(request.budget)} takes at least {needed:,} calibration cases without a mistake, "
        f"which is a file of at least {rows:,} labelled {units}. {_what_there_is(past)} Label more past cases, or ask "
        "for a larger --budget."
    )


def _what_there_is(past: _Past) -> str:
    """What became of the file's rows, so that a person sees which of them do not count."""
    groups, texts = past.division.split.n_groups, {case.text for case in past.cases} - {""}
    parts = [counted(len(past.cases), "labelled row", "labelled rows")]
    parts += [f"in {counted(groups, 'group', 'groups')}"] if groups else []
    parts += [f"with {counted(len(texts), 'text', 'different texts')}"] if texts else []
    there = [f"This file has {' '.join(parts)}", *(left_out(one, lines=False) for one in past.source.exclusions)]
    return " ".join((f"{'; '.join(there)}.", *_not_sampled(past.source)))


def _not_sampled(source: SourceFile) -> tuple[str, ...]:
    if not source.rows_not_sampled:
        return ()
    return (f"{counted(source.rows_not_sampled, 'row', 'rows')} of the file had no part in this: raise --rows-max.",)


def _require_two_labels(labels: Sequence[str]) -> None:
    if len(set(labels)) < 2:
        only = f"are all decided '{labels[0]}'" if labels else "are none"
        raise BadInput(
            f"the cases to learn from {only}: the other decisions are too rare, or newer than all of them. Give more "
            "past cases, leave times aside with --time -, or name another column with --label."
        )


def _run_all(candidates: Sequence[Candidate], past: _Past, request: Request, needs: Needs) -> list[Ran]:
    ran = []
    for complexity, candidate in enumerate(candidates, start=1):
        one = run_candidate(candidate, complexity, past.cases, past.division, request, needs)
        if one.unavailable:
            needs.watch.tell(f"unavailable: {one.identity.name}: {one.unavailable}")
        ran.append(one)
    if all(one.observed is None for one in ran):
        reasons = "; ".join(f"{one.identity.name}: {one.unavailable}" for one in ran)
        raise Unavailable(f"no candidate could be run ({reasons})")
    return ran


def _measure_all(ran: Sequence[Ran], terms: Terms) -> tuple[tuple[CandidateEvaluation, ...], dict[str, TopMistakes]]:
    measured = []
    tops = {}
    for one in ran:
        if one.observed is None:
            measured.append(not_measured(one.identity, one.unavailable or "it did not run"))
            continue
        measured.append(measure(one.identity, one.observed, terms, facts=one.facts))
        tops[one.identity.name] = top_mistakes(one.observed.calibration, terms)
    return tuple(measured), tops


def _conclude(past: _Past, ran: Sequence[Ran], request: Request, needs: Needs) -> Evaluation:
    n_available = sum(one.observed is not None for one in ran)
    terms = Terms(
        budget=request.budget,
        promise=request.promise,
        delta=request.delta / n_available,
        cost_wrong_usd=request.cost_wrong_usd,
        cost_review_usd=request.cost_review_usd,
        confidence=1 - request.delta,
    )
    needs.watch.stage("Certifying")(0, None)
    measured, tops = _measure_all(ran, terms)
    recommendation = recommend(
        measured,
        terms,
        min_gain=request.min_gain,
        calibration_share=past.calibration_share,
        tops=tops,
        grouped=past.division.split.n_groups > 0,
    )
    certificate = recommendation.certificate
    labels = sorted(Counter(case.label for case in past.cases).items(), key=lambda item: (-item[1], item[0]))
    warned = cautions(recommendation, measured, terms, labels=labels)
    if recommendation.candidate is None:
        warned = (*warned, *_not_sampled(past.source))
    return Evaluation(
        created_at=needs.clock().isoformat(timespec="seconds"),
        interlock_version=needs.version,
        source=past.source,
        columns=past.columns,
        labels=tuple(labels),
        split=past.division.split,
        budget=request.budget,
        promise=request.promise,
        delta=request.delta,
        cost_wrong_usd=request.cost_wrong_usd,
        cost_review_usd=request.cost_review_usd,
        costs_assumed=not (request.cost_wrong_given and request.cost_review_given),
        seed=request.seed,
        candidates=measured,
        audit=None if certificate is None else plan_audits(certificate, past.cases, past.source, request),
        recommendation=replace(recommendation, reasons=(*recommendation.reasons, *warned)),
        assumptions=assumptions(request, n_available=n_available, split=past.division.split),
        not_promised=NOT_PROMISED,
        notes=past.notes,
        authored_sample=request.authored_sample,
    )
