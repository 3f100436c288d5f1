"""The versions of the schema as Alembic orders them. `meta` says which one a store has; there is no second mark."""

from collections.abc import Sequence
from pathlib import Path

from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from interlock.adapters.sqlite.connection import OLDER_HERE
from interlock.ports.upkeep import Rules
from interlock.terms.errors import Unavailable

HERE = Path(__file__).parent
VERSIONS = (HERE / "versions",)
STAMP = text("UPDATE meta SET value = :version WHERE name = 'schema'")


class Chain:
    """The versions in some folders, each after the one that it names as its `down_revision`."""

    def __init__(self, folders: Sequence[Path] = VERSIONS) -> None:
        config = Config()
        config.set_main_option("script_location", str(HERE))
        config.set_main_option("path_separator", "newline")
        config.set_main_option("version_locations", "\n".join(map(str, folders)))
        self._scripts = ScriptDirectory.from_config(config)

    @property
    def newest(self) -> str:
        """The last version."""
        return str(self._scripts.get_current_head())

    def run(self, connection: Connection, known: str, rules: Rules) -> None:
        """Bring a store from version `known` to the newest, in the caller's transaction.

        Raises Unavailable where the store is newer than every version here.
        """
        if known not in {script.revision for script in self._scripts.walk_revisions()}:
            raise Unavailable(f"the store has schema {known}, this Interlock knows {self.newest}. {OLDER_HERE}")
        context = MigrationContext.configure(connection, opts={"rules": rules})
        with Operations.context(context):
            for script in reversed(list(self._scripts.iterate_revisions(self.newest, known))):
                script.module.upgrade()
        connection.execute(STAMP, {"version": self.newest})
