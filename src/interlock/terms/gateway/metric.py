"""Figures of the gateway that monitors fetch."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Gauge(StrEnum):
    """What a worker says of itself now."""

    OPEN_STREAMS = "open_streams"
    BREAKER_OPEN = "breaker_open"  # of an upstream: 1 while it is left alone
    TRACE_LAG_S = "trace_lag_seconds"  # what is written and not on the disk yet
    EXPORT_WAITING = "export_waiting_segments"


@dataclass(frozen=True, slots=True)
class Sample:
    """One value. `suffix` follows the family's name, such as _bucket."""

    value: float
    labels: Mapping[str, str]
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """Samples of one name. `kind` is counter, gauge or histogram, `words` say what it is and in which unit."""

    name: str
    kind: str
    words: str
    samples: tuple[Sample, ...]
