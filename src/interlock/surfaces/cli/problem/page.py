"""`interlock problem page`: the statement on one page."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.reporting.problem_page import problem_page
from interlock.engine.timestamp import stamp
from interlock.surfaces.cli.problem.lint import missing_of
from interlock.surfaces.cli.toolbox import toolbox
from interlock.terms.errors import BadInput


def page_command(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A definition, or a YAML file with who, friction and so on.")],
    out: Annotated[Path, typer.Option("--out", help="The file to write; the ending of its name is its form.")],
) -> None:
    """Write a problem statement as one page: who, what is broken, why it matters, what better is, measure, limits.

    What nobody knows yet is listed with the question and who is to answer it. The ending of the file's name chooses the
    form: .html, .pdf, .pptx, .md or .json.

      interlock problem page workflows/triage.yaml --out problem.html
    """
    box = toolbox(context)
    stated = box.read_problem(file)
    if stated.text:
        raise BadInput(f"{file} holds a text; a page needs fields: write `who:`, `friction:` and so on")
    page = problem_page(stated, missing_of(stated, box.problem_words()), as_of=stamp(box.clock()))
    box.reports().briefing(page, out)
    box.out.print(Text(f"{out}: {page.title}"), soft_wrap=True)
