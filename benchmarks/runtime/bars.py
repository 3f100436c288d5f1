"""Bars: what a figure has to be, whether it is, and how many are not."""

from dataclasses import dataclass


@dataclass(slots=True)
class Bars:
    """Prints each as it is judged; `missed` counts."""

    held: int = 0
    missed: int = 0

    def at_most(self, words: str, value: float, limit: float, unit: str = "") -> None:
        """A figure that may not be greater."""
        self._tell(words, value, f"<= {limit:g}{unit}", holds=value <= limit)

    def at_least(self, words: str, value: float, limit: float, unit: str = "") -> None:
        """A figure that may not be smaller."""
        self._tell(words, value, f">= {limit:g}{unit}", holds=value >= limit)

    def without(self, words: str) -> None:
        """Something to be known, with no bar or with one that does not apply here."""
        print(f"  no bar  {words}", flush=True)

    def _tell(self, words: str, value: float, limit: str, *, holds: bool) -> None:
        self.held += holds
        self.missed += not holds
        print(f"  {'held' if holds else 'MISSED':<7} {words}: {value:,.2f}, bar {limit}", flush=True)
