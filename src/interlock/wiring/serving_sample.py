"""Whether the sample could be served, before it is made."""

from interlock.wiring.listening import check_for_this_machine, listening


def check_serving_sample(host: str, port: int) -> None:
    """What would refuse the sample once it is made, found before. Raises BadInput, Unavailable."""
    check_for_this_machine(host)
    import interlock.wiring.server  # noqa: F401 - the part that is not installed is told now

    with listening(host, port):
        pass
