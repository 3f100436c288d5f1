"""The workflow that a name stands for, or what may have been meant."""

import difflib

from interlock.ports.store import Reading, WorkflowRow
from interlock.terms.errors import BadInput

NAMED_MAX = 10


def known_row(reading: Reading, workflow: str) -> WorkflowRow:
    """The workflow. Raises BadInput where there is none of that name, with those that there are."""
    row = reading.workflow(workflow)
    if row is None:
        raise BadInput(f"there is no workflow '{workflow}' ({_meant(reading, workflow)})")
    return row


def _meant(reading: Reading, workflow: str) -> str:
    names = [row.name for row in reading.workflows()]
    near = difflib.get_close_matches(workflow, names, n=1)
    if near:
        return f"did you mean '{near[0]}'?"
    more = f" and {len(names) - NAMED_MAX:,} more" if len(names) > NAMED_MAX else ""
    return f"known: {', '.join(names[:NAMED_MAX])}{more}" if names else "none is applied yet: `interlock apply -f FILE`"
