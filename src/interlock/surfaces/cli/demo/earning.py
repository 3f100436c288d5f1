"""How the workflow earns its authority: problem, definition, bake-off, certificate, shadow, gate, promotion."""

from collections.abc import Mapping

from interlock.engine.evaluation.document import document
from interlock.engine.ledger.canonical import digest, plain
from interlock.engine.oversight.sequential.promotion import PromotionTest
from interlock.engine.rollout.definition import changed_fields
from interlock.flows.action.act import shadow
from interlock.flows.action.observe import observe_many
from interlock.flows.evaluation.evaluate import evaluate
from interlock.flows.evaluation.request import ColumnsAsked, Needs, Request
from interlock.flows.rollout.attest import attest
from interlock.flows.rollout.define import define
from interlock.flows.rollout.judge import judge, would_be_applied
from interlock.flows.rollout.promote import promote
from interlock.surfaces.cli.demo.cast import PROBLEM, PROPOSER, SAFETY_OWNER, VALUE_OWNER, WORKFLOW, definition
from interlock.surfaces.cli.demo.scene import Chosen, Scene
from interlock.surfaces.cli.demo.traffic import GROUP, TIME, has, history_csv
from interlock.surfaces.cli.demo.words import estimate, milliseconds, share, short
from interlock.surfaces.cli.watching import Watching
from interlock.terms.certificate import Promise
from interlock.terms.errors import BadInput, Refused
from interlock.terms.evaluation import Evaluation
from interlock.terms.evidence import EvidenceClass, GateVerdict, Verdict
from interlock.terms.story import Chart, DataTable, Series, Tone
from interlock.terms.workflow import WorkflowDefinition

EARLY_SHARE = 0.05
TONES = {Verdict.PASSED: Tone.PASSED, Verdict.FAILED: Tone.FAILED}


def tell_problem(scene: Scene) -> None:
    """The problem statement, in its two sentences."""
    p = PROBLEM
    first = f"For {p.who}, the problem is that {p.friction}, caused by the fact that {p.cause}, resulting in {p.cost}."
    second = (
        f"A successful solution would {p.outcome}, measured by the {p.metric}, within these limits: {p.constraints}."
    )
    invented = "The statement and the people in this story are invented; the cases are what the report says they are."
    scene.tell("Problem", "Cases wait for a person who only sorts them", Tone.NEUTRAL, (first, second, invented))


def run_bake_off(scene: Scene) -> tuple[Evaluation, Chosen | None]:
    """Compare candidates on the history and certify a threshold, with the same code as `interlock try`."""
    history = scene.out / "history.csv"
    scene.box.write_text(history, history_csv(scene.traffic.history))
    candidates = list(scene.box.candidates()(seed=scene.seed, outside=()))
    budgets = scene.traffic.source.budgets
    request = Request(
        path=history,
        columns=ColumnsAsked(
            text=("text",),
            label="decided",
            group=GROUP if has(scene.traffic.history, GROUP) else "-",
            time=TIME if has(scene.traffic.history, TIME) else "-",
        ),
        budget=budgets.certify_at,
        promise=Promise.SELECTIVE,
        seed=scene.seed,
        authored_sample=scene.traffic.source.authored,
    )
    with Watching(scene.box.err, quiet=not scene.box.err.is_terminal) as watch:
        needs = Needs(scene.box.read_table(), lambda: candidates, scene.clock, watch, scene.box.version)
        try:
            evaluation = evaluate(request, needs)
        except BadInput as exc:
            part = share(scene.traffic.source.shares.history, 0)
            raise BadInput(f"the first {part} of the cases are the history (history.csv) of a life. {exc}") from exc
    scene.box.reports().evaluation(evaluation, scene.out / "bake-off.html")
    advice = evaluation.recommendation
    candidate = next((c for c in candidates if c.name == advice.candidate), None)
    if candidate is None or advice.certificate is None or advice.certificate.threshold is None:
        return evaluation, None
    labels = tuple(label for label, _ in evaluation.labels)
    return evaluation, Chosen(candidate, advice.certificate, advice.certificate.threshold, labels, evaluation)


