"""Plant known errors among the blind audits; which audits draw one is up to the secret salt, like the audits."""

from collections.abc import Sequence
from dataclasses import dataclass

from interlock.engine.oversight.audits.seeding import seed_choice, seed_draw
from interlock.engine.rollout.people import known_as
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.content import keep_text
from interlock.flows.ledger.record import record
from interlock.flows.oversight.audits.known_cases import NONCE_BYTES, KnownCase, SealedCase, secret_name
from interlock.flows.oversight.audits.salts import salt_in_force
from interlock.flows.review.open import open_review
from interlock.ports.clock import Clock
from interlock.ports.randomness import Randomness
from interlock.ports.store import Reading, Store, Transaction
from interlock.terms.errors import BadInput
from interlock.terms.ledger import LedgerEntry
from interlock.terms.person import Person


@dataclass(frozen=True, slots=True)
class Planted:
    """How many audits since the last planting were drawn over, which drew a known case, and what was planted.

    `n_short`: audits that drew one when the known cases had run out; they are on record as drawn and not planted.
    """

    n_audits: int
    drawn: tuple[str, ...]
    planted: tuple[str, ...]
    n_short: int


def plant(
    store: Store,
    workflow: str,
    cases: Sequence[KnownCase],
    *,
    share: float,
    by: Person,
    clock: Clock,
    randomness: Randomness,
) -> Planted:
    """Put known cases into the audit queue: one, itself drawn, for each audit whose draw is under `share`.

    Each audit opened since the last planting is drawn over once, with the salt in force and this probability, both on
    record. In the queue a planted case is an audit like any other. It is never applied, has no decision and no
    outcome, and feeds no monitor. Whoever reads the ledger itself can tell that it was planted (not its answer):
    reviewers should not.

    Raises BadInput for a nameless planter, a share that is none, an unknown workflow, one without a salt, and known
    cases that are incomplete, not wrong, repeated, or whose key is taken; then nothing is planted.
    """
    if not known_as(by.name):
        raise BadInput("planting known cases needs the name of the person who does it: --as NAME")
    if not 0.0 < share < 1.0:
        raise BadInput(f"share is {share!r}: give the share of audits that draw a known case, over 0 and under 1")
    now = clock()
    with store.transaction() as tx:
        salt = _salt(tx, workflow)
        _check_cases(tx, cases)
        since, until = _window(tx, workflow)
        draws = [seed_draw(key, share=share, salt=salt) for key in _audits(tx, workflow, since)]
        drawn = tuple(draw.key for draw in draws if draw.seeded)
        sealed = [_sealed(tx, workflow, case, randomness, stamp(now)) for case in _chosen(cases, drawn, salt)]
        body = {
            "workflow": workflow,
            "probability": share,
            "since_entry": since,
            "until_entry": until,
            "draws": [{"key": each.key, "draw": each.draw, "drawn": int(each.seeded)} for each in draws],
            "sha256": sorted(case.sha256 for case in sealed),  # sorted: the order of a hash says nothing
            "by": by.name,
            "authenticated": by.authenticated,
        }
        record(tx, "known_cases.planted", body, at=stamp(now))
        for case in sealed:
            open_review(tx, workflow, case.key, "audit", now)
    return Planted(len(draws), drawn, tuple(case.key for case in sealed), len(drawn) - len(sealed))


def _salt(tx: Transaction, workflow: str) -> bytes:
    row = tx.workflow(workflow)
    if row is None:
        raise BadInput(f"there is no workflow '{workflow}'; apply its definition first")
    salt = salt_in_force(tx, workflow, row.release)
    if salt is None:
        raise BadInput(
            f"'{workflow}' has no secret salt to draw with; `interlock ledger verify` says what became of it"
        )
    return salt


def _check_cases(tx: Transaction, cases: Sequence[KnownCase]) -> None:
    seen: set[str] = set()
    for number, case in enumerate(cases, 1):
        place = f"known case {number} ('{case.key}')"
        if not all(part.strip() for part in (case.key, case.text, case.proposed, case.truth)):
            raise BadInput(f"{place} needs a key, its text, the wrong answer and the true one")
        if case.proposed.strip() == case.truth.strip():
            raise BadInput(f"{place} proposes '{case.truth.strip()}', which is the truth: there is no error to find")
        if case.key in seen or tx.decision(case.key) or tx.review(case.key, "audit"):
            raise BadInput(f"{place} has a key that is taken; give it a new one that looks like the others")
        seen.add(case.key)


def _window(reading: Reading, workflow: str) -> tuple[int, int]:
    last = reading.newest_of("known_cases.planted", workflow)
    return (0 if last is None else int(last.body["until_entry"])), reading.last_entry() + 1


def _audits(reading: Reading, workflow: str, since: int) -> list[str]:
    """Keys of the real audits opened since; planted ones have no decision."""
    bodies = (
        entry.body for entry in reading.entries(since) if entry.body.get("workflow") == workflow and _opens(entry)
    )
    keys = dict.fromkeys(str(body["key"]) for body in bodies)
    return [key for key in keys if reading.decision(key) is not None]


def _opens(entry: LedgerEntry) -> bool:
    """Whether an audit review was opened by the entry: on its own, or with the receipt of its effect."""
    if entry.kind == "review.opened":
        return entry.body.get("kind") == "audit"
    return entry.kind == "intent.completed" and entry.body.get("audit_due_at") is not None


def _chosen(cases: Sequence[KnownCase], drawn: Sequence[str], salt: bytes) -> list[KnownCase]:
    """A case for each audit that drew one, until none is left."""
    unused = {case.key: case for case in cases}
    return [unused.pop(seed_choice(key, tuple(unused), salt=salt)) for key in drawn[: len(cases)]]


def _sealed(tx: Transaction, workflow: str, case: KnownCase, randomness: Randomness, at: str) -> SealedCase:
    content = keep_text(tx, case.key, case.text, at=at)
    nonce = randomness(NONCE_BYTES).hex()
    sealed = SealedCase(workflow, case.key, content, case.proposed.strip(), case.truth.strip(), nonce)
    tx.keep_secret(secret_name(case.key), sealed.sealed())
    return sealed
