"""The report of a certificate: what may run by itself, on which proof, or what stands in the way."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from interlock.engine.evaluation.words import budget_percent, percent, proved_percent
from interlock.surfaces.cli.oversight.certify_pictures import risk_curve
from interlock.terms.certificate import Certificate, Promise
from interlock.terms.story import DataTable, Section, Story, Tone

if TYPE_CHECKING:
    from interlock.flows.oversight.certify import Certified

SPOKEN = {
    Promise.SELECTIVE: "of what is automatic, at most {} is wrong",
    Promise.JOINT: "of all cases, at most {} are automatic and wrong",
}
LOSS_SPOKEN = {
    Promise.SELECTIVE: "of what is automatic, the mean loss is at most {} of the worst",
    Promise.JOINT: "over all cases, the mean loss of what is automatic is at most {} of the worst",
}
CHARACTERS_SHOWN = 120


def certify_story(found: "Certified", *, source: str, created_at: str) -> Story:
    """The whole report."""
    sections = [_asked(found), _both(found)]
    if found.certificate.segments:
        sections.insert(1, _segments(found.certificate))
    sections.append(_offending(found))
    sections.append(_rests_on(found))
    return Story(
        title=certificate_in_words(found.certificate),
        summary=tuple(_summary(found)),
        source=source,
        authored_sample=False,
        created_at=created_at,
        sections=tuple(sections),
        next_steps=tuple(_next_steps(found)),
    )


def certificate_in_words(certificate: Certificate) -> str:
    """The conclusion in one sentence."""
    budget = budget_percent(certificate.budget)
    if certificate.segments:
        certified = sum(one.threshold is not None for _, one in certificate.segments)
        what = "may be applied without a look" if certified else "may be applied without a look in any segment"
        return (
            f"{certified} of {len(certificate.segments)} segments are certified at an error budget of {budget}: "
            f"{proved_percent(certificate.share)} of cases {what}"
        )
    if certificate.threshold is None:
        if certificate.labels_missing:
            missing = f"{certificate.labels_missing:,} more labelled cases are needed"
            return f"Nothing can be certified at {budget} yet: {missing}"
        return f"Nothing is certified at an error budget of {budget}: every case goes to a person"
    return (
        f"{proved_percent(certificate.share)} of cases may be applied without a look: "
        f"{spoken(certificate).format(budget)}, with {budget_percent(1 - certificate.delta)} confidence"
    )


def spoken(certificate: Certificate) -> str:
    """What is promised, with a place for the budget."""
    with_loss = certificate.mean_loss_above is not None
    return (LOSS_SPOKEN if with_loss else SPOKEN)[certificate.promise]


def _summary(found: "Certified") -> Iterator[str]:
    certificate = found.certificate
    if certificate.threshold is not None:
        yield (
            f"Threshold {certificate.threshold:.4g}: {certificate.n_wrong_above:,} wrong of {certificate.n_above:,} "
            f"cases over it, {certificate.n_labelled:,} {'labelled' if found.n_unlabelled else 'in all'}."
        )
    elif not certificate.segments:
        yield f"{found.n_wrong:,} of {certificate.n_labelled:,} cases are wrong."
    if found.alone:
        yield "The most confident mistakes alone stand in the way: look at them first; they are listed below."
    if found.n_unlabelled:
        yield f"The share was measured on {found.n_unlabelled:,} unlabelled cases."
    elif (more := certificate.labels_for_next_step) is not None and more > certificate.n_labelled:
        yield f"For the next step, 5 % more of the cases, about {more:,} labelled cases in all (an estimate)."


def _asked(found: "Certified") -> Section:
    certificate = found.certificate
    certified = certificate.threshold is not None or any(one.threshold is not None for _, one in certificate.segments)
    tone = Tone.PASSED if certified else Tone.INCONCLUSIVE if certificate.labels_missing else Tone.FAILED
    chart = risk_curve(found)
    rows = tuple((str(errors), f"{labels:,}") for errors, labels in found.labels_needed)
    of = "over the threshold" if certificate.promise is Promise.SELECTIVE else "of all kinds"
    caption = f"Labelled cases {of} that {budget_percent(certificate.budget)} needs (exact)"
    return Section(
        step="Certificate",
        title=certificate_in_words(certificate),
        tone=tone,
        lines=(certificate.assumptions[0], f"How: {certificate.method}." if certificate.method else ""),
        # Where errors do not cost the same, counting them does not say how many labels it takes.
        tables=() if found.with_loss else (DataTable(caption, ("Wrong among them", "Labels"), rows, (0, 1)),),
        charts=() if chart is None else (chart,),
    )


def _both(found: "Certified") -> Section:
    certificates = [found.certificate, *([] if found.other is None else [found.other])]
    rows = tuple((str(one.promise), spoken(one).format("the budget"), *_row(one)) for one in certificates)
    header = ("Promise", "It says", "Threshold", "Automatic", "Wrong over it", "Proved at most", "Labels missing")
    return Section(
        step="Both promises",
        title="The two promises are not the same: one counts what is automatic, the other all cases",
        tone=Tone.NEUTRAL,
        lines=("The confidence holds for the one asked for, the first; the other is shown for comparison.",),
        tables=(DataTable("Both promises at this budget", header, rows, (2, 3, 4, 5, 6)),),
    )


def _segments(certificate: Certificate) -> Section:
    rows = tuple((name, f"{one.n_labelled:,}", *_row(one)) for name, one in certificate.segments)
    header = ("Segment", "Cases", "Threshold", "Automatic", "Wrong over it", "Proved at most", "Labels missing")
    certified = sum(one.threshold is not None for _, one in certificate.segments)
    return Section(
        step="Segments",
        title=f"{certified} of {len(certificate.segments)} segments have a threshold of their own",
        tone=Tone.NEUTRAL,
        lines=("A case of another segment goes to a person. All promises hold together.",),
        tables=(DataTable("Segments", header, rows, (1, 2, 3, 4, 5, 6)),),
    )


def _row(one: Certificate) -> tuple[str, ...]:
    missing = f"{one.labels_missing:,}"
    if one.threshold is None:
        return (
            ("one a segment", proved_percent(one.share), "-", "-", missing)
            if one.segments
            else (
                "none",
                "0 %",
                "-",
                "-",
                missing,
            )
        )
    bound = "-" if one.bound is None else percent(one.bound)
    wrong = f"{one.n_wrong_above:,} of {one.n_above:,}"
    return (f"{one.threshold:.4g}", proved_percent(one.share), wrong, bound, missing)


def _offending(found: "Certified") -> Section:
    header = (found.numbered.capitalize(), "Confidence", "Proposed", "Decided", "Case")
    every = [
        (f"{case.line:,}", f"{case.confidence:.4g}", case.proposed, case.decided, case.text[:CHARACTERS_SHOWN])
        for case in found.offending
    ]
    told = [place for place in range(len(header)) if place < 2 or any(row[place] for row in every)]
    rows = tuple(tuple(row[place] for place in told) for row in every)
    certificate = found.certificate
    none = certificate.threshold is None and not certificate.segments and not certificate.labels_missing
    title = (
        "Without its five most confident mistakes there would be a threshold"
        if found.alone
        else "Its most confident mistakes stand in the way of a threshold"
        if none and rows
        else "Its most confident mistakes"
        if rows
        else "No case was wrong"
    )
    return Section(
        step="Offending cases",
        title=title,
        tone=Tone.FAILED if none and rows else Tone.NEUTRAL,
        lines=(
            "Have these looked at a second time: a wrong label here costs more than anywhere else. A mistake that a "
            "rule can tell beforehand belongs into `limits.always_review`; never leave a case out because it was "
            "wrong.",
        ),
        tables=(DataTable("Wrong, most confident first", tuple(header[place] for place in told), rows, (0, 1)),),
    )


def _rests_on(found: "Certified") -> Section:
    return Section(
        step="What it rests on",
        title="The promise holds under these conditions and no others",
        tone=Tone.NEUTRAL,
        lines=(*found.certificate.assumptions[1:], *found.notes),
    )


def _next_steps(found: "Certified") -> Iterator[str]:
    certificate = found.certificate
    if certificate.labels_missing:
        yield (
            f"Label {certificate.labels_missing:,} more cases, drawn at random: {certificate.labels_needed:,} without "
            "a mistake are the least that can prove this budget."
        )
    elif certificate.threshold is None and not certificate.segments:
        yield "Look at the offending cases; then label more, ask for a larger --budget, or for --promise joint."
    else:
        yield "Run in shadow at this threshold until the promotion test decides; see `interlock oversight simulate`."
    if found.design is not None:
        design = found.design
        yield (
            f"Where labels are dear, draw the next ones at random from the cases with a confidence of "
            f"{design.labelled_from:.4g} or more ({percent(design.share)} of these): {design.n_labels:,} of them prove "
            f"what about {design.n_equivalent:,} drawn from all do. Certify with --labelled-from and --unlabelled."
        )
    yield "Plan the audits that follow: `interlock oversight plan`."
    yield "Certify again after any change of model, prompt, policy or queue, with --recalibration counted up."
