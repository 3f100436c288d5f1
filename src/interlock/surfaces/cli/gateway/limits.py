"""`interlock gateway limits`."""

from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.gateway.limits.words import amounted, set_in, whose
from interlock.flows.gateway.limits.used import limit_uses
from interlock.surfaces.cli.store_options import JsonOption, StoreOption, opened, show_json
from interlock.surfaces.cli.toolbox import toolbox
from interlock.terms.gateway.limits import LimitUse

Near = Annotated[
    bool, typer.Option("--near", help="Only those of which four fifths are used, reserved or leased already.")
]
NEAR_FIFTHS = 4


def limits_command(
    context: typer.Context, near: Near = False, store: StoreOption = None, as_json: JsonOption = False
) -> None:
    """Show who has used how much of which limit, and until when: all gateways on the store together.

    What requests under way have reserved counts as used, and so do blocks that gateways have leased in advance: a
    sixteenth of what is left at most. Each use is in `used`, in requests, tokens or US micro-dollars (--json).
    """
    box = toolbox(context)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        rows = [row for row in limit_uses(reading, box.clock()) if not near or _is_near(row)]
    if as_json:
        show_json(box, rows)
        return
    for row in rows:
        box.out.print(Text(limit_line(row)), soft_wrap=True)
    if not rows:
        box.out.print(Text("No limit is near." if near else "No limit counts, and none was used."))


def _is_near(row: LimitUse) -> bool:
    return row.most is not None and row.used * (NEAR_FIFTHS + 1) >= row.most * NEAR_FIFTHS


def limit_line(row: LimitUse) -> str:
    """One limit and its use, in words."""
    model = "" if row.model is None else f", model {row.model}"
    used, every = amounted(row.unit, row.used), f"a {row.per.value}, until {row.window_ends}"
    if row.most is None:
        used = f"{used} {every}; no such limit is in force any more"
    else:
        used = f"{used} of {amounted(row.unit, row.most)} {every}"
    return f"{whose(row.of, row.name, row.where)}{model} ({set_in(row.where)}): {used}"
