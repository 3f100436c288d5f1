"""Backups, which are embedded stores of either engine's content; and what they become when they are restored."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from interlock.adapters.sqlite.connection import check_schema, is_store, open_to_read, translated
from interlock.adapters.sqlite.copies import drafted, take_over
from interlock.adapters.sqlite.views import SqliteReading, SqliteTransaction
from interlock.ports.store import Transaction
from interlock.ports.upkeep import Rules
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.ledger import LedgerCheck

Fill = Callable[[sqlite3.Connection], None]
Note = Callable[[Transaction], None]

DAMAGED = "the backup does not verify"


def filled(file: Path, fill: Fill, rules: Rules) -> LedgerCheck:
    """Write a backup: `fill` puts a store into it; it is sealed and verified before it has its name.

    Raises as `drafted`.
    """
    with drafted(file) as copy:
        fill(copy)
        return _settled(copy, rules, None)


def fill_from(path: Path) -> Fill:
    """The embedded store in `path`, at one moment."""

    def fill(copy: sqlite3.Connection) -> None:
        with translated(path), closing(open_to_read(path)) as source:
            take_over(source, copy)

    return fill


def restored(file: Path, to: Path, note: Note, rules: Rules) -> LedgerCheck:
    """Make the backup in `file` the new store in `to`; `note` records that in it before it has its name.

    Raises BadInput where `to` is there already or `file` is no backup of this version, Unavailable where it is damaged.
    """
    with opened_backup(file) as source:
        rules.checked(SqliteReading(source), DAMAGED)
        with drafted(to) as copy:
            take_over(source, copy)
            return _settled(copy, rules, note)


@contextmanager
def opened_backup(file: Path) -> Iterator[sqlite3.Connection]:
    """A backup, to be read. Raises BadInput where the file is none of this version, Unavailable where it is damaged."""
    if not file.is_file():
        raise BadInput(f"there is no backup {file}")
    with translated(file), closing(open_to_read(file)) as source:
        if not is_store(source):
            raise BadInput(f"{file} is no backup of an Interlock store")
        check_schema(source)  # an older one is copied to its place, and upgraded there
        found = source.execute("PRAGMA integrity_check").fetchone()
        if found != ("ok",):
            raise Unavailable(f"{file} is damaged: {found and found[0]}. Take another backup")
        yield source


def _settled(copy: sqlite3.Connection, rules: Rules, note: Note | None) -> LedgerCheck:
    copy.execute("BEGIN IMMEDIATE")
    tx = SqliteTransaction(copy, rules.tree)
    if note is not None:
        note(tx)
    tx.seal()
    copy.execute("COMMIT")
    return rules.checked(SqliteReading(copy), DAMAGED)
