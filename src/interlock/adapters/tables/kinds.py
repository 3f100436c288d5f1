"""What a file is, told from its first bytes and never from its name."""

import re

from interlock.terms.errors import BadInput

GZIP = b"\x1f\x8b"
PARQUET = b"PAR1"

_EXPORT = "Export it as CSV (UTF-8)"
_UNPACK = "Unpack it"
_ZIP = b"PK\x03\x04"
_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (GZIP, "a gzip file inside a gzip file", _UNPACK),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file (xls, doc or msg)", _EXPORT),
    (b"%PDF-", "a PDF", _EXPORT + " where it was made"),
    (b"SQLite format 3\x00", "an SQLite database", "Export the table as CSV"),
    (b"ARROW1\x00", "an Arrow (Feather) file", "Write it as Parquet or CSV"),
    (b"Obj\x01", "an Avro file", "Write it as Parquet or CSV"),
    (b"\x89HDF", "an HDF5 file", "Write it as Parquet or CSV"),
    (b"\x93NUMPY", "a NumPy array", "Write it as CSV"),
    (b"\x80\x04\x95", "a Python pickle", "Write it as CSV"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _UNPACK),
    (b"Rar!\x1a", "a RAR archive", _UNPACK),
    (b"BZh91AY", "a bzip2 file", "Unpack it (bunzip2) or use gzip"),
    (b"\xfd7zXZ", "an xz file", "Unpack it (unxz) or use gzip"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file", "Unpack it (unzstd) or use gzip"),
    (b"\x89PNG", "a picture (PNG)", "Name a file of cases"),
    (b"\xff\xd8\xff", "a picture (JPEG)", "Name a file of cases"),
    (b"GIF8", "a picture (GIF)", "Name a file of cases"),
    (b"\x7fELF", "a program", "Name a file of cases"),
    (b"{\\rtf", "an RTF document", _EXPORT),
)
_MARKUP = re.compile(rb"\s*<(\?xml|!doctype|html|table|svg|rss)", re.IGNORECASE)
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\x1a\x1b"))


def refuse_other_kinds(head: bytes, file: str) -> None:
    """Raise BadInput where the first bytes are not those of text; says what they look like and the mend."""
    for signature, what, mend in _SIGNATURES:
        if head.startswith(signature):
            raise BadInput(_message(file, what, mend))
    if head.startswith(_ZIP):
        raise BadInput(_message(file, *_zip_kind(head)))
    if head[257:262] == b"ustar":
        raise BadInput(_message(file, "a tar archive", _UNPACK))
    if _MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")):
        raise BadInput(_message(file, "a web page or XML", _EXPORT))
    _refuse_binary(head[:8192], file)


def _refuse_binary(head: bytes, file: str) -> None:
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")) or not head:
        return
    if not head.strip(b"\x00"):
        raise BadInput(f"{file}: it begins with nothing but NUL bytes: a damaged or unfinished copy. Copy it again.")
    half = len(head) / 2
    if max(head[0::2].count(0), head[1::2].count(0)) > 0.6 * half:
        raise BadInput(_message(file, "UTF-16 text without a byte order mark", "Save it as CSV (UTF-8)"))
    if sum(head.count(byte) for byte in _CONTROL) > 0.05 * len(head):
        raise BadInput(_message(file, "a binary file", _EXPORT))


def _zip_kind(head: bytes) -> tuple[str, str]:
    if b"opendocument.spreadsheet" in head:
        return "an OpenDocument spreadsheet (ods)", _EXPORT
    if b"[Content_Types].xml" in head or b"xl/" in head or b"_rels/" in head:
        return "an Excel workbook (xlsx) or another Office file", _EXPORT
    return "a zip archive", _UNPACK


def _message(file: str, what: str, mend: str) -> str:
    return f"{file}: this looks like {what}, not a table. {mend}, then name that file."
