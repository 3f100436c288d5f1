"""What a document says of the records behind it: whether the ledger holds, and how its evidence is followed."""

from dataclasses import replace

from interlock.engine.reporting.figures import counted
from interlock.terms.briefing import Briefing
from interlock.terms.portfolio import Portfolio

BROKEN = "The ledger does not hold: no figure here can be relied on"
MEND = "`interlock ledger verify` says what was altered; until then take no decision from this document."
FOLLOW = (
    "`interlock ledger show ID` shows what is on record behind an id: `entry` with its number, or a digest of evidence "
    "or of a release."
)


def backed(briefing: Briefing, portfolio: Portfolio) -> Briefing:
    """The document with what is to be said of its records; a ledger that does not hold comes before everything."""
    told = replace(briefing, records=(ledger_words(portfolio), FOLLOW))
    if portfolio.ledger_holds is not False:
        return told
    return replace(told, title=f"{BROKEN}. {briefing.title}", summary=(f"{BROKEN}. {MEND}", *briefing.summary))


def ledger_words(portfolio: Portfolio) -> str:
    """Whether the records behind the figures hold, and how far that was looked at."""
    n = counted(portfolio.ledger_entries, "entry", "entries")
    if portfolio.ledger_holds is None:
        return f"The ledger behind these figures ({n}) was not verified in this report: `interlock ledger verify` does."
    if not portfolio.ledger_holds:
        return "The ledger behind these figures DOES NOT HOLD: `interlock ledger verify` says what is wrong."
    return (
        f"The ledger behind these figures was verified: {n}, root {portfolio.ledger_root}. A checkpoint kept elsewhere "
        "shows that it was not rewritten as a whole: `interlock ledger verify --checkpoint FILE`."
    )
