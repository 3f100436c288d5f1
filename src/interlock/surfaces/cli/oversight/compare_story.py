"""The report of a comparison of two releases."""

from typing import TYPE_CHECKING

from interlock.engine.evaluation.words import percent
from interlock.engine.oversight.estimate import rate
from interlock.surfaces.cli.demo.words import estimate
from interlock.terms.story import Chart, DataTable, Section, Series, Story, Tone

if TYPE_CHECKING:
    from interlock.flows.oversight.compare import Compared


def compare_story(found: "Compared", *, created_at: str) -> Story:
    """The whole report."""
    proved = found.decided_at is not None
    return Story(
        title=_conclusion(found),
        summary=(
            f"{found.n:,} cases; both releases answered alike in {found.n_same:,}, which need no label.",
            f"Where they differ: better in {found.n_better:,}, worse in {found.n_worse:,}, wrong both times in "
            f"{found.n_both:,}.",
            *_unjudged(found),
        ),
        source=found.source,
        authored_sample=False,
        created_at=created_at,
        sections=(
            Section(
                step="Comparison",
                title=_conclusion(found),
                tone=Tone.PASSED if proved else Tone.INCONCLUSIVE,
                lines=(_proof(found), *_more(found)),
                tables=(_counts(found),),
                charts=(_evidence(found),),
            ),
            Section(
                step="What it rests on",
                title="It says that the new release is not much worse, not that either is good",
                tone=Tone.NEUTRAL,
                lines=(
                    "The cases are a random sample of the traffic to come, in the order of judging, and people's "
                    "decisions are right.",
                    "Where the cases are those that the old release applies under a certificate, the new one is there "
                    f"within that budget and {percent(found.margin)} more; the two chances of being wrong add up.",
                    "Not promised: anything after a change of the traffic, the policy, or the new release itself.",
                ),
            ),
        ),
        next_steps=(
            ("Have a person other than the proposer promote the new release: `interlock promote`.",)
            if proved
            else ("Let both answer more shadow cases, and label only those with different answers.",)
        ),
    )


def _conclusion(found: "Compared") -> str:
    if found.decided_at is None:
        return f"Not proved yet that the new release is worse by less than {percent(found.margin)}"
    labels = f"{found.n - found.n_same - found.n_unjudged:,} labels in all"
    return (
        f"The new release is worse by less than {percent(found.margin)}, if at all: proved after "
        f"{found.decided_at:,} cases, {labels}"
    )


def _proof(found: "Compared") -> str:
    return (
        f"A test that may be looked at after every case: its evidence stands at {found.wealth:,.2f}, "
        f"{1 / found.delta:,.0f} decides. Were the new release worse by {percent(found.margin)} or more, it would ever "
        f"get there with a probability of at most {percent(found.delta)}."
    )


def _more(found: "Compared") -> tuple[str, ...]:
    if found.decided_at is not None:
        return ()
    if found.cases_expected is None:
        return ("At the rates seen here it will never be proved: look at the cases in which the new release is worse.",)
    return (f"At the rates seen here it takes about {found.cases_expected:,} cases in all (an estimate).",)


def _unjudged(found: "Compared") -> tuple[str, ...]:
    if not found.n_unjudged:
        return ()
    return (f"{found.n_unjudged:,} cases with different answers have no label and count as worse: label them.",)


def _counts(found: "Compared") -> DataTable:
    rows = (
        ("same answer, no label needed", found.n_same),
        ("new right, old wrong", found.n_better),
        ("new wrong, old right", found.n_worse),
        ("different answers, both wrong", found.n_both),
        ("different answers, not judged yet (held as worse)", found.n_unjudged),
    )
    return DataTable(
        "Cases by what the two releases answered; share with its exact 95 % interval",
        ("Answers", "Cases", "Share"),
        tuple((words, f"{count:,}", estimate(rate(count, found.n))) for words, count in rows),
        (1, 2),
    )


def _evidence(found: "Compared") -> Chart:
    return Chart(
        caption="Evidence that the new release is worse by less than the margin",
        x_label="cases that both answered",
        y_label="wealth of the test",
        series=(Series("evidence", found.path),),
        levels=((1 / found.delta, f"proved at {1 / found.delta:,.0f}"),),
        log_y=True,
        note="An equal answer makes it grow a little, a worse one shrink, a better one grow.",
    )
