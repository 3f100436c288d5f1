"""Column names as they will be used: stripped, never blank, never twice."""

from collections.abc import Sequence

from interlock.adapters.tables.intake import COLUMNS_MAX
from interlock.terms.errors import BadInput


def column_names(raw: Sequence[str], file: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(names, notes): white space around names goes, a blank name becomes "column_3" with a note.

    Raises BadInput where two columns share a name or there are more than 2,000 columns.
    """
    if len(raw) > COLUMNS_MAX:
        raise BadInput(
            f"{file}: {len(raw):,} columns, more than {COLUMNS_MAX:,}. "
            "Keep the columns that were known when people decided, and the decision."
        )
    names = tuple(name.strip() or f"column_{place}" for place, name in enumerate(raw, start=1))
    first: dict[str, int] = {}
    for place, name in enumerate(names, start=1):
        if name in first:
            raise BadInput(
                f"{file}: two columns are named '{name}' (columns {first[name]} and {place}). Rename one in the header."
            )
        first[name] = place
    blank = [name for name, given in zip(names, raw, strict=True) if not given.strip()]
    notes = (f"columns without a name were named {', '.join(blank)}",) if blank else ()
    return names, notes
