"""What a person reads on the terminal when the work is done."""

from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from interlock.engine.evaluation.words import budget_percent, percent, proved_percent, usd
from interlock.surfaces.cli.watching import printable
from interlock.terms.evaluation import CandidateEvaluation, CertifiedShare, Evaluation

NOT_MEASURED = "-"
TABLE_COLUMNS_MIN = 76  # characters across, below which headings would be cut


def print_summary(console: Console, evaluation: Evaluation, report: Path, *, quiet: bool) -> None:
    """The recommendation, the candidates beside each other, the reasons, where the report is."""
    if not quiet:
        console.print()
        if evaluation.authored_sample:
            console.print(Text("Authored sample: these figures say nothing about your cases.", style="bold"))
        _print_figures(console, evaluation)
        for line in _unavailable(evaluation):
            console.print(Text(line, style="red"))
        console.print()
    console.print(Text(printable(evaluation.recommendation.sentence), style="bold"))
    if not quiet:
        for reason in evaluation.recommendation.reasons:
            console.print(Text(f"- {printable(reason)}"))
        console.print()
    console.print(Text(f"Report: {printable(str(report))}"), soft_wrap=True)


def _print_figures(console: Console, evaluation: Evaluation) -> None:
    """A table; a few lines for each candidate where a table would be cut."""
    by_itself = f"By itself at {budget_percent(evaluation.budget)}"
    headings = ("Right", by_itself, "Wrong in check", "p95 ms", "Per success")
    if console.width < TABLE_COLUMNS_MIN:
        for candidate in evaluation.candidates:
            console.print(Text(printable(candidate.name), style="bold"))
            for heading, figure in zip(headings, _figures(candidate, evaluation), strict=True):
                console.print(Text(f"  {heading}: {figure}"))
        return
    table = Table(box=None, pad_edge=False, header_style="bold", title_justify="left")
    table.add_column("Candidate", overflow="fold")
    for heading in headings:
        table.add_column(heading, justify="right")
    for candidate in evaluation.candidates:
        table.add_row(Text(printable(candidate.name)), *_figures(candidate, evaluation))
    console.print(table)


def _figures(candidate: CandidateEvaluation, evaluation: Evaluation) -> tuple[str, ...]:
    if candidate.unavailable is not None:
        return (NOT_MEASURED, "unavailable", NOT_MEASURED, NOT_MEASURED, NOT_MEASURED)
    asked = _asked(candidate, evaluation)
    risk = asked.evaluation_risk
    accuracy = candidate.accuracy.value if candidate.accuracy else None
    latency = candidate.latency_p95_ms.value if candidate.latency_p95_ms else None
    cost = candidate.cost_per_success_usd.value if candidate.cost_per_success_usd else None
    return (
        NOT_MEASURED if accuracy is None else percent(accuracy),
        "none" if asked.certificate.threshold is None else proved_percent(asked.certificate.share),
        NOT_MEASURED if risk is None or risk.value is None else f"{100 * risk.value:.1f} %",
        NOT_MEASURED if latency is None else f"{latency:,.1f}",
        NOT_MEASURED if cost is None else usd(cost),
    )


def _asked(candidate: CandidateEvaluation, evaluation: Evaluation) -> CertifiedShare:
    return next(
        certified
        for certified in candidate.certificates
        if certified.certificate.budget == evaluation.budget and certified.certificate.promise is evaluation.promise
    )


def _unavailable(evaluation: Evaluation) -> Iterator[str]:
    for candidate in evaluation.candidates:
        if candidate.unavailable is not None:
            yield f"unavailable: {printable(candidate.name)}: {printable(candidate.unavailable)}"
