"""Which documents can be written, what each is for, and how it is built."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from interlock.engine.council.agenda import agenda
from interlock.engine.instruments.evaluated import Evaluated
from interlock.engine.reporting.board import board_summary
from interlock.engine.reporting.concept import concept_page
from interlock.engine.reporting.crosswalk import compliance_crosswalk
from interlock.engine.reporting.dpia import dpia_draft
from interlock.engine.reporting.model_card import model_card
from interlock.engine.reporting.monthly import monthly_update
from interlock.engine.reporting.ninety_days import ninety_day_result
from interlock.engine.reporting.records import backed
from interlock.engine.reporting.vendors import vendor_dossier
from interlock.terms.briefing import Briefing
from interlock.terms.compliance import Framework
from interlock.terms.errors import BadInput
from interlock.terms.portfolio import Portfolio, Standing

SHOWN = 5  # names in an error message
CROSSWALK = "crosswalk"


@dataclass(frozen=True, slots=True)
class Records:
    """What documents are made from: where everything stands, what people answered about each vendor, and the
    frameworks that a crosswalk is about.
    """

    portfolio: Portfolio
    vendors: Mapping[str, Sequence[Evaluated]]
    frameworks: Sequence[Framework] = ()


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
    CROSSWALK: OfAll(
        "frameworks and laws line by line, with the live control behind each",
        lambda records: compliance_crosswalk(records.portfolio, records.frameworks),
    ),
}


def check_asked(kind: str, workflow: str | None = None, frameworks: Sequence[str] = ()) -> None:
    """Raises BadInput where no document can be meant: its kind is not known, a name is missing or one too many."""
    if kind not in KINDS:
        raise BadInput(f"there is no report '{kind}'; known: {', '.join(KINDS)}")
    if frameworks and kind != CROSSWALK:
        raise BadInput(f"'{kind}' is about no framework; leave the framework out")
    if workflow is not None and isinstance(KINDS[kind], OfAll):
        raise BadInput(f"'{kind}' is about all workflows; leave the workflow out")


def built(kind: str, records: Records, workflow: str | None = None) -> Briefing:
    """The document, with whether the ledger behind it holds. Raises BadInput where the kind or the workflow is not
    known, missing, or one too many.
    """
    check_asked(kind, workflow)
    return backed(_built(KINDS[kind], kind, records, workflow), records.portfolio)


def chosen(frameworks: Sequence[Framework], wanted: Sequence[str]) -> Sequence[Framework]:
    """The frameworks with these ids; all where none is named. Raises BadInput for an id that none has."""
    known = {one.id: one for one in frameworks}
    unknown = next((name for name in wanted if name not in known), None)
    if unknown is not None:
        raise BadInput(f"there is no framework '{unknown}'; known: {', '.join(known)}")
    return [known[name] for name in dict.fromkeys(wanted or known)]


def _built(of: OfAll | OfOne, kind: str, records: Records, workflow: str | None) -> Briefing:
    if isinstance(of, OfAll):
        return of.build(records)
    known = {one.definition.name: one for one in records.portfolio.standings}
    if workflow is None:
        raise BadInput(f"'{kind}' is about one workflow; say which ({_names(known)})")
    if workflow not in known:
        raise BadInput(f"there is no workflow '{workflow}'; {_names(known)}")
    return of.build(records.portfolio, known[workflow])


def _names(known: Mapping[str, Standing]) -> str:
    if not known:
        return "`interlock apply -f FILE` defines one"
    more = f" and {len(known) - SHOWN} more; `interlock portfolio` shows all" if len(known) > SHOWN else ""
    return f"known: {', '.join(list(known)[:SHOWN])}{more}"
