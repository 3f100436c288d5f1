"""What the description of an organisation may name."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CouncilPack:
    """Responsibilities by id, with what each is called.

    `questions` are the governing ones: id, question, and the live control that answers it.
    """

    responsibilities: Mapping[str, str]
    questions: tuple[tuple[str, str, str], ...]
