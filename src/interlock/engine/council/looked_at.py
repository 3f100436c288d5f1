"""What somebody looked at before deciding: a decision is on that question, with those options, and on no other."""

from interlock.engine.ledger.canonical import digest
from interlock.terms.council import AgendaItem


def as_looked_at(item: AgendaItem) -> str:
    """The same for as long as question, options, what they do and the evidence do; days that pass change nothing."""
    return digest([item.id, item.question, item.options, item.evidence])[7:31]
