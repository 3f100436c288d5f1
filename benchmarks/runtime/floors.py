"""The floors under the run time: what the raw engines and the disk take for what every journaled action must do."""

from runtime.postgres_floor import postgres_floor
from runtime.sqlite_floor import Durability, sqlite_actions, sqlite_alone, sqlite_group
from runtime.timing import Floor, Fsync, fsync

__all__ = ["Durability", "Floor", "Fsync", "fsync", "postgres_floor", "sqlite_actions", "sqlite_alone", "sqlite_group"]
