"""Whether something on record changed that decides who may come in, or what they may do."""

from typing import Protocol


class Changes(Protocol):
    """Cheap enough to be asked on each request."""

    def version(self) -> int:
        """Rises with every change of authority on record, by whatever process. Raises Unavailable.

        It is raised where the record could not be looked at for `BLIND_S`: until then the last version counts.
        """
        ...

    def close(self) -> None:
        """Look no more."""
        ...


BLIND_S = 30.0
"""How long what was last known may be used while the record cannot be looked at; then nobody is let in."""
