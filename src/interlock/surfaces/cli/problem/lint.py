"""`interlock problem lint`: what a statement lacks, with the question to answer."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.problem.lint import cost_kinds, lint
from interlock.engine.problem.lint_text import lint_text
from interlock.engine.problem.use_case import missing_of_use_case
from interlock.surfaces.cli.store_options import JsonOption, show_json
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.terms.errors import BadInput
from interlock.terms.problem import Missing, ProblemWords, StatedProblem
from interlock.terms.workflow import Problem

TEXT_MAX = 8_000  # characters; a statement is a page


def lint_command(
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(help="A definition, or a YAML file with who, friction and so on.", show_default=False),
    ] = None,
    text: Annotated[bool, typer.Option("--text", help="Read a text from standard input instead.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Say what a problem statement lacks, and which question would find it. Exit status 1 where something is missing.

    Words and figures are looked for, in English; no model judges. It finds most of what is missing and not all of
    it, and it does not know whether what is said is true.

      interlock problem lint workflows/triage.yaml

      interlock problem lint --text < idea.txt
    """
    box = toolbox(context)
    stated = _stated(box, file, text=text)
    words = box.problem_words()
    missing = missing_of(stated, words)
    costs = cost_kinds(stated.text or stated.problem.cost, words)
    parts = None if stated.text else missing_of_use_case(stated.problem, stated.kpis, words, steps=stated.steps)
    if as_json:
        show_json(
            box,
            {
                "missing": missing,
                "costs": costs,
                "missing_of_use_case": parts,
                "use_case": parts is not None and not parts,
            },
        )
    else:
        _tell(box, missing)
        if costs:
            box.out.print(Text(f"cost told: {', '.join(costs)}"), soft_wrap=True)
        if parts is not None:
            idea = f"an idea, not yet a use case: without {', '.join(parts)}"
            box.out.print(Text(idea if parts else "a use case: it may be scored"), soft_wrap=True)
    if missing:
        raise typer.Exit(1)


def missing_of(stated: StatedProblem, words: ProblemWords) -> tuple[Missing, ...]:
    """What it lacks, in fields or in its text."""
    return lint_text(stated.text, words) if stated.text else lint(stated.problem, stated.kpis, words)


def _stated(box: Toolbox, file: Path | None, *, text: bool) -> StatedProblem:
    if (file is None) is not text:
        raise BadInput("name either a file, or give a text on standard input with --text")
    if file is not None:
        return box.read_problem(file)
    try:
        said = " ".join(sys.stdin.read(TEXT_MAX + 1).split())
    except UnicodeDecodeError as exc:
        raise BadInput(f"standard input is not UTF-8 text (byte {exc.start}); save it as UTF-8") from exc
    if not said:
        raise BadInput("standard input holds no text; write a sentence or two, such as `echo '...' | interlock ...`")
    if len(said) > TEXT_MAX:
        raise BadInput(f"standard input holds more than {TEXT_MAX:,} characters; a problem statement is a page")
    return StatedProblem(Problem(), text=said)


def _tell(box: Toolbox, missing: Sequence[Missing]) -> None:
    if not missing:
        box.out.print("nothing is missing that words and figures could show")
    for one in missing:
        shown = f" ({one.field}: '{one.words}')" if one.words else f" ({one.field})"
        box.out.print(Text(f"{one.lack}{shown}: {one.why}"), soft_wrap=True)
        box.out.print(Text(f"  {one.question}"), soft_wrap=True)
