"""The parser of each format, imported when it is first used."""

from collections.abc import Callable
from functools import partial
from importlib import import_module

from core.domain.knowledge import ParsedDocument
from core.errors import UnreadableDocument
from ingestion.files.media import FORMAT_NAMES, MediaType

Parse = Callable[[bytes, str], ParsedDocument]

MODULES = {
    MediaType.PDF: "pdf.document",
    MediaType.DOCX: "office.word.document",
    MediaType.PPTX: "office.slides.presentation",
    MediaType.XLSX: "office.spreadsheets.xlsx",
    MediaType.XLSB: "office.spreadsheets.workbook",
    MediaType.XLS: "office.spreadsheets.workbook",
    MediaType.ODS: "office.opendocument.spreadsheet",
    MediaType.ODT: "office.opendocument.document",
    MediaType.ODP: "office.opendocument.document",
    MediaType.EPUB: "web.epub",
    MediaType.RTF: "office.word.rtf",
    MediaType.CSV: "data.csv",
    MediaType.HTML: "web.html",
    MediaType.MARKDOWN: "web.markdown",
    MediaType.TEXT: "data.text",
    MediaType.XML: "web.xml",
    MediaType.JSON: "data.json",
    MediaType.EMAIL: "mail.email",
    MediaType.MSG: "mail.msg",
    MediaType.PNG: "images",
    MediaType.JPEG: "images",
    MediaType.TIFF: "images",
    MediaType.BMP: "images",
    MediaType.WEBP: "images",
    MediaType.GIF: "images",
    MediaType.RECORD: "data.record",
}


HOLD_THEMSELVES = frozenset({MediaType.DOCX, MediaType.PPTX, MediaType.EMAIL, MediaType.MSG})
"""Formats that may hold files of their own kind, whose parsers have to know how deep they lie."""


def parser_for(media_type: MediaType, *, depth: int = 0) -> Parse:
    """Return the parser for a file that lies inside `depth` others.

    Raises UnreadableDocument for containers, whose contents are documents of their own.
    """
    if media_type not in MODULES:
        raise UnreadableDocument(f"{FORMAT_NAMES[media_type]} is read one document at a time.")
    module = import_module(f"ingestion.parsers.{MODULES[media_type]}")
    parse: Parse = module.parse
    if media_type in HOLD_THEMSELVES:
        parse = partial(module.parse, depth=depth)
    return parse
