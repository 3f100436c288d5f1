"""`interlock check`: everything that is wrong with definition files, or missing in them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.problem.lint import lint
from interlock.engine.rollout.gaps import gaps
from interlock.flows.rollout.facts import is_held, stage_if_moved
from interlock.surfaces.cli.store_options import JsonOption, StoreOption, opened, show_json, store_address
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.terms.flaw import CheckedDefinition, Flaw, Gap, Severity
from interlock.terms.problem import Lack, ProblemWords
from interlock.terms.workflow import WorkflowDefinition


def check_command(
    context: typer.Context,
    file: Annotated[list[Path], typer.Argument(help="Definition files.", show_default=False)],
    strict: Annotated[bool, typer.Option("--strict", help="Let gaps count as errors do.")] = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Explain every problem of definition files: the line, the field, why it matters, what mends it.

    An *error* keeps a file from being applied. A *gap* does not: the workflow can be governed, and something about it
    is unknown, weak or missing, such as a safety owner, a baseline or a way to work when the AI does not.

      interlock check workflows/*.yaml

    Where there is a store that knows the workflow, authority that no rollout stage binds is a gap too.

    Exit status 1 where a file has an error; with `--strict` also where it has a gap.
    """
    box = toolbox(context)
    checked = [box.check_definition(path) for path in file]
    words = box.problem_words()
    unbound = _without_a_stage(box, store)
    flaws = [(*flaws_of(one, words), *_unbound(one, unbound)) for one in checked]
    if as_json:
        show_json(box, [flaw for found in flaws for flaw in found])
    else:
        for one, found in zip(checked, flaws, strict=True):
            tell_flaws(box, one.file, found)
    if any(flaw.severity is Severity.ERROR or strict for found in flaws for flaw in found):
        raise typer.Exit(1)


def _without_a_stage(box: Toolbox, store: str | None) -> frozenset[str]:
    """Workflows that hold authority and were never moved to a stage; a store that is not there knows of none."""
    if store is None and not box.store_exists(store_address(box, None)):
        return frozenset()
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        held = (row for row in reading.workflows() if is_held(row, box.clock()))
        return frozenset(row.name for row in held if stage_if_moved(reading, row.name) is None)


def _unbound(checked: CheckedDefinition, unbound: frozenset[str]) -> tuple[Flaw, ...]:
    if checked.definition is None or checked.definition.name not in unbound:
        return ()
    gap = Gap(
        "no-stage",
        ("workflow",),
        "it has authority, and was never moved to a rollout stage",
        "no stage bounds its level, and the conditions to rise are not asked for",
        f"move it: `interlock stage move {checked.definition.name} pilot`",
    )
    return (_as_flaw(checked, gap),)


def flaws_of(checked: CheckedDefinition, words: ProblemWords) -> tuple[Flaw, ...]:
    """Its errors; where it has none, its gaps."""
    if checked.definition is None:
        return checked.errors
    found = (*gaps(checked.definition), *_problem_gaps(checked.definition, words))
    return tuple(_as_flaw(checked, gap) for gap in found)


def _problem_gaps(definition: WorkflowDefinition, words: ProblemWords) -> Iterator[Gap]:
    """What its problem statement lacks, as `interlock problem lint` finds it."""
    for one in lint(definition.problem, definition.initiative.kpis, words):
        shown = f": '{one.words}'" if one.words else ""
        what = "a solution stands for the problem" if one.lack is Lack.SOLUTION else f"no {one.lack} is told"
        yield Gap(f"problem-{one.lack}", ("problem", one.field), f"{what}{shown}", one.why, one.question)


def _as_flaw(checked: CheckedDefinition, gap: Gap) -> Flaw:
    field = ".".join(map(str, gap.location))
    line = checked.line_of(gap.location)
    return Flaw(Severity.GAP, checked.file, line, field, gap.problem, gap.why, gap.mend)


def tell_flaws(box: Toolbox, file: str, flaws: tuple[Flaw, ...], *, brief: bool = False) -> None:
    """Print whether the file can be applied, and each flaw, with its reason and mend unless it is to be `brief`."""
    errors = sum(flaw.severity is Severity.ERROR for flaw in flaws)
    found = ", ".join(
        f"{count} {word if count == 1 else word + 's'}"
        for count, word in ((errors, "error"), (len(flaws) - errors, "gap"))
        if count
    )
    can = "cannot be applied" if errors else "can be applied"
    box.out.print(Text(f"{file}: {can}; {found or 'nothing is missing'}"), style="bold", soft_wrap=True)
    for flaw in flaws:
        box.out.print(Text(f"  {flaw.file}:{flaw.line}: {flaw.severity}: {_words(flaw)}"), soft_wrap=True)
        if flaw.why and not brief:
            box.out.print(Text(f"    why: {flaw.why}"), soft_wrap=True)
        if flaw.mend and not brief:
            box.out.print(Text(f"    mend: {flaw.mend}"), soft_wrap=True)


def _words(flaw: Flaw) -> str:
    return f"{flaw.field}: {flaw.problem}" if flaw.field else flaw.problem
