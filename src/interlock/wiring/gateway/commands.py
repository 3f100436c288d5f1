"""What commands need of the gateway; it is imported when a command first needs it."""

from pathlib import Path

from rich.console import Console

from interlock.ports.gateway.rehearsal import Rehearsal


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
    """Serve model traffic until it is stopped."""
    from interlock.wiring.gateway.server import serve_gateway as serve

    serve(address, host, port, say, workers=workers, certificate=certificate, key=key)


def rehearsal() -> Rehearsal:
    """The gateway and a stand-in for a model, in this process."""
    from interlock.wiring.gateway.rehearsal import GatewayRehearsal

    return GatewayRehearsal()
