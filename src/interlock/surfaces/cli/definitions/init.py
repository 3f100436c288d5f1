"""`interlock init`: asks for a workflow, or takes answers, and writes its definition."""

import signal
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from interlock.engine.interview.course import open_fields
from interlock.ports.drafts import Drafts
from interlock.surfaces.cli.definitions.asking import Conversation
from interlock.surfaces.cli.definitions.keeping import Keeper, opening_of, place_for
from interlock.surfaces.cli.definitions.said import said_before
from interlock.surfaces.cli.definitions.telling import show_choices, tell_end
from interlock.surfaces.cli.store_options import JsonOption
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.terms.errors import BadInput
from interlock.terms.interview import Interview

EXIT_STOPPED = 128 + signal.SIGINT
NAME = "workflow"
HELP = """Write the definition of a workflow: asked question by question, from a template, or from answers.

You are asked what is still open, in the order of a problem statement: who, what is slow, why, what it costs, what would
be better; then measure, people, what it does, steps, data, guardrails, money, vendors, risks. Each question has an
example. An answer that says too little is told so at once, and you may keep it. Enter leaves a question open: it stays
out of the file, and `interlock check` names it as a gap. Every answer is in the file at once: stop whenever you like
(`.` or Ctrl-C) and go on with `--continue`.

Examples:

- `interlock init`
- `interlock init refunds.yaml --from customer-triage`
- `interlock init refunds.yaml --set problem.who="clerks of the returns desk" --set owners.value="Ana Ruiz"`
- `interlock init refunds.yaml --continue`

Where standard input is no terminal nothing is asked, unless you say `--ask`: then each line is an answer. A file that
is there stays as it is without `--force` or `--continue`.

Exit status: 0 written, whatever is still open; 2 a name, a file or an answer cannot be used; 130 stopped by Ctrl-C, and
what was said by then is kept.
"""
_File = Annotated[
    Path | None, typer.Argument(help="The file to write; its name names the workflow.", show_default=False)
]
_From = Annotated[str | None, typer.Option("--from", help="A template to begin with; --list shows them.")]
_Answers = Annotated[
    Path | None, typer.Option("--answers", help="A YAML file with fields of a definition, or a problem statement.")
]
_Set = Annotated[
    list[str] | None,
    typer.Option("--set", help="One answer as FIELD=ANSWER; repeat for several. --questions lists the fields."),
]
_Ask = Annotated[
    bool | None, typer.Option("--ask/--no-ask", help="Ask what is open; default: where there is a terminal.")
]
_Continue = Annotated[
    bool, typer.Option("--continue", help="Go on with a file that is there: ask what it leaves open.")
]
_Force = Annotated[bool, typer.Option("--force", help="Replace a file that is there.")]
_List = Annotated[bool, typer.Option("--list", help="Show the templates, and stop.")]
_Questions = Annotated[bool, typer.Option("--questions", help="Show every question with its field, and stop.")]


def init_command(
    context: typer.Context,
    file: _File = None,
    template: _From = None,
    answers: _Answers = None,
    given: _Set = None,
    *,
    ask: _Ask = None,
    go_on: _Continue = False,
    force: _Force = False,
    list_templates: _List = False,
    questions: _Questions = False,
    as_json: JsonOption = False,
) -> None:
    box = toolbox(context)
    drafts = box.drafts()
    if list_templates or questions:
        show_choices(box, drafts, templates=list_templates, as_json=as_json)
        return
    asks = bool(sys.stdin and sys.stdin.isatty()) if ask is None else ask
    if go_on and file is None:
        raise BadInput("name the file to go on with: `interlock init FILE --continue`")
    files = [path for path in (file if go_on else None, answers) if path is not None]
    content = said_before(drafts, template=template, files=files, options=given or ())
    path, interview = _named(box, drafts, file, template, content, asks=asks)
    place_for(path, force=force, go_on=go_on)
    earlier = path.read_text(encoding="utf-8") if go_on else ""
    keeper = Keeper(box, drafts, path, opening=_opening(earlier, template), replaces=force or go_on)
    if earlier and keeper.text(Interview(drafts.read(path))) != earlier:
        keeper.save_first(earlier)
    _ask_all(box, drafts, keeper, interview) if asks else _take(drafts, keeper, interview)
    if keeper.written:
        tell_end(box, keeper, as_json=as_json)


init_command.__doc__ = HELP


def _named(
    box: Toolbox, drafts: Drafts, file: Path | None, template: str | None, content: dict[str, Any], *, asks: bool
) -> tuple[Path, Interview]:
    """The file, and the interview with the workflow's name: as answers say it, else as the file or the template."""
    name = content.get(NAME) or (drafts.name_like(file.stem) if file is not None else template)
    if not name and file is not None:
        raise BadInput(f"{file}: name the file with letters or digits, such as refunds.yaml; it names the workflow")
    if not name and not asks:
        raise BadInput("say which file to write, such as `interlock init refunds.yaml`; its name names the workflow")
    name = name or _asked_name(box, drafts)
    return file or Path(f"{name}.yaml"), Interview({NAME: name, **{k: v for k, v in content.items() if k != NAME}})


def _asked_name(box: Toolbox, drafts: Drafts) -> str:
    box.err.print(Text("What is it called? A word or two, such as refund-triage"), style="bold")
    while True:
        box.err.print("> ", end="")
        try:
            said = drafts.name_like(input())
        except (EOFError, RuntimeError):  # no more input, or none at all
            raise BadInput("it needs a name; nothing was written. `interlock init refunds.yaml` names it") from None
        if said:
            return said
        box.err.print("  a name holds at least one letter or digit")


def _opening(earlier: str, template: str | None) -> tuple[str, ...]:
    begun = (
        (f"Begun with the template '{template}', which is authored: hold every line of it against your own work.",)
        if template
        else ()
    )
    return opening_of(earlier) or (
        "Written by `interlock init`; edit it as you like. `interlock check` says what is missing, and why.",
        *begun,
    )


def _ask_all(box: Toolbox, drafts: Drafts, keeper: Keeper, interview: Interview) -> None:
    questions = len(open_fields(drafts.chapters(), interview))
    box.err.print(
        Text(f"{questions} questions or more are open. What you say is kept in {keeper.path} at once."), soft_wrap=True
    )
    if len(interview.content) > 1 and not keeper.path.exists():
        keeper.keep(interview)
    try:
        ended = Conversation(box, drafts, keeper.keep).run(interview)
        if len(ended.content) > 1:
            keeper.keep(ended)
        else:
            box.err.print("Nothing was said, and nothing was written.")
    except KeyboardInterrupt:
        keeper.rescue()
        kept = f"what you said is in {keeper.path}: go on with `interlock init {keeper.path} --continue`"
        words = kept if keeper.written else "nothing was said, and nothing was written"
        box.err.print(Text(f"\ninterlock: stopped; {words}"), soft_wrap=True)
        raise typer.Exit(EXIT_STOPPED) from None


def _take(drafts: Drafts, keeper: Keeper, interview: Interview) -> None:
    """Without questions: what must be there is there, or nothing is written."""
    if len(interview.content) == 1:
        raise BadInput(
            "nothing was said, and nobody can be asked: give answers by --set FIELD=ANSWER or --answers FILE, begin "
            "with --from TEMPLATE, or use --ask"
        )
    missing = [".".join(map(str, location)) for location in drafts.missing(interview.content)]
    if missing:
        options = " ".join(f"--set {field}=..." for field in missing)
        raise BadInput(f"{', '.join(missing)} must be said, now that the part around is begun: {options}")
    keeper.keep(interview)