def tell_bake_off(scene: Scene, evaluation: Evaluation) -> None:
    """The bake-off's figures and its recommendation."""
    rows = []
    for candidate in evaluation.candidates:
        if candidate.accuracy is None:
            rows.append((candidate.name, candidate.kind, "not run", candidate.unavailable or "", ""))
            continue
        certified = next(
            c.certificate
            for c in candidate.certificates
            if c.certificate.budget == evaluation.budget and c.certificate.promise == evaluation.promise
        )
        certain = f"{share(certified.share)} (n {certified.n_labelled:,})"
        latency = milliseconds(candidate.latency_p95_ms)
        rows.append((candidate.name, candidate.kind, estimate(candidate.accuracy), latency, certain))
    header = (
        "Candidate",
        "Kind",
        "Accuracy (95 % interval)",
        "p95 latency (95 % interval)",
        f"Certified at {share(evaluation.budget)}",
    )
    table = DataTable("Bake-off on the same evaluation cases", header, tuple(rows), (2, 3, 4))
    tone = Tone.PASSED if evaluation.recommendation.candidate else Tone.FAILED
    split = evaluation.split
    lines = (
        f"{split.n_train:,} cases train, {split.n_calibration:,} calibrate, {split.n_evaluation:,} evaluate.",
        "The whole bake-off is in bake-off.html; it is what `interlock try` makes of a file.",
    )
    scene.tell("Bake-off", evaluation.recommendation.sentence, tone, lines, tables=(table,))


def apply_draft(scene: Scene) -> None:
    """Apply the definition before anything is chosen: a release that holds no authority."""
    budgets = scene.traffic.source.budgets
    scene.draft = _define(scene, _definition(scene, {"candidate": "to be chosen by the bake-off"}))
    lines = (
        f"'{WORKFLOW}', proposed by {PROPOSER.name}; value owner {VALUE_OWNER.name}, safety owner {SAFETY_OWNER.name}; "
        f"error budget {share(budgets.error)} of what is applied, certified at {share(budgets.certify_at)}.",
        "A release is the digest of everything that acts. Without evidence it may only be compared with people.",
    )
    scene.tell("Definition", f"Applied as release {short(scene.draft)}, which holds no authority", Tone.NEUTRAL, lines)


def _definition(scene: Scene, acts: Mapping[str, str]) -> WorkflowDefinition:
    budgets = scene.traffic.source.budgets
    return definition(error=budgets.error, certify_at=budgets.certify_at, audit_share=budgets.audit_share, acts=acts)


def _apply_release(scene: Scene, chosen: Chosen) -> tuple[str, DataTable]:
    """Apply the definition with the candidate that the bake-off chose; returns what changed."""
    final = _definition(
        scene,
        {
            "candidate": chosen.candidate.name,
            "candidate facts": digest(dict(chosen.candidate.facts)),
            "training data": chosen.evaluation.source.sha256,
        },
    )
    with scene.store.reading() as reading:
        row = reading.workflow(WORKFLOW)
    draft = {} if row is None else row.definition
    scene.release = _define(scene, final)
    table = DataTable(
        "What the release changes in the draft", ("Field", "Draft", "Release"), changed_fields(draft, plain(final))
    )
    words = (
        f"It is bound to release {short(scene.release)}, which names the candidate; the draft {short(scene.draft)} is "
        "stale from here on."
    )
    return words, table


def _define(scene: Scene, wanted: WorkflowDefinition) -> str:
    applied = define(
        scene.store,
        wanted,
        by=PROPOSER,
        code_version=scene.box.version,
        clock=scene.clock,
        randomness=scene.box.randomness,
    )
    return applied.release.digest


def record_certificate(scene: Scene, chosen: Chosen) -> None:
    """Bind the certificate to the release."""
    certificate, evaluation = chosen.certificate, chosen.evaluation
    bound, changes = _apply_release(scene, chosen)
    attest(
        scene.store,
        WORKFLOW,
        release=scene.release,
        kind="certificate",
        evidence_class=EvidenceClass.EXECUTED,
        source=f"bake-off on {evaluation.source.name} ({evaluation.source.sha256[:12]})",
        body={
            "certificate": certificate,
            "labels": chosen.labels,
            "evaluation": digest(document(evaluation)),
            "risk_coverage": chosen.curve,
        },
        clock=scene.clock,
    )
    title = (
        f"At or over confidence {certificate.threshold:.3f}, at most {share(certificate.budget)} of what is applied is "
        f"wrong, with {share(1 - certificate.delta, 1)} confidence"
    )
    lines = (
        f"{certificate.n_wrong_above} wrong of {certificate.n_above:,} at or over the threshold; "
        f"{certificate.n_labelled:,} labelled; that is {share(certificate.share)} of the cases; exact upper limit "
        f"{share(certificate.bound or 0, 2)}.",
        bound,
        *certificate.assumptions,
    )
    scene.tell("Certificate", title, Tone.PASSED, lines, tables=(changes,))


