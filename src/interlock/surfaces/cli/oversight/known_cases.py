"""`interlock oversight plant` and `missed`: known errors among the audits, and what reviewers miss of them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from interlock.engine.ledger.canonical import plain
from interlock.engine.oversight.audits.seeding import seeds_needed
from interlock.engine.oversight.wording import percent
from interlock.ports.progress import silent
from interlock.surfaces.cli.oversight.options import share_option
from interlock.surfaces.cli.store_options import (
    AsOption,
    JsonOption,
    StoreOption,
    Workflow,
    known_workflow,
    opened,
    person,
    show_json,
)
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.surfaces.cli.watching import printable
from interlock.terms.errors import BadInput

if TYPE_CHECKING:
    from interlock.flows.oversight.audits.missed import Missed
    from interlock.terms.audits import CorrectedBudget
    from interlock.terms.estimate import Estimate

ROWS_MAX = 100_000
MISS_SHARE_AIM = 0.05
PANEL = "Known errors"


def plant_command(
    context: typer.Context,
    workflow: Workflow,
    file: Annotated[
        Path, typer.Argument(help="Known errors: columns key, text, proposed (wrong), truth.", show_default=False)
    ],
    by: AsOption,
    share: Annotated[float, share_option("Share of audits that draw a known error: 0.1 or 10%.", PANEL)] = 0.1,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put known errors among the open audits, so that it can be measured how many of them reviewers miss.

    Each audit opened since the last planting draws once, with the secret salt; for each that is drawn a case of
    the file joins the queue, as an audit like any other. It is never applied and counts for no rate. Take errors that
    your workflow really made, and let somebody plant them who does not review.

    Examples:

    - `interlock oversight plant triage known-errors.csv --as "Carla Nunes"`
    - `interlock oversight plant triage known-errors.csv --share 20% --as "Carla Nunes"`

    Exit status: 0 it was done (no audit may have been drawn: it says so); 2 the workflow, the file or a case cannot be
    used, and nothing was planted; 3 the store cannot be used.
    """
    from interlock.flows.oversight.audits.known_cases import known_cases_in
    from interlock.flows.oversight.audits.plant import plant

    box = toolbox(context)
    who = person(by)
    with opened(box, store) as opened_store:
        with opened_store.reading() as reading:
            name = known_workflow(reading, workflow)
        table = box.read_table()(file, rows_max=ROWS_MAX, seed=0, skip_broken=False, progress=silent)
        if table.source.rows_not_sampled:
            raise BadInput(f"{file} holds more than {ROWS_MAX:,} cases; give fewer")
        cases = known_cases_in(table)
        done = plant(opened_store, name, cases, share=share, by=who, clock=box.clock, randomness=box.randomness)
    if as_json:
        show_json(box, done)
        return
    drew = f"{len(done.drawn):,} of {done.n_audits:,} audits opened since the last planting drew one"
    told = f"{name}: known errors planted: {len(done.planted):,}; {drew} (probability {share:.4g})"
    _print(box, told, 0)
    if done.n_short:
        _print(box, f"  {done.n_short:,} drew one in vain: {file.name} holds only {len(cases):,}; add more", 1)


def missed_command(
    context: typer.Context, workflow: Workflow, store: StoreOption = None, as_json: JsonOption = False
) -> None:
    """How many planted errors reviewers missed, each and together, exactly, and what follows for the budget.

    Where reviewers miss a share m of errors, audits show only 1 - m of them: the budget is to be tested at itself times
    1 - m, with the upper limit of m. That holds for real errors as far as the planted ones are as hard to see.

    Example:

    - `interlock oversight missed triage`

    Exit status: 0 every answer could be counted; 1 one could not, and it says why; 2 the workflow is unknown; 3 the
    store cannot be used.
    """
    from interlock.flows.oversight.audits.missed import missed

    box = toolbox(context)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        name = known_workflow(reading, workflow)
        found = missed(reading, name)
    if as_json:
        show_json(box, plain(found))
    else:
        _tell(box, name, found)
    if found.faults:
        raise typer.Exit(1)


def _tell(box: Toolbox, name: str, found: "Missed") -> None:
    _print(
        box, f"{name}: {_rate(found.rates.pooled)}; {found.n_waiting:,} of {found.n_planted:,} planted still waiting", 0
    )
    for reviewer, rate in found.rates.by_reviewer.items():
        _print(box, f"  {reviewer}: {_rate(rate)}", 1)
    _print(box, f"  {_budget(found.corrected)}", 1)
    _print(box, f"  {_power()}", 1)
    for fault in found.faults:
        _print(box, f"  NOT COUNTED, entry {fault.index}: {fault.reason}", 1)


def _rate(rate: "Estimate") -> str:
    if rate.value is None or rate.low is None or rate.high is None:
        return "no planted error was answered yet, so the share missed is not known"
    missed = round(rate.value * rate.n)
    interval = f"{rate.level:.0%} interval {rate.low:.1%} to {rate.high:.1%}, exact"
    return f"{missed:,} of {rate.n:,} planted errors missed ({rate.value:.1%}; {interval})"


def _budget(corrected: "CorrectedBudget | None") -> str:
    if corrected is None:
        return "no planted error was found yet, so the error budget cannot be corrected for what is missed"
    return (
        f"at most {corrected.miss_share_max:.1%} of errors like these are missed (exact; wrong with probability "
        f"{corrected.delta:.2g} at most, which comes on top of the test's own): to keep to "
        f"{percent(corrected.asked)}, test the audits at {corrected.budget:.3%}"
    )


def _power() -> str:
    none, one = (seeds_needed(MISS_SHARE_AIM, missed=missed) for missed in (0, 1))
    return (
        f"to show that at most {percent(MISS_SHARE_AIM)} are missed takes {none} answered errors without a miss, "
        f"{one} with one"
    )


def _print(box: Toolbox, line: str, depth: int) -> None:
    box.out.print(Text(printable(line), style="" if depth else "bold"), soft_wrap=True)
