"""Finds the parser of a format; each is imported when it is first used."""

from collections.abc import Callable
from importlib import import_module

from core.domain.knowledge import ParsedDocument
from core.errors import UnreadableDocument
from ingestion.files.media import FORMAT_NAMES, MediaType

Parse = Callable[[bytes, str], ParsedDocument]

MODULES = {
    MediaType.PDF: "pdf",
    MediaType.DOCX: "docx",
    MediaType.PPTX: "pptx",
    MediaType.XLSX: "xlsx",
    MediaType.XLSB: "workbook",
    MediaType.XLS: "workbook",
    MediaType.ODS: "ods",
    MediaType.ODT: "odf",
    MediaType.ODP: "odf",
    MediaType.EPUB: "epub",
    MediaType.RTF: "rtf",
    MediaType.CSV: "csv",
    MediaType.HTML: "html",
    MediaType.MARKDOWN: "markdown",
    MediaType.TEXT: "text",
    MediaType.XML: "xml",
    MediaType.JSON: "json",
    MediaType.EMAIL: "email",
    MediaType.MSG: "msg",
    MediaType.PNG: "images",
    MediaType.JPEG: "images",
    MediaType.TIFF: "images",
    MediaType.BMP: "images",
    MediaType.WEBP: "images",
    MediaType.GIF: "images",
    MediaType.RECORD: "record",
}


def parser_for(media_type: MediaType) -> Parse:
    """Raises UnreadableDocument for containers, whose contents are documents of their own."""
    if media_type not in MODULES:
        raise UnreadableDocument(f"{FORMAT_NAMES[media_type]} is read one document at a time.")
    module = import_module(f"ingestion.parsers.{MODULES[media_type]}")
    parse: Parse = module.parse
    return parse
