"""Looking after stores, on the engine that an address names."""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from interlock.adapters.sqlite.archive import Fill, fill_from, filled, opened_backup, restored
from interlock.engine.ledger import merkle
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import written
from interlock.flows.ledger.verify import verify_store
from interlock.flows.upkeep.restore import note_restored
from interlock.ports.clock import Clock
from interlock.ports.upkeep import Rules
from interlock.surfaces.sdk.connection import without_secrets
from interlock.terms.ledger import LedgerCheck
from interlock.terms.person import Person
from interlock.terms.upkeep import BackedUp, Upgraded
from interlock.wiring.run_time import POSTGRES, path_of


@dataclass(frozen=True, slots=True)
class StoreUpkeep:
    """interlock.ports.upkeep.Upkeep on both engines."""

    clock: Clock

    def upgrade(self, address: str, *, dry_run: bool) -> Upgraded:
        """See the port."""
        from interlock.adapters.migrations.chain import Chain
        from interlock.adapters.migrations.upgrade import upgrade_file, upgrade_server

        if urlsplit(address).scheme in POSTGRES:
            return upgrade_server(address, self._rules(), chain=Chain(), dry_run=dry_run)
        return upgrade_file(path_of(address), self._rules(), chain=Chain(), dry_run=dry_run)

    def _rules(self) -> Rules:
        return Rules(merkle, written, verify_store, stamp(self.clock()))

    def back_up(self, address: str, file: Path) -> BackedUp:
        """See the port."""
        return _backed_up(file, filled(file, _filling(address), self._rules()))

    def restore(self, file: Path, address: str, *, by: Person, reason: str) -> BackedUp:
        """See the port."""
        rules = self._rules()
        note = partial(note_restored, by=by, reason=reason, at=rules.at)
        if urlsplit(address).scheme not in POSTGRES:
            to = path_of(address)
            to.parent.mkdir(parents=True, exist_ok=True)
            return _backed_up(to, restored(file, to, note, rules))
        from interlock.adapters.postgres.archive import restored_to_server

        # What is recorded of a restoring is recorded in a file first: then the server takes all of it, or nothing.
        with TemporaryDirectory(prefix="interlock-") as folder:
            noted = Path(folder) / "store.db"
            restored(file, noted, note, rules)
            with opened_backup(noted) as source:
                checked = restored_to_server(source, address, rules)
            return replace(_backed_up(noted, checked), file=without_secrets(address))


def _filling(address: str) -> Fill:
    if urlsplit(address).scheme not in POSTGRES:
        return fill_from(path_of(address))
    from interlock.adapters.postgres.archive import fill_from_server

    return partial(fill_from_server, address)


def _backed_up(file: Path, checked: LedgerCheck) -> BackedUp:
    return BackedUp(str(file), checked.entries, checked.root, file.stat().st_size)
