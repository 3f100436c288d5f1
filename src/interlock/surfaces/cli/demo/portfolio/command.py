"""`interlock demo portfolio`: a store with a year of an invented company."""

from dataclasses import replace

import typer
from rich.text import Text

from interlock.engine.council.agenda import agenda
from interlock.flows.portfolio.read import read_portfolio
from interlock.surfaces.cli.store_options import StoreOption, run_time, store_address
from interlock.surfaces.cli.toolbox import toolbox
from interlock.terms.errors import BadInput

HELP = """Fill a new store with twelve initiatives of an invented company, at every stage, with a year of history.

  interlock demo portfolio --store sample.db

Company, people and figures are authored, and every page made from the store says so. Some of it is in trouble on
purpose, for the portfolio and the agenda to find. Under a minute. A store that holds something already is refused.
"""


def portfolio_demo_command(context: typer.Context, store: StoreOption = None) -> None:
    from interlock.surfaces.cli.demo.portfolio.playing import play
    from interlock.surfaces.cli.demo.portfolio.scene import Scene
    from interlock.surfaces.cli.demo.portfolio.stage_time import SameChance, SteppingClock

    box = toolbox(context)
    address = store_address(box, store)
    end = box.clock()
    sample = box.read_sample_portfolio(end)
    with run_time(box, store, create=True) as opened:
        with opened.store.reading() as reading:
            if reading.last_entry() >= 0:
                raise BadInput(f"{address} holds records already, and a sample is not mixed with them; name another")
        clock, chance = SteppingClock(end), SameChance()
        rt = replace(opened, clock=clock, randomness=chance, owner="sample", spool=None)
        box.out.print(Text(f"{sample.organisation.name}: a year of {len(sample.initiatives)} initiatives ..."))
        content = (box.read_gates(None), box.read_instruments(None))
        scene = Scene(rt, clock, chance, box.signing(), *content, box.version)
        try:
            play(scene, sample)
        except BaseException:  # stopped, or the disk is full: half a year tells nothing
            box.err.print(Text(f"{address} holds a part of the sample; delete it before you try again"), soft_wrap=True)
            raise
        with opened.store.reading() as reading:
            entries, items = reading.last_entry() + 1, agenda(read_portfolio(reading, end))
    box.out.print(Text("This is an authored sample: company, people and figures are invented."), soft_wrap=True)
    box.out.print(Text(f"{entries:,} ledger entries in {address}; {len(items)} questions wait for the council."))
    box.out.print(Text("In trouble on purpose:"))
    for one in sample.initiatives:
        if one.trouble:
            box.out.print(Text(f"  {one.definition.name}: {one.trouble}"), soft_wrap=True)
    asked = f" --store {store}" if store else ""
    box.out.print(Text("Look at it next:"))
    for words in ("portfolio", "council agenda", "report monthly --out update.html"):
        box.out.print(Text(f"  interlock {words}{asked}"), soft_wrap=True)


portfolio_demo_command.__doc__ = HELP
