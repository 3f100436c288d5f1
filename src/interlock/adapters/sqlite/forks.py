"""Stores and forks: connections are closed before one, and a child opens no file that its parent was just using."""

import os
import sqlite3
import weakref
from pathlib import Path
from typing import Protocol

from interlock.adapters.sqlite.connection import open_store_file
from interlock.terms.errors import Unavailable


class Forkable(Protocol):
    """What has connections open."""

    def before_fork(self) -> None:
        """Close what can be closed, and let no other thread open it until the fork is over."""
        ...

    def after_fork_in_parent(self) -> None:
        """Go on."""
        ...

    def after_fork_in_child(self) -> None:
        """Call `was_in_use` where a connection was inherited open."""
        ...


stores: "weakref.WeakSet[Forkable]" = weakref.WeakSet()
_inherited: set[Path] = set()
_forking: list[Forkable] = []


def was_in_use(path: Path) -> None:
    """This process inherited an open connection to the file: it must not be opened here."""
    _inherited.add(path.resolve())


def open_here(path: Path) -> sqlite3.Connection:
    """As `open_store_file`; raises Unavailable for a file that was in use when this process was forked."""
    if path.resolve() in _inherited:
        raise Unavailable(
            f"this process was forked while its parent was using the store {path}: rows would be lost. Fork outside "
            "of transactions and readings, or start the process with 'spawn'"
        )
    return open_store_file(path)


def _before_fork() -> None:
    _forking[:] = list(stores)
    for store in _forking:
        store.before_fork()


def _after_fork_in_parent() -> None:
    while _forking:
        _forking.pop().after_fork_in_parent()


def _after_fork_in_child() -> None:
    while _forking:
        _forking.pop().after_fork_in_child()


os.register_at_fork(before=_before_fork, after_in_parent=_after_fork_in_parent, after_in_child=_after_fork_in_child)
