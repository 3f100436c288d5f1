"""`interlock reviews labels`, `agreement`, `forecast`: what the queue teaches, and whether people keep up with it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from interlock.engine.ledger.canonical import plain
from interlock.surfaces.cli.oversight.options import share_option
from interlock.surfaces.cli.reviews.case import OneWorkflow
from interlock.surfaces.cli.store_options import (
    JsonOption,
    StoreOption,
    Workflow,
    known_workflow,
    opened,
    show_json,
)
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.surfaces.cli.watching import printable

if TYPE_CHECKING:
    from interlock.flows.review.agreement import Agreement
    from interlock.flows.review.forecast import Forecast
    from interlock.flows.review.labels import Label

SHOWN = 20
GRADES = {
    "reliable": "labels can be relied on",
    "unusable": "labels cannot be relied on: people do not agree on them",
    "open": "labels are to be used with care",
    "not known yet": "how far labels can be relied on is not known yet",
}
BUSY_HOURS = 3


def labels_command(
    context: typer.Context,
    workflow: Workflow,
    out: Annotated[Path, typer.Option(help="File to write, JSON Lines.")],
    blind_only: Annotated[bool, typer.Option("--blind-only", help="Only labels of settled blind audits.")] = False,
    store: StoreOption = None,
) -> None:
    """Write what people decided as labelled cases, one a line.

      interlock reviews labels triage --out labels.jsonl

    A next candidate learns from all of them (`interlock try`). Judge only with those marked `blind`: their cases were
    drawn at random, and whoever labelled them had not seen what was proposed. Content that was erased is `null`.
    """
    from interlock.flows.review.labels import labels

    box = toolbox(context)
    counts = {"labels": 0, "blind": 0}
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        name = known_workflow(reading, workflow)
        box.write_lines(out, _counted(labels(reading, name, blind_only=blind_only), counts))
    box.out.print(Text(f"{name}: {counts['labels']:,} labels, {counts['blind']:,} of them blind, in {out}"))


def agreement_command(
    context: typer.Context, workflow: Workflow, store: StoreOption = None, as_json: JsonOption = False
) -> None:
    """How far labels can be relied on: how often two people who looked at one audit blind agree.

    interlock reviews agreement triage
    """
    from interlock.flows.review.agreement import agreement

    box = toolbox(context)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        name = known_workflow(reading, workflow)
        found = agreement(reading, name)
    if as_json:
        show_json(box, found)
    else:
        _print(box, _agreement_told(name, found))


def forecast_command(
    context: typer.Context,
    workflow: OneWorkflow = None,
    reviewers: Annotated[
        int | None, typer.Option(min=1, help="People at work; default: as many as decide on a usual day.")
    ] = None,
    on_time: Annotated[float, share_option("Share of reviews that is to be decided in time.")] = 0.95,
    past_days: Annotated[int, typer.Option(min=1, max=366, help="Days of the past to take.")] = 28,
    ahead_days: Annotated[int, typer.Option(min=1, max=92, help="Days to look ahead.")] = 7,
    seed: Annotated[int, typer.Option(min=0, help="Same past, same seed: same figures.")] = 0,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Will people keep up with the queue, and how many would? A simulation on what is recorded.

      interlock reviews forecast triage --reviewers 2

    Recorded days and service times are drawn again many times over. It cannot know of what never happened yet: a
    campaign, a holiday, a new release. Exit status 1 unless the queue keeps up.
    """
    from interlock.flows.review.forecast import forecast

    box = toolbox(context)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        name = None if workflow is None else known_workflow(reading, workflow)
        found = forecast(
            reading,
            name,
            now=box.clock(),
            reviewers=reviewers,
            target=on_time,
            past_days=past_days,
            ahead_days=ahead_days,
            seed=seed,
        )
    if as_json:
        show_json(box, {"simulation": True, **plain(found)})
    else:
        _print(box, _forecast_told(found))
    if found.verdict != "keeps up":
        raise typer.Exit(1)


