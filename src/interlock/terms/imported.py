"""What a file from another tool says, before it is bound to a release."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from interlock.terms.evidence import EvidenceClass


@dataclass(frozen=True, slots=True)
class Imported:
    """One piece of evidence out of one file. `body` are its counts; the file itself is known by its digest only.

    `measured_at` is when the tool ran, as the file says, None where it does not. `zoned`: whether that time names its
    zone; one that does not was read as UTC.
    """

    kind: str
    evidence_class: EvidenceClass
    source: str
    body: Mapping[str, Any]
    file: str
    sha256: str
    size_bytes: int
    measured_at: dt.datetime | None = None
    zoned: bool = True
