"""The words of other parts of a Word document, put in their place: diagrams, charts, files."""

from collections.abc import Callable, Iterator, Mapping

from docx.document import Document as WordDocument
from docx.opc.part import Part
from docx.oxml import parse_xml
from lxml.etree import _Element as XmlElement

from ingestion.parsers.building import storable
from ingestion.parsers.inner_files import EMBEDDED, INSERTED, InnerFiles
from ingestion.parsers.office.charts import chart_text
from ingestion.parsers.office.graphics import (
    CHARTS,
    DIAGRAM,
    RELATION,
    UNREADABLE,
    R,
    diagram_text,
)
from ingestion.parsers.office.word.looks import W

SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OBJECT = "{urn:schemas-microsoft-com:office:office}OLEObject"
PREVIEW = "{urn:schemas-microsoft-com:vml}imagedata"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
STORED = ("/package", "/oleObject")
CONTROL = "/control"
# By the mark in the text: the kind, the attribute that names the part, and its reader.
GRAPHICS: dict[str, tuple[str, str, Callable[[bytes], str]]] = {
    DIAGRAM: ("diagrams", RELATION, diagram_text),
    **dict.fromkeys(CHARTS, ("charts", f"{R}id", chart_text)),
}


def show_parts(body: XmlElement, document: WordDocument, files: InnerFiles) -> set[str]:
    """Write the words into the body; return the relations that are pictures of files read.

    `files` collects their hidden text and counts what could not be read.
    """
    parts = document.part.related_parts
    for graphic in [g for g in body.iter(*GRAPHICS) if not _is_for_old_programs(g)]:
        _show(graphic, parts, files)
    for chunk in list(body.iter(f"{W}altChunk")):
        paragraph = parse_xml(f'<w:p xmlns:w="{SPACE}"><w:r/></w:p>')
        if (part := parts.get(chunk.get(f"{R}id"))) is None:
            files.unread[INSERTED] += 1
        else:
            paragraph[0].append(_text(_words(part, files, INSERTED)))
        chunk.getparent().replace(chunk, paragraph)
    return set(_show_files(body, document, files))


def _show(graphic: XmlElement, parts: Mapping[str, Part], files: InnerFiles) -> None:
    kind, relation, read = GRAPHICS[graphic.tag]
    try:
        graphic.append(_text(f"\n{read(parts[graphic.get(relation)].blob)}\n"))
    except UNREADABLE:
        files.unread[kind] += 1


def _show_files(body: XmlElement, document: WordDocument, files: InnerFiles) -> Iterator[str]:
    """Read embedded files where they are shown; the others are counted."""
    relations = document.part.rels
    embedded = {name: r for name, r in relations.items() if r.reltype.endswith(STORED)}
    for shown in list(body.iter(OBJECT)):
        relation = embedded.pop(shown.get(f"{R}id"), None)
        if relation is None or relation.is_external:
            continue
        before = files.unread.total()
        words = _words(relation.target_part, files)
        if words:
            shown.append(_text(f"\n{words}\n"))
        if words or files.unread.total() == before:
            yield from (p.get(f"{R}id") or "" for p in shown.getparent().iter(PREVIEW))
    left = sum(not relation.is_external for relation in embedded.values())
    files.unread[EMBEDDED] += left
    files.unread["controls"] += sum(r.reltype.endswith(CONTROL) for r in relations.values())


def _words(part: Part, files: InnerFiles, counted_as: str = EMBEDDED) -> str:
    return storable(files.words(str(part.partname), part.blob, counted_as=counted_as))


def _is_for_old_programs(node: XmlElement) -> bool:
    return any(True for _ in node.iterancestors(FALLBACK))


def _text(words: str) -> XmlElement:
    text = parse_xml(f'<w:r xmlns:w="{SPACE}"><w:t/></w:r>')[0]
    text.text = words
    return text