def _counted(found: Iterator["Label"], counts: dict[str, int]) -> Iterator[bytes]:
    for label in found:
        counts["labels"] += 1
        counts["blind"] += label.blind
        content: dict[str, Any] = {**plain(label), "by": ", ".join(label.by)}
        yield json.dumps(content, ensure_ascii=False).encode() + b"\n"


def _agreement_told(name: str, found: "Agreement") -> Iterator[str]:
    alpha, share = found.alpha, found.disagreements.share
    yield f"{name}: {GRADES[found.grade]}, n {alpha.n:,}"
    if alpha.value is not None:
        limits = "" if alpha.low is None or alpha.high is None else f" ({alpha.low:.2f} to {alpha.high:.2f})"
        yield f"  alpha {alpha.value:.2f}{limits}"
    yield f"  {alpha.method}"
    if share.value is not None:
        yield (
            f"  {len(found.disagreements.reviews):,} of {share.n:,} double looks disagree "
            f"({share.value:.1%}; {share.level:.0%} interval {share.low:.1%} to {share.high:.1%}, exact)"
        )
    yield f"  {found.disagreements.n_unfinished:,} wait for a second answer; {len(found.settled):,} settled by a third"
    for one in found.disagreements.reviews[:SHOWN]:
        yield f"  {one.key}: {one.first_reviewer} says {one.first_label}, {one.second_reviewer} says {one.second_label}"
    for key in found.overturned[:SHOWN]:
        yield f"  {key}: its outcome was recorded before the second look and is not what the looks came to"


def _forecast_told(found: "Forecast") -> Iterator[str]:
    name = found.workflow or "all workflows"
    yield f"{name}: {_headline(found)}"
    yield from (f"  {gap}" for gap in found.gaps)
    yield f"  {found.waiting:,} wait now, {found.late:,} of them late"
    if found.n_days:
        yield f"  {found.n_arrivals / found.n_days:.1f} reviews a day over {found.n_days} whole days; {_busy(found)}"
    if found.service.value is not None:
        low, high = (f"{limit:.1f}" if limit is not None else "?" for limit in (found.service.low, found.service.high))
        minutes = f"{found.service.value:.1f} minutes ({low} to {high}, exact)"
        yield f"  half of them take at most {minutes} from claim to decision, n {found.service.n:,}"
    if found.expected is not None:
        futures = f"{found.expected.runs} futures of {found.ahead_days} days"
        yield f"  simulated: {futures}, recorded days and service times drawn again, seed {found.seed}"


def _headline(found: "Forecast") -> str:
    if found.expected is None:
        return "whether people keep up is not known yet"
    spread, people = found.expected.on_time, _people(found.reviewers)
    if spread.median is None:
        return f"nothing is due within {found.ahead_days} days"
    range_ = f"{spread.median:.0%} on time (90 % of futures: {spread.low:.0%} to {spread.high:.0%})"
    word = {"keeps up": "keep up", "falls behind": "fall behind", "open": "may or may not keep up"}[found.verdict]
    if found.needed is None:
        need = "no number of people would do: reviews are due sooner than anybody can end them"
    else:
        need = f"{found.target:.0%} on time takes {_people(found.needed.reviewers)}"
    return f"{people} {word}: {range_}; {need}"


def _people(count: int) -> str:
    return f"{count:,} {'person' if count == 1 else 'people'}"


def _busy(found: "Forecast") -> str:
    hours = sorted(range(24), key=lambda hour: -found.arrivals_per_hour[hour])[:BUSY_HOURS]
    each = (f"{hour}:00 ({found.arrivals_per_hour[hour]:.1f})" for hour in hours if found.arrivals_per_hour[hour])
    return f"most come at {', '.join(each)} UTC"


def _print(box: Toolbox, lines: Iterator[str]) -> None:
    for number, line in enumerate(lines):
        box.out.print(Text(printable(line), style="" if number else "bold"), soft_wrap=True)
