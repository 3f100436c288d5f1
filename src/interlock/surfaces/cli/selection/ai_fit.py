"""`interlock ai-fit`: rule, workflow change, report, AI assistant, AI agent, or not yet."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.selection.ai_fit import ai_fit
from interlock.engine.selection.said import said_by
from interlock.surfaces.cli.store_options import JsonOption, show_json
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.surfaces.cli.watching import printable
from interlock.terms.ai_fit import NOT_YET, AiFit, FitAnswers, FitPack, Reason
from interlock.terms.errors import BadInput

HELP = """Say whether AI is the right answer to a problem: the simplest way that fits, with its reasons.

FILE holds answers, one a line, or is a workflow definition: what that says is taken as answered. `--questions` writes
all questions into a file to be filled in, with what FILE answers already; without FILE all are still unknown. The ways
are a workflow change, a rule, a report, an AI assistant, an AI agent, in that order. While a simpler way may still fit,
nothing after it is recommended: the answer is "not yet", with the questions that decide next. What you leave out is
unknown and never counts as a yes. AI needs all six answers about data.

Examples:

- `interlock ai-fit --questions > answers.yaml`
- `interlock ai-fit workflows/triage.yaml --questions > answers.yaml`
- `interlock ai-fit answers.yaml --json`

Exit status: 0 a way is recommended; 1 not yet; 2 the file cannot be used.
"""


def ai_fit_command(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="Answers, one a line, or a definition.")] = None,
    *,
    questions: Annotated[bool, typer.Option("--questions", help="Write all questions, with what is answered.")] = False,
    as_json: JsonOption = False,
) -> None:
    box = toolbox(context)
    pack = box.fit_pack()
    if file is None and not questions:
        raise BadInput("name a FILE of answers or a workflow definition, or write the questions with --questions")
    answers, defined = FitAnswers("unknown", {}), False
    if file is not None:
        answers, defined = _answers(box, file)
    if questions:
        box.out.print(Text(_sheet(pack, answers)), soft_wrap=True)
        return
    fit = ai_fit(answers, pack)
    if as_json:
        show_json(
            box, {"fit": fit, "pack": pack.version, "said_by_definition": list(answers.values) if defined else []}
        )
    else:
        _tell(box, fit, pack)
        if defined:
            say = f"{file} says: {', '.join(answers.values) or 'none of it'}. "
            box.out.print(
                Text(f"{say}For the rest: interlock ai-fit {file} --questions > answers.yaml"), soft_wrap=True
            )
    if fit.recommendation == NOT_YET:
        raise typer.Exit(1)


ai_fit_command.__doc__ = HELP


def _answers(box: Toolbox, file: Path) -> tuple[FitAnswers, bool]:
    """The answers, and whether a definition gave them."""
    answers = box.read_fit_answers(file)
    return (said_by(box.read_definition(file)), True) if answers is None else (answers, False)


def _sheet(pack: FitPack, answers: FitAnswers) -> str:
    """All questions as a file of answers; a text in quotes, which YAML reads as JSON does."""
    lines = [f"name: {json.dumps(answers.name, ensure_ascii=False)}"]
    for one in pack.questions:
        value = answers.values.get(one.id)
        words = (
            "unknown"
            if value is None
            else f"{value:g}"
            if isinstance(value, float)
            else json.dumps(value, ensure_ascii=False)
        )
        lines += [f"# {one.question} ({', '.join(one.options) or one.kind})", f"{one.id}: {words}"]
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
