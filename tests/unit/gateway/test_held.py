"""What is held of bodies together, and of one client."""

from interlock.engine.gateway.held import HeldBodies


def test_what_was_taken_comes_back() -> None:
    held = HeldBodies(100, 10)
    assert held.take("a", 60)  # the first has room, also over the share
    assert not held.take("a", 11)
    assert held.take("a", 10)  # small
    assert not held.take("b", 31)
    assert held.take("b", 30)
    held.give_back("a", 60)
    assert held.take("a", 40)
    assert not held.take("a", 11)
    for client, size in (("a", 40), ("a", 10), ("b", 30)):
        held.give_back(client, size)
    assert held.take("c", 1_000)
    assert not held.take("c", 1)


def test_what_has_no_size_takes_nothing() -> None:
    held = HeldBodies(100, 10)
    for client in ("a", "a", "b"):
        assert held.take(client, 0)
    assert held.take("a", 100)
    for client, size in (("a", 0), ("a", 100), ("a", 0), ("b", 0)):
        held.give_back(client, size)
    assert held.take("b", 100)
