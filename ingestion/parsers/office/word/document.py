"""Word documents in body order: headings, paragraphs, lists and tables, with page numbers."""

import io
from collections.abc import Collection

from docx import Document
from docx.document import Document as WordDocument
from docx.opc.exceptions import OpcError
from docx.opc.part import Part, XmlPart
from docx.oxml import parse_xml
from lxml.etree import _Element as XmlElement

from core.domain.knowledge import HiddenText, ParsedDocument
from core.errors import UnreadableDocument
from ingestion.parsers.building import build, one_line, storable, without_page_number
from ingestion.parsers.damage import damaged_if_it_fails
from ingestion.parsers.inner_files import InnerFiles
from ingestion.parsers.office.formulas import write_out
from ingestion.parsers.office.word.body import read_body
from ingestion.parsers.office.word.looks import Looks, W, take_hidden, take_struck
from ingestion.parsers.office.word.numbering import Numbering
from ingestion.parsers.office.word.parts import show_parts
from ingestion.parsers.office.word.symbols import tick_boxes
from ingestion.parsers.pictures import PictureReader

DAMAGED = "The document is damaged. Open it in Word, save it again and upload it."
NOTES = ("footnote", "endnote")


def parse(content: bytes, file_name: str, depth: int = 0) -> ParsedDocument:
    """Read pages, which end where the author or Word's last layout put a page break.

    Documents never laid out by Word have one page unless they contain hard page breaks.
    Headers and footers stand once, on the first page; comments, deleted and struck-out words are
    left out. What is embedded is read where it stands; `depth` counts the files around this one.
    """
    files = InnerFiles(depth)
    with damaged_if_it_fails(DAMAGED, OpcError):
        document = Document(io.BytesIO(content))
        levels, body = _style_levels(document), document.element.body
        looks = Looks(document.styles.element, body)
        notes = [root for kind in NOTES for root in _roots(document, f"{kind}s")]
        margins = [_element(p) for k in ("header", "footer") for p in _parts(document, k)]
        taken = _take_unread([body, *margins, *notes], looks)
        tick_boxes(body)
        write_out(body)
        numbering = next(map(_element, _parts(document, "numbering")), None)
        Numbering(numbering, document.styles.element).label(body)
        previews = show_parts(body, document, files)
        pages = read_body(body, levels, _notes(notes))
        header = _margin(document, "header", levels)
        footer = _margin(document, "footer", levels)
        files.unread["comments"] += sum(
            1 for root in _roots(document, "comments") for _ in root.iter(f"{W}comment")
        )
        reader = PictureReader()
        words = reader.words(part.blob for part in _parts(document, "image", without=previews))
        title = document.core_properties.title
    if pages:
        pages[0] = "\n\n".join(text for text in (header, pages[0], footer) if text.strip())
    hidden = [*(HiddenText(1, kind, storable(text)) for kind, text in taken), *files.hidden]
    left_out = files.unread.left_out(*reader.left_out)
    shown = [(text, "page") for text in pages] + [(words, "pictures")] * bool(words)
    return build(shown, file_name, titles=[title], hidden=hidden, left_out=left_out)


def _take_unread(parts: list[XmlElement], looks: Looks) -> list[tuple[str, str]]:
    """Take out hidden words, which are returned as (kind, words), and struck-out ones."""
    taken = [words for part in parts for words in take_hidden(part, looks)]
    for part in parts:
        take_struck(part, looks)
    return taken


def _roots(document: WordDocument, kind: str) -> list[XmlElement]:
    return [
        part.element if isinstance(part, XmlPart) else parse_xml(part.blob)
        for part in _parts(document, kind)
    ]


def _element(part: Part) -> XmlElement:
    """Return the root of a part python-docx knows; raises UnreadableDocument for others."""
    if not isinstance(part, XmlPart):
        raise UnreadableDocument(DAMAGED)
    return part.element


def _notes(roots: list[XmlElement]) -> dict[str, str]:
    """Return footnotes by `f` and their number in the file, and endnotes by `e`."""
    texts: dict[str, str] = {}
    for root in roots:
        for note in root.iter(*(f"{W}{kind}" for kind in NOTES)):
            if note.get(f"{W}type") is None:
                name = f"{note.tag.removeprefix(W)[0]}{note.get(f'{W}id')}"
                texts[name] = one_line(" ".join(read_body(note, {})))
    return texts


def _margin(document: WordDocument, kind: str, levels: dict[str, int]) -> str:
    """Return the words of all headers or footers, each line once."""
    lines: dict[str, None] = {}
    for part in _parts(document, kind):
        for text in read_body(_element(part), levels):
            lines.update(dict.fromkeys(map(without_page_number, text.split("\n"))))
    return "\n".join(line for line in lines if line)


def _parts(document: WordDocument, kind: str, without: Collection[str] = ()) -> list[Part]:
    return [
        relation.target_part
        for name, relation in document.part.rels.items()
        if not relation.is_external
        and relation.reltype.endswith(f"/{kind}")
        and name not in without
    ]


def _style_levels(document: WordDocument) -> dict[str, int]:
    """Return the heading level by style id, 1 for the title; styles inherit their level."""
    levels: dict[str, int] = {}
    for style in document.styles:
        ancestor, depth = style, 0
        while ancestor is not None and depth < 10:
            level = _level(ancestor.name or "")
            if level:
                levels[style.style_id] = level
                break
            ancestor, depth = getattr(ancestor, "base_style", None), depth + 1
    return levels


def _level(style_name: str) -> int:
    name = style_name.lower()
    if name == "title":
        return 1
    number = name.removeprefix("heading ")
    return min(int(number), 6) if number != name and number.isdigit() else 0
