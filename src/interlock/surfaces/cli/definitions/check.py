"""`interlock check`: everything that is wrong with definition files, or missing in them."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.rollout.gaps import gaps
from interlock.surfaces.cli.store_options import JsonOption, show_json
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.terms.flaw import CheckedDefinition, Flaw, Gap, Severity


def check_command(
    context: typer.Context,
    file: Annotated[list[Path], typer.Argument(help="Definition files.", show_default=False)],
    strict: Annotated[bool, typer.Option("--strict", help="Let gaps count as errors do.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Explain every problem of definition files: the line, the field, why it matters, what mends it.

    An *error* keeps a file from being applied. A *gap* does not: the workflow can be governed, and something about it
    is unknown, weak or missing, such as a safety owner, a baseline or a way to work when the AI does not.

      interlock check workflows/*.yaml

    Exit status 1 where a file has an error; with `--strict` also where it has a gap.
    """
    box = toolbox(context)
    checked = [box.check_definition(path) for path in file]
    flaws = [flaw for one in checked for flaw in _flaws(one)]
    if as_json:
        show_json(box, flaws)
    else:
        for one in checked:
            _print(box, one)
    if any(flaw.severity is Severity.ERROR or strict for flaw in flaws):
        raise typer.Exit(1)


def _flaws(checked: CheckedDefinition) -> tuple[Flaw, ...]:
    if checked.definition is None:
        return checked.errors
    return tuple(_as_flaw(checked, gap) for gap in gaps(checked.definition))


def _as_flaw(checked: CheckedDefinition, gap: Gap) -> Flaw:
    field = ".".join(map(str, gap.location))
    line = checked.line_of(gap.location)
    return Flaw(Severity.GAP, checked.file, line, field, gap.problem, gap.why, gap.mend)


def _print(box: Toolbox, checked: CheckedDefinition) -> None:
    flaws = _flaws(checked)
    errors = sum(flaw.severity is Severity.ERROR for flaw in flaws)
    found = ", ".join(
        f"{count} {word if count == 1 else word + 's'}"
        for count, word in ((errors, "error"), (len(flaws) - errors, "gap"))
        if count
    )
    can = "cannot be applied" if errors else "can be applied"
    box.out.print(Text(f"{checked.file}: {can}; {found or 'nothing is missing'}"), style="bold", soft_wrap=True)
    for flaw in flaws:
        box.out.print(Text(f"  {flaw.file}:{flaw.line}: {flaw.severity}: {_words(flaw)}"), soft_wrap=True)
        if flaw.why:
            box.out.print(Text(f"    why: {flaw.why}"), soft_wrap=True)
        if flaw.mend:
            box.out.print(Text(f"    mend: {flaw.mend}"), soft_wrap=True)


def _words(flaw: Flaw) -> str:
    return f"{flaw.field}: {flaw.problem}" if flaw.field else flaw.problem
