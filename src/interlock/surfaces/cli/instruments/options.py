"""The options that the commands on instruments share."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from interlock.engine.instruments.named import instrument_named
from interlock.surfaces.cli.toolbox import Toolbox
from interlock.terms.errors import BadInput
from interlock.terms.instrument import Instrument

Id = Annotated[str, typer.Argument(help="Id of the instrument; `interlock instrument list` names them.")]
Subject = Annotated[str, typer.Option("--subject", help="Whom or what it is about: a workflow, a person, a vendor.")]
PackOption = Annotated[Path | None, typer.Option("--pack", help="A YAML file with an instrument of your own.")]


def instrument(box: Toolbox, name: str, pack: Path | None) -> Instrument:
    """The instrument of that id. Raises BadInput with the ids that there are."""
    return instrument_named(box.read_instruments(pack), name)


def end_of_day(text: str) -> dt.datetime:
    """The last moment of a date in UTC. Raises BadInput for what is no date."""
    try:
        return dt.datetime.combine(dt.date.fromisoformat(text), dt.time.max, dt.UTC)
    except ValueError:
        raise BadInput(f"'{text}' is no date; write one such as 2026-11-26") from None
