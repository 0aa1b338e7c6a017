"""Word documents in body order: headings, paragraphs, lists and tables, with page numbers."""

import io
import zipfile
from typing import Any

from docx import Document
from docx.opc.exceptions import OpcError

from core.domain.knowledge import ParsedDocument
from core.errors import UnreadableDocument
from ingestion.parsers.building import build
from ingestion.parsers.docx_body import read_body


def parse(content: bytes, file_name: str) -> ParsedDocument:
    """Pages end where the author or Word's last lay-out put a page break.

    Documents never laid out by Word have one page unless they contain hard page breaks.
    """
    try:
        document = Document(io.BytesIO(content))
        pages = read_body(document.element.body, _style_levels(document))
        title = document.core_properties.title
    except (KeyError, ValueError, AttributeError, zipfile.BadZipFile) as error:
        raise UnreadableDocument(DAMAGED) from error
    # lxml's errors are SyntaxErrors of the XML.
    except (OpcError, SyntaxError) as error:
        raise UnreadableDocument(DAMAGED) from error
    return build([(text, "page") for text in pages], file_name, titles=[title])


DAMAGED = "The document is damaged. Open it in Word, save it again and upload it."


def _style_levels(document: Any) -> dict[str, int]:  # Any: python-docx has no types
    """Heading level by style id, 1 for the title; styles based on a heading count as one."""
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
