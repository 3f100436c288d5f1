"""How many streams a worker takes."""

import resource

import pytest

from interlock.surfaces.gateway.app import STREAMS_MAX
from interlock.wiring.gateway.worker import FILES_BESIDE, streams_max


@pytest.mark.parametrize(
    ("files", "streams"),
    [(20_000, (20_000 - FILES_BESIDE) // 2), (1_000_000, STREAMS_MAX), (resource.RLIM_INFINITY, STREAMS_MAX), (64, 1)],
)
def test_each_stream_holds_two_files(files: int, streams: int) -> None:
    assert streams_max(files) == streams
