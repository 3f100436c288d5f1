"""Looking after stores, on the engine that an address names."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from interlock.engine.ledger import merkle
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import written
from interlock.flows.ledger.verify import verify_store
from interlock.ports.clock import Clock
from interlock.ports.upkeep import Rules
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
        raise NotImplementedError
