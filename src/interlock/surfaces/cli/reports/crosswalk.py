"""`interlock report crosswalk`: the live controls behind frameworks and laws, the ledger verified on the way."""

from collections.abc import Sequence

from interlock.engine.reporting.crosswalk import compliance_crosswalk
from interlock.engine.reporting.records import backed
from interlock.surfaces.cli.reports.records import read_records
from interlock.surfaces.cli.toolbox import Toolbox
from interlock.terms.briefing import Briefing
from interlock.terms.compliance import Framework
from interlock.terms.errors import BadInput

CROSSWALK = "crosswalk"
PURPOSE = "frameworks and laws line by line, with the live control behind each (--framework)"


def crosswalk(box: Toolbox, store: str | None, wanted: Sequence[str]) -> Briefing:
    """The document on the frameworks that are wanted, by id; on all where none is named. Raises BadInput."""
    frameworks = _chosen(box.read_frameworks(), wanted)
    records = read_records(box, store, entries_max=None)  # a control looks at it, whatever its length
    return backed(compliance_crosswalk(records.portfolio, frameworks), records.portfolio)


def _chosen(frameworks: Sequence[Framework], wanted: Sequence[str]) -> Sequence[Framework]:
    known = {one.id: one for one in frameworks}
    unknown = next((name for name in wanted if name not in known), None)
    if unknown is not None:
        raise BadInput(f"--framework {unknown}: there is none; known: {', '.join(known)}")
    return [known[name] for name in dict.fromkeys(wanted or known)]
