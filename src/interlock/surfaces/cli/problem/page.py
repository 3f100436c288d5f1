"""`interlock problem page`: the statement on one page."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.ledger.canonical import plain
from interlock.engine.reporting.problem_page import problem_page
from interlock.engine.timestamp import stamp
from interlock.surfaces.cli.problem.lint import missing_of
from interlock.surfaces.cli.toolbox import toolbox
from interlock.terms.briefing import Briefing
from interlock.terms.errors import BadInput


def page_command(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A definition, or a YAML file with who, friction and so on.")],
    out: Annotated[Path, typer.Option("--out", help="The file to write: its name ends in .md or .json.")],
) -> None:
    """Write a problem statement as one page: who, what is broken, why it matters, what better is, measure, limits.

    What nobody knows yet is listed with the question and who is to answer it.

      interlock problem page workflows/triage.yaml --out problem.md
    """
    box = toolbox(context)
    if out.suffix not in {".md", ".json"}:
        raise BadInput(f"--out {out}: the name must end in .md or .json")
    stated = box.read_problem(file)
    if stated.text:
        raise BadInput(f"{file} holds a text; a page needs fields: write `who:`, `friction:` and so on")
    page = problem_page(stated, missing_of(stated, box.problem_words()), as_of=stamp(box.clock()))
    as_json = json.dumps(plain(page), indent=2, ensure_ascii=False) + "\n"
    box.write_text(out, as_json if out.suffix == ".json" else _markdown(page))
    box.out.print(Text(f"{out}: {page.title}"), soft_wrap=True)


def _markdown(page: Briefing) -> str:
    lines = [f"# {page.title}", "", *page.summary, ""]
    for passage in page.passages:
        lines += [f"## {passage.title}", "", *(f"- {line}" for line in passage.lines), ""]
    if page.unknown:
        lines += ["## Not known yet", "", "| what | who finds out |", "| --- | --- |"]
        lines += [f"| {one.what} | {one.owner} |".replace("\n", " ") for one in page.unknown]
        lines.append("")
    return "\n".join([*lines, f"As of {page.as_of}.", ""])
