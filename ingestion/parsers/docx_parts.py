"""Puts words of other parts of a Word document in their place: diagrams, inserted files."""

from collections.abc import Iterator
from typing import Any

from docx.oxml import parse_xml

from core.domain.knowledge import HiddenText, LeftOut
from core.errors import UnreadableDocument
from ingestion.media import MediaType
from ingestion.parsers.building import storable
from ingestion.parsers.docx_looks import W
from ingestion.parsers.pptx_graphics import DIAGRAM, RELATION, UNREADABLE, diagram_text
from ingestion.parsers.registry import parser_for

R_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
# A Word document within one would be read without end if it held itself.
INSERTED = {
    "html": MediaType.HTML,
    "htm": MediaType.HTML,
    "xhtml": MediaType.HTML,
    "rtf": MediaType.RTF,
    "txt": MediaType.TEXT,
}
UNREAD: tuple[type[Exception], ...] = (UnreadableDocument, *UNREADABLE)
EMBEDDED = ("/package", "/oleObject", "/control")


def show_parts(body: Any, document: Any) -> tuple[list[HiddenText], list[LeftOut]]:
    """Writes the words into the body; what is hidden in them, and what could not be read."""
    hidden: list[HiddenText] = []
    counts = {"diagrams": 0, "inserted files": 0, "embedded files": _embedded(document)}
    for diagram in list(body.iter(DIAGRAM)):
        try:
            words = diagram_text(document.part.related_parts[diagram.get(RELATION)].blob)
        except UNREADABLE:
            counts["diagrams"] += 1
        else:
            diagram.append(_text(f"\n{words}"))
    for chunk in list(body.iter(f"{W}altChunk")):
        try:
            read = _inserted(document.part.related_parts[chunk.get(R_ID)])
        except UNREAD:
            counts["inserted files"] += 1
        else:
            hidden += (HiddenText(1, one.kind, one.text) for one in read.hidden)
            paragraph = parse_xml(f'<w:p xmlns:w="{SPACE}"><w:r/></w:p>')
            paragraph[0].append(_text(storable(read.text)))
            chunk.getparent().replace(chunk, paragraph)
    return hidden, list(_said(counts))


def _inserted(part: Any) -> Any:
    name = str(part.partname)
    ending = name.rsplit(".", 1)[-1].lower()
    if ending not in INSERTED:
        raise UnreadableDocument("The inserted file is of a kind that is not read there.")
    return parser_for(INSERTED[ending])(part.blob, name)


def _text(words: str) -> Any:
    text = parse_xml(f'<w:r xmlns:w="{SPACE}"><w:t/></w:r>')[0]
    text.text = words
    return text


def _embedded(document: Any) -> int:
    relations = document.part.rels.values()
    return sum(relation.reltype.endswith(EMBEDDED) for relation in relations)


def _said(counts: dict[str, int]) -> Iterator[LeftOut]:
    return (LeftOut(what, count) for what, count in counts.items() if count)
