"""`interlock report crosswalk`: the live controls behind frameworks and laws, the ledger verified on the way."""

from collections.abc import Sequence
from dataclasses import replace

from interlock.engine.reporting.crosswalk import compliance_crosswalk
from interlock.flows.ledger.verify import verify
from interlock.flows.portfolio.read import read_portfolio
from interlock.surfaces.cli.ledger.options import watching
from interlock.surfaces.cli.store_options import opened
from interlock.surfaces.cli.toolbox import Toolbox
from interlock.terms.briefing import Briefing
from interlock.terms.compliance import Framework
from interlock.terms.errors import BadInput

CROSSWALK = "crosswalk"
PURPOSE = "frameworks and laws line by line, with the live control behind each (--framework)"


def crosswalk(box: Toolbox, store: str | None, wanted: Sequence[str]) -> Briefing:
    """The document on the frameworks that are wanted, by id; on all where none is named. Raises BadInput."""
    frameworks = _chosen(box.read_frameworks(), wanted)
    with opened(box, store) as opened_store:
        with watching(box, "verifying the ledger") as progress:
            checked = verify(opened_store, progress=progress)
        with opened_store.reading() as reading:
            portfolio = read_portfolio(reading, box.clock())
    verified = replace(portfolio, ledger_holds=checked.holds, ledger_root=checked.root)
    return compliance_crosswalk(verified, frameworks)


def _chosen(frameworks: Sequence[Framework], wanted: Sequence[str]) -> Sequence[Framework]:
    known = {one.id: one for one in frameworks}
    unknown = next((name for name in wanted if name not in known), None)
    if unknown is not None:
        raise BadInput(f"--framework {unknown}: there is none; known: {', '.join(known)}")
    return [known[name] for name in dict.fromkeys(wanted or known)]
