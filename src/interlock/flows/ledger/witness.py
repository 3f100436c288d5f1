"""Add a checkpoint to a file that is kept elsewhere, once the ledger is shown to extend what the file saw before."""

from collections.abc import Sequence
from dataclasses import dataclass

from interlock.engine.ledger.checkpoint_text import json_line
from interlock.flows.ledger.checkpoint import signed
from interlock.flows.ledger.kept import Kept, kept_in
from interlock.flows.ledger.seal import sealed
from interlock.flows.ledger.verify import verify_entries
from interlock.ports.progress import Progress, silent
from interlock.ports.signing import Signing
from interlock.ports.store import Store
from interlock.ports.witness import WitnessFile
from interlock.terms.checkpoint import Checkpoint, SignerKey, VerifierKey
from interlock.terms.ledger import LedgerCheck


@dataclass(frozen=True, slots=True)
class Witnessed:
    """What the verification found, and the checkpoint that was added.

    None is added where the ledger does not hold or does not extend what was seen, or where it has not grown since.
    """

    check: LedgerCheck
    added: Checkpoint | None


def witness(
    store: Store,
    file: WitnessFile,
    *,
    signing: Signing,
    key: SignerKey | None = None,
    origin: str = "",
    verifiers: Sequence[VerifierKey] = (),
    progress: Progress = silent,
) -> Witnessed:
    """Verify the ledger against every checkpoint in the file, then add the present one, signed where there is a key.

    With `verifiers` every checkpoint in the file must be signed by one of them. Raises BadInput where the file holds
    something else, Unavailable where store or file cannot be reached.
    """
    before = file.text()
    known = (*verifiers, key.verifier) if key else tuple(verifiers)
    kept = Kept()
    if before.strip():
        kept = kept_in(before, place="the witness file", signing=signing, verifiers=known, all_signed=bool(verifiers))
    with sealed(store) as reading:
        check = verify_entries(reading, kept=kept, progress=progress)
    present = Checkpoint(check.entries, bytes.fromhex(check.root), origin)
    if not check.holds or any(seen.size == present.size for seen in kept.checkpoints):
        return Witnessed(check, None)
    if key is None:
        file.append(json_line(present))
    else:
        file.append(("\n" if before else "") + signed(present, key, signing))
    return Witnessed(check, present)
