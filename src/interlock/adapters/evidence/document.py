"""A document that people read, such as an assessment or a contract: known by its digest, and what it says is theirs."""

from interlock.adapters.evidence.source_file import SourceFile
from interlock.terms.evidence import EvidenceClass
from interlock.terms.imported import Imported

DOCUMENT = "document"


def read_document(file: SourceFile) -> tuple[Imported, ...]:
    """The file itself is not read, so it measures nothing and opens no gate; an answer may rest on it."""
    for _ in file.blocks():
        pass
    return (Imported(DOCUMENT, EvidenceClass.HUMAN, file.name, {}, file.name, file.sha256, file.size_bytes),)
