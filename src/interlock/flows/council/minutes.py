"""What the council decided and what was refused to it, read back from the ledger."""

from interlock.flows.portfolio import recorded
from interlock.ports.store import Reading
from interlock.terms.council import RefusedDecision


def refusals(reading: Reading) -> tuple[RefusedDecision, ...]:
    """Every decision that a rule or a missing right stood against, oldest first."""
    return tuple(map(recorded.refused_decision, reading.entries_of("council.refused")))
