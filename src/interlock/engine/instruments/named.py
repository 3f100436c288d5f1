"""The instrument that a name stands for, or what may have been meant."""

import difflib
from collections.abc import Iterable

from interlock.terms.errors import BadInput
from interlock.terms.instrument import Instrument


def instrument_named(instruments: Iterable[Instrument], name: str) -> Instrument:
    """The instrument of that id. Raises BadInput with the ids that there are."""
    known = {one.id: one for one in instruments}
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, list(known), n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(known)}"
    raise BadInput(f"there is no instrument '{name}' ({hint})")
