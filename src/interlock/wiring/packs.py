"""Readers of packs and of the answers to them, each imported when a command first needs it."""

from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from interlock.ports.organisations import OrganisationFiles
from interlock.terms.ai_fit import FitAnswers, FitPack
from interlock.terms.compliance import Framework
from interlock.terms.gate import GatePack
from interlock.terms.instrument import Instrument
from interlock.terms.inventory import Interfaces, InventoryPack
from interlock.terms.selection import Criterion, Scored


def read_instruments(added: Path | None) -> Sequence[Instrument]:
    """The instruments of the product, and one more from a file."""
    from interlock.adapters.packs.instruments import read_instruments

    return read_instruments(added)


def read_answers(path: Path) -> Mapping[str, Any]:
    """Answers by item from a file."""
    from interlock.adapters.packs.instruments import read_answers

    return read_answers(path)


def read_gates(added: Path | None) -> Sequence[GatePack]:
    """The packs of gates of the product, and one more from a file."""
    from interlock.adapters.packs.gates import read_gates

    return read_gates(added)


def read_frameworks() -> Sequence[Framework]:
    """The frameworks and laws that the crosswalk is about."""
    from interlock.adapters.packs.frameworks import read_frameworks

    return read_frameworks()


def inventory_pack() -> InventoryPack:
    """The words that operations and tools are judged by."""
    from interlock.adapters.packs.inventory_rules import inventory_pack

    return inventory_pack()


def read_interfaces(paths: Sequence[Path]) -> Interfaces:
    """Operations and tools from files."""
    from interlock.adapters.inventory import read_interfaces

    return read_interfaces(paths)


def fit_pack() -> FitPack:
    """What is asked to find out whether AI is the right answer."""
    from interlock.adapters.packs.ai_fit import fit_pack

    return fit_pack()


def read_fit_answers(path: Path) -> FitAnswers | None:
    """Answers to that from a file."""
    from interlock.adapters.packs.ai_fit import read_fit_answers

    return read_fit_answers(path)


def sample_path() -> Path:
    """The authored file of past decisions that ships with Interlock."""
    return Path(str(resources.files("interlock") / "packs" / "samples" / "support_messages.csv"))


def organisation_files() -> OrganisationFiles:
    """Descriptions of an organisation."""
    from interlock.adapters.packs.organisation import OrganisationTexts

    return OrganisationTexts()


def read_candidates(path: Path) -> Sequence[Scored]:
    """Candidates for a workflow, each with its scores."""
    from interlock.adapters.packs.candidates import read_candidates

    return read_candidates(path)


def selection_weights() -> Mapping[Criterion, float]:
    """What each criterion weighs where nobody says otherwise."""
    from interlock.adapters.packs.candidates import default_weights

    return default_weights()
