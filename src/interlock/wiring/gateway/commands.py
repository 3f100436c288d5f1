"""What commands need of the gateway; it is imported when a command first needs it."""

from pathlib import Path

from rich.console import Console

from interlock.ports.gateway.rehearsal import Rehearsal
from interlock.terms.errors import BadInput


def serve_gateway(
    address: str,
    host: str,
    port: int,
    say: Console,
    *,
    workers: int = 1,
    certificate: Path | None = None,
    key: Path | None = None,
) -> None:
    """Serve model traffic until it is stopped. Raises BadInput where the gateway is not installed."""
    try:
        from interlock.wiring.gateway.server import serve_gateway as serve
    except ModuleNotFoundError as exc:
        raise _missing(exc) from exc
    serve(address, host, port, say, workers=workers, certificate=certificate, key=key)


def rehearsal() -> Rehearsal:
    """The gateway and a stand-in for a model, in this process. Raises BadInput where the gateway is not installed."""
    try:
        from interlock.wiring.gateway.rehearsal import GatewayRehearsal
    except ModuleNotFoundError as exc:
        raise _missing(exc) from exc
    return GatewayRehearsal()


def _missing(exc: ModuleNotFoundError) -> BadInput:
    return BadInput(f"{exc.name} is missing, and the gateway needs it: pip install 'interlock[gateway]'")
