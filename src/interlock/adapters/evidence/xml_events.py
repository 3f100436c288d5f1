"""XML as a stream of elements, by expat itself: nothing is built up in memory, and no entity is let in.

A file that declares an entity is refused at the declaration, so a report cannot grow while it is read; a document type
alone (Cobertura has one) is passed over, and nothing outside the file is fetched.
"""

from collections.abc import Callable, Mapping
from typing import NoReturn
from xml.parsers import expat

from interlock.adapters.evidence.source_file import SourceFile
from interlock.terms.errors import BadInput

DEPTH_MAX = 64
TOKEN_BYTES_MAX = 4 * 1024 * 1024  # of one tag or attribute, which expat holds until it ends


def read_elements(
    file: SourceFile, begun: Callable[[str, Mapping[str, str], int], None], ended: Callable[[str], None]
) -> None:
    """Tell `begun` of each element (name, attributes, line), and `ended` of its end.

    Raises BadInput for a declared entity, for nesting or tags without end, and where the file is cut off or is no XML.
    """
    parser = expat.ParserCreate()
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH_MAX:
            raise BadInput(f"{file.name}: line {parser.CurrentLineNumber}: elements are nested over {DEPTH_MAX} deep")
        begun(name, attributes, parser.CurrentLineNumber)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        ended(name)

    def refuse(*_: object) -> NoReturn:
        raise BadInput(
            f"{file.name}: line {parser.CurrentLineNumber}: the file declares entities, which no report needs; "
            "write the report again with the tool that made it"
        )

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.EntityDeclHandler = parser.ExternalEntityRefHandler = refuse
    try:
        for block in file.blocks():
            parser.Parse(block)
            if file.size_bytes - parser.CurrentByteIndex > TOKEN_BYTES_MAX:
                line = parser.CurrentLineNumber
                raise BadInput(f"{file.name}: line {line}: a tag or a text is over {TOKEN_BYTES_MAX // 2**20} MiB long")
        parser.Parse(b"", True)  # noqa: FBT003 - expat takes it by place only
    except expat.ExpatError as exc:
        raise BadInput(
            f"{file.name}: line {exc.lineno}: {expat.ErrorString(exc.code)}; the file was cut off or is no XML: "
            "write the report again"
        ) from exc
