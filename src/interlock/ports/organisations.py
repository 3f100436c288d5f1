"""Descriptions of an organisation as people write them."""

from collections.abc import Mapping
from typing import Any, Protocol

from interlock.terms.council import Organisation
from interlock.terms.council_pack import CouncilPack


class OrganisationFiles(Protocol):
    """Reads and writes them."""

    @property
    def known(self) -> CouncilPack:
        """What a description may name."""
        ...

    def read(self, text: str) -> Organisation:
        """The organisation in a YAML text. Raises BadInput with every fault, each with its line."""
        ...

    def of(self, content: Mapping[str, Any]) -> Organisation:
        """The organisation of the parts that such a text has. Raises BadInput with every fault, each with its field."""
        ...

    def written(self, organisation: Organisation) -> str:
        """As `read` reads it."""
        ...
