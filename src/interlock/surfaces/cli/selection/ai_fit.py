"""`interlock ai-fit`: rule, workflow change, report, AI assistant, AI agent, or not yet."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.selection.ai_fit import ai_fit
from interlock.surfaces.cli.store_options import JsonOption, show_json
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.surfaces.cli.watching import printable
from interlock.terms.ai_fit import NOT_YET, AiFit, FitPack, Reason

HELP = """Say whether AI is the right answer to a problem: the simplest way that fits, with its reasons.

FILE holds answers, one a line. `interlock ai-fit --questions > answers.yaml` writes them all, still unknown. The ways
are a workflow change, a rule, a report, an AI assistant, an AI agent, in that order. While a simpler way may still fit,
nothing after it is recommended: the answer is "not yet", with the questions that decide next. What you leave out is
unknown and never counts as a yes. AI needs all six answers about data.

Examples:

- `interlock ai-fit --questions > answers.yaml`
- `interlock ai-fit answers.yaml --json`

Exit status: 0 a way is recommended; 1 not yet; 2 the file cannot be used.
"""


def ai_fit_command(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="YAML, one answer a line.")] = None,
    *,
    questions: Annotated[bool, typer.Option("--questions", help="Write all questions, to be filled in.")] = False,
    as_json: JsonOption = False,
) -> None:
    box = toolbox(context)
    pack = box.fit_pack()
    if (file is None) is not questions:
        raise typer.BadParameter("name a FILE of answers, or --questions to write one")
    if file is None:
        box.out.print(Text(_blank(pack)), soft_wrap=True)
        return
    fit = ai_fit(box.read_fit_answers(file), pack)
    if as_json:
        show_json(box, {"fit": fit, "pack": pack.version})
    else:
        _tell(box, fit, pack)
    if fit.recommendation == NOT_YET:
        raise typer.Exit(1)


ai_fit_command.__doc__ = HELP


def _blank(pack: FitPack) -> str:
    lines = ["name: unknown"]
    for one in pack.questions:
        lines += [f"# {one.question} ({', '.join(one.options) or one.kind})", f"{one.id}: unknown"]
    return "\n".join(lines)


def _tell(box: Toolbox, fit: AiFit, pack: FitPack) -> None:
    asked = {one.id: one.question for one in pack.questions}

    def say(line: str) -> None:
        box.out.print(Text(printable(line)), soft_wrap=True)

    def because(reason: Reason) -> str:
        return f"{asked[reason.question]} {reason.answer}"

    say(f"{fit.name}: {fit.recommendation}. {fit.why}")
    for reason in fit.reasons:
        say(f"  for it: {because(reason)}")
    for reason in fit.against:
        say(f"  against {reason.way}: {because(reason)}")
    for one in fit.open:
        say(f"  open: {one.question} ({one.id})")
    answers = [answer for _, answer in fit.data]
    counted = ", ".join(f"{answers.count(word)} {word or 'unknown'}" for word in ("yes", "no", None))
    say(f"Data: of {len(answers)} questions {counted}.")
    for one, answer in fit.data:
        if answer != "yes":
            say(f"  {one.id}: {answer or 'unknown'}. {one.question}")
