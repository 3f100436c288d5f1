"""`interlock instrument answer`."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from interlock.engine.instruments.scales import answer_of
from interlock.flows.instruments.answer import answer
from interlock.surfaces.cli.instruments.options import Id, PackOption, Subject, instrument
from interlock.surfaces.cli.store_options import AsOption, JsonOption, StoreOption, person, run_time, show_json
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.terms.errors import BadInput
from interlock.terms.instrument import Instrument, Scale


def answer_command(
    context: typer.Context,
    name: Id,
    subject: Subject,
    by: AsOption,
    file: Annotated[Path | None, typer.Option("--file", "-f", help="Answers as YAML; else you are asked.")] = None,
    pack: PackOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer some or all items. Earlier answers stay on record; what you leave out keeps its newest answer.

    A file holds a value for each item, or a mapping with the evidence behind it:

      security: {value: 4, words: "no open finding", evidence: ["sha256:..."]}
      ownership: 5

    interlock instrument answer readiness-scorecard --subject triage -f answers.yaml --as "Ana Ruiz"
    """
    box = toolbox(context)
    who, one = person(by), instrument(box, name, pack)
    with run_time(box, store) as rt:
        answers = box.read_answers(file) if file is not None else _asked(box, one)
        sheet = answer(rt.store, one, subject, answers, by=who, clock=rt.clock)
    if as_json:
        show_json(box, sheet)
        return
    box.out.print(Text(f"recorded as entry {sheet.entry}: {len(sheet.answers)} of {len(one.items)} items answered"))
    bare = [given.item for given in sheet.answers if not given.evidence]
    if bare:
        box.out.print(Text(f"shown as opinion, because they cite no evidence: {', '.join(bare)}"), soft_wrap=True)


def _asked(box: Toolbox, one: Instrument) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for item in one.items:
        box.err.print(Text(f"\n{item.title}: {item.check}\n{item.question}"), soft_wrap=True)
        while True:
            said = typer.prompt(f"{one.scale.value} (empty: nobody knows)", default="", show_default=False, err=True)
            if not said.strip():
                break
            value: object = int(said) if one.scale is Scale.ONE_TO_FIVE and said.strip().isdecimal() else said.strip()
            try:
                answer_of(one, item.id, value)
            except BadInput as exc:
                box.err.print(Text(str(exc)), soft_wrap=True)
            else:
                answers[item.id] = value
                break
    return answers
