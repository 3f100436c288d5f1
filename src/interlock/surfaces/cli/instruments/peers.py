"""`interlock instrument peers`."""

from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.instruments.peers import Seen, seen, weighted
from interlock.flows.instruments.scored import by_person, sheets
from interlock.surfaces.cli.instruments.options import Id, PackOption, Subject, instrument
from interlock.surfaces.cli.store_options import JsonOption, StoreOption, run_time, show_json
from interlock.surfaces.cli.toolbox import toolbox
from interlock.terms.errors import BadInput


def peers_command(
    context: typer.Context,
    name: Id,
    subject: Subject,
    role: Annotated[str | None, typer.Option("--role", help="Type of role to weigh by, such as startup.")] = None,
    pack: PackOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hold a person's own scores beside those of peers: strengths, gaps, and where the two disagree.

    Everyone answers with their own name; answers of the person themselves are the own ones.

    interlock instrument peers leadership-readiness --subject "Ana Ruiz" --role startup
    """
    box = toolbox(context)
    one = instrument(box, name, pack)
    if one.about != "person":
        raise BadInput(f"{one.id} is about a {one.about}; peers are asked about a person")
    with run_time(box, store) as rt, rt.store.reading() as reading:
        answers = by_person(sheets(reading, one, subject))
    rows = seen(one, subject, answers, profile=role)
    if as_json:
        show_json(box, {"subject": subject, "role": role, "weighted_mean": weighted(rows), "areas": rows})
        return
    mean = weighted(rows)
    words = "not known until every area is answered" if mean is None else f"{mean:.2f} of 5"
    box.out.print(Text(f"{subject}, {one.title}: own weighted mean {words}"), style="bold")
    for row in rows:
        box.out.print(Text(f"  {row.title}: {_said(row)}"), soft_wrap=True)


def _said(row: Seen) -> str:
    own = "no own answer" if row.own is None else f"own {row.own}"
    peers = "no peer answered"
    if row.mean is not None:
        peers = f"peers {row.mean:.1f} ({row.low} to {row.high}, n {row.n})"
    weight = f"; weighs {row.weight:g}" if row.weight != 1 else ""
    return f"{own}, {peers}{weight}{f'; {row.reading}' if row.reading else ''}"
