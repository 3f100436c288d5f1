"""Interlock: an AI workflow gets exactly as much authority as its evidence supports, and the run time enforces it."""

TYPE_CHECKING = False  # type checkers take it for true, and nothing has to be loaded for it
if TYPE_CHECKING:
    from interlock.ports.effects import NotApplied as NotApplied
    from interlock.surfaces.sdk.case import AsyncCase as AsyncCase
    from interlock.surfaces.sdk.case import Case as Case
    from interlock.surfaces.sdk.case import current_case as current_case
    from interlock.surfaces.sdk.connection import Connection as Connection
    from interlock.surfaces.sdk.outcome import Outcome as Outcome
    from interlock.surfaces.sdk.workflow import Workflow as Workflow
    from interlock.terms.errors import BadInput as BadInput
    from interlock.terms.errors import InterlockError as InterlockError
    from interlock.terms.errors import Refused as Refused
    from interlock.terms.errors import Unavailable as Unavailable
    from interlock.terms.intent import Effect as Effect
    from interlock.terms.intent import Receipt as Receipt
    from interlock.wiring.sdk import connect as connect

__version__ = "0.1.0"

# Loaded when they are first asked for: `import interlock` alone costs next to nothing.
_FROM = {
    "connect": "interlock.wiring.sdk",
    "Connection": "interlock.surfaces.sdk.connection",
    "Workflow": "interlock.surfaces.sdk.workflow",
    "Outcome": "interlock.surfaces.sdk.outcome",
    "Case": "interlock.surfaces.sdk.case",
    "AsyncCase": "interlock.surfaces.sdk.case",
    "current_case": "interlock.surfaces.sdk.case",
    "Effect": "interlock.terms.intent",
    "Receipt": "interlock.terms.intent",
    "NotApplied": "interlock.ports.effects",
    "InterlockError": "interlock.terms.errors",
    "BadInput": "interlock.terms.errors",
    "Refused": "interlock.terms.errors",
    "Unavailable": "interlock.terms.errors",
}


if not TYPE_CHECKING:  # a type checker would take every name for one that is there

    def __getattr__(name: str) -> object:
        if name not in _FROM:
            raise AttributeError(f"module 'interlock' has no attribute '{name}'")
        from importlib import import_module

        return getattr(import_module(_FROM[name]), name)


def __dir__() -> list[str]:
    return sorted([*_FROM, "__version__"])
