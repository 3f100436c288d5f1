"""Reading descriptions of interfaces."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from interlock.terms.inventory import Interfaces


class ReadInterfaces(Protocol):
    """Reads OpenAPI documents and MCP tool lists from files, archives and folders."""

    def __call__(self, paths: Sequence[Path]) -> Interfaces:
        """All their operations, in the order of the files. References to other files are never followed.

        Raises BadInput where a file that was named cannot be read at all, or nothing in all of them is a description.
        """
        ...
