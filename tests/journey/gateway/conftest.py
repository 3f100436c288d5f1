"""One gateway and one upstream for all tests with official clients."""

from collections.abc import Iterator

import pytest

from gateway_gate import Gate
from gateway_gate import gate as started


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    with started(tmp_path_factory.mktemp("gateway")) as found:
        yield found


@pytest.fixture
def gate(running: Gate) -> Gate:
    """The upstream behaves as if nothing had been."""
    running.upstream.clear()
    return running
