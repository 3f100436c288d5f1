"""Which documents can be written, what each is for, and how it is built."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from interlock.engine.council.agenda import agenda
from interlock.engine.reporting.board import board_summary
from interlock.engine.reporting.concept import concept_page
from interlock.engine.reporting.dpia import dpia_draft
from interlock.engine.reporting.model_card import model_card
from interlock.engine.reporting.monthly import monthly_update
from interlock.engine.reporting.ninety_days import ninety_day_result
from interlock.engine.reporting.records import backed
from interlock.engine.reporting.vendors import vendor_dossier
from interlock.surfaces.cli.reports.records import Records
from interlock.terms.briefing import Briefing
from interlock.terms.errors import BadInput
from interlock.terms.portfolio import Portfolio, Standing

SHOWN = 5  # names in an error message


@dataclass(frozen=True, slots=True)
class OfAll:
    """A document about all workflows."""

    purpose: str
    build: Callable[[Records], Briefing]


@dataclass(frozen=True, slots=True)
class OfOne:
    """A document about one workflow."""

    purpose: str
    build: Callable[[Portfolio, Standing], Briefing]


KINDS: Mapping[str, OfAll | OfOne] = {
    "monthly": OfAll(
        "executive update in ten areas; its first page says what to decide",
        lambda records: monthly_update(records.portfolio, agenda(records.portfolio)),
    ),
    "board": OfAll(
        "quarterly summary for a board: what it is asked, what AI is worth, whether it is safe",
        lambda records: board_summary(records.portfolio, agenda(records.portfolio)),
    ),
    "vendors": OfAll(
        "dossier of every vendor: how it was scored, and the plan to leave it",
        lambda records: vendor_dossier(records.portfolio, records.vendors),
    ),
    "concept": OfOne(
        "proof of concept: problem and KPI, new workflow, guardrails, 45-day plan, go, hold or kill", concept_page
    ),
    "result": OfOne("90 days on one page: baseline against current, unit cost, incidents, decision", ninety_day_result),
    "model-card": OfOne("what acts, what it is for and not for, how it was measured, its limits", model_card),
    "dpia": OfOne("draft of a data protection impact assessment, with what is still to be answered", dpia_draft),
}


def built(kind: str, records: Records, workflow: str | None) -> Briefing:
    """The document, with whether the ledger behind it holds. Raises BadInput where the workflow is not known, missing,
    or one too many.
    """
    return backed(_built(kind, records, workflow), records.portfolio)


def _built(kind: str, records: Records, workflow: str | None) -> Briefing:
    chosen = KINDS[kind]
    if isinstance(chosen, OfAll):
        if workflow is not None:
            raise BadInput(f"'{kind}' is about all workflows; leave --workflow out")
        return chosen.build(records)
    known = {one.definition.name: one for one in records.portfolio.standings}
    if workflow is None:
        raise BadInput(f"'{kind}' is about one workflow; say which: --workflow NAME ({_names(known)})")
    if workflow not in known:
        raise BadInput(f"there is no workflow '{workflow}'; {_names(known)}")
    return chosen.build(records.portfolio, known[workflow])


def _names(known: Mapping[str, Standing]) -> str:
    if not known:
        return "`interlock apply -f FILE` defines one"
    more = f" and {len(known) - SHOWN} more; `interlock portfolio` shows all" if len(known) > SHOWN else ""
    return f"known: {', '.join(list(known)[:SHOWN])}{more}"