def run_shadow(scene: Scene, chosen: Chosen) -> None:
    """Run silently beside people, judged early and again at the end."""
    cases = scene.traffic.shadow
    early = round(EARLY_SHARE * len(cases))
    first = None
    for part in (cases[:early], cases[early:]):
        proposals = scene.proposals(chosen.candidate, part)
        shadow(scene.run_time, WORKFLOW, proposals)
        outcomes = [(p.key, case.label) for p, case in zip(proposals, part, strict=True)]
        observe_many(scene.store, WORKFLOW, outcomes, by="people's recorded decisions", clock=scene.clock)
        if first is None:
            first = judge(scene.store, WORKFLOW, clock=scene.clock)
            _tell_early(scene, first, early)
    _tell_shadow(scene, chosen)


def _tell_early(scene: Scene, verdict: GateVerdict, n: int) -> None:
    finding = next(f for f in verdict.findings if f.check == "shadow")
    lines = (finding.reason, finding.next_step) if finding.next_step else (finding.reason,)
    title = f"After {n:,} shadow cases the gate is {verdict.verdict}: it may be judged on any day"
    scene.tell("Gate, early look", title, TONES.get(verdict.verdict, Tone.INCONCLUSIVE), lines)


def _tell_shadow(scene: Scene, chosen: Chosen) -> None:
    budget = scene.traffic.source.budgets.error
    test = PromotionTest(budget)
    points = [(0.0, 1.0)]
    with scene.store.reading() as reading:
        rows = reading.decisions(WORKFLOW)
        for wrong in would_be_applied(rows, scene.release, chosen.threshold, frozenset(chosen.labels)):
            test.observe(wrong)
            points.append((float(test.n), test.wealth))
    title = (
        f"{test.n:,} of {len(scene.traffic.shadow):,} shadow cases would have been applied; people decided otherwise "
        f"in {test.n_wrong}"
    )
    decided = f"decided after {test.decided_at:,} labels" if test.decided else "not decided yet"
    lines = (f"Evidence against 'over {share(budget)} wrong': {test.wealth:,.1f}, 20 promotes; {decided}.",)
    chart = Chart(
        caption="Evidence for promotion as shadow labels come in",
        x_label="labelled shadow cases over the threshold",
        y_label="evidence (wealth)",
        series=(Series("wealth", tuple(points)),),
        levels=((20.0, "promote at 20"),),
        log_y=True,
    )
    scene.tell("Shadow", title, Tone.PASSED if test.decided else Tone.INCONCLUSIVE, lines, charts=(chart,))


def judge_gate(scene: Scene) -> GateVerdict:
    """The gate's verdict on all evidence."""
    verdict = judge(scene.store, WORKFLOW, clock=scene.clock)
    rows = tuple((f.check, f.verdict.value, f.reason, f.next_step) for f in verdict.findings)
    table = DataTable("Findings", ("Check", "Verdict", "Why", "Smallest next step"), rows)
    passed = sum(f.verdict is Verdict.PASSED for f in verdict.findings)
    title = f"Gate '{verdict.gate}': {passed} of {len(verdict.findings)} findings passed, verdict {verdict.verdict}"
    tone = TONES.get(verdict.verdict, Tone.INCONCLUSIVE)
    scene.tell("Gate", title, tone, (f"Release {short(verdict.release)}; only passed opens.",), tables=(table,))
    return verdict


def run_promotion(scene: Scene) -> None:
    """Refused for the proposer and for a stale release, then granted to the value owner."""
    refusals = []
    for person, release in ((PROPOSER, scene.release), (VALUE_OWNER, scene.draft)):
        try:
            promote(scene.store, WORKFLOW, release=release, by=person, clock=scene.clock)
        except Refused as exc:
            refusals.append((person.name, short(release), str(exc)))
    grant = promote(scene.store, WORKFLOW, release=scene.release, by=VALUE_OWNER, clock=scene.clock)
    scene.live_since = scene.ledger_size()
    title = f"{VALUE_OWNER.name} promoted release {short(grant.release)} to {grant.level}, after two refusals"
    lines = (
        f"Grant: {share(grant.traffic_share, 0)} of traffic, {share(grant.audit_share, 0)} of what is applied is "
        f"audited blind, until {grant.expires_at[:10]}.",
    )
    table = DataTable("Refused first, and recorded", ("Who", "Release", "Why"), tuple(refusals))
    scene.tell("Promotion", title, Tone.PASSED, lines, tables=(table,))
