"""A file that somebody sent, as evidence of a workflow."""

import datetime as dt
from dataclasses import dataclass
from typing import BinaryIO

from interlock.flows.evidence.add import add_evidence
from interlock.ports.clock import Clock
from interlock.ports.imports import UploadReader
from interlock.ports.store import Store
from interlock.terms.evidence import Evidence
from interlock.terms.person import Person

DOCUMENT = "document"
FILE_BYTES_MAX = 16 * 1024**2
FORM_BYTES = 64 * 1024  # the other fields, and what stands between them
BYTES_MAX = FILE_BYTES_MAX + FORM_BYTES


@dataclass(frozen=True, slots=True)
class Upload:
    """A file under the name that it has with its sender.

    A `document` is read by people, anything else is the report of a tool. `day` is when it was measured or written: a
    document of which nobody says so is today's, a report must say so itself.
    """

    name: str
    content: BinaryIO
    document: bool = False
    day: dt.date | None = None


def add_upload(
    store: Store, workflow: str, sent: Upload, *, read: UploadReader, by: Person, clock: Clock
) -> tuple[Evidence, ...]:
    """All that it says, on record, or nothing. Raises BadInput, and Unavailable where it cannot be kept while read."""
    day = sent.day or (clock().date() if sent.document else None)
    # The beginning of the day, so that the same file given twice is the same evidence.
    at = None if day is None else dt.datetime.combine(day, dt.time(), dt.UTC)
    imported = read(sent.name, sent.content, kind=DOCUMENT if sent.document else None)
    return add_evidence(store, workflow, imported, by=by, clock=clock, measured_at=at)
