"""Finds the parser of a format; each is imported when it is first used."""

from collections.abc import Callable
from importlib import import_module

from core.domain.knowledge import ParsedDocument
from core.errors import UnreadableDocument
from ingestion.media import MediaType

Parse = Callable[[bytes, str], ParsedDocument]

MODULES = {
    MediaType.PDF: "pdf",
    MediaType.DOCX: "docx",
    MediaType.PPTX: "pptx",
    MediaType.XLSX: "xlsx",
    MediaType.CSV: "csv",
    MediaType.HTML: "html",
    MediaType.MARKDOWN: "markdown",
    MediaType.TEXT: "text",
    MediaType.EMAIL: "email",
    MediaType.RECORD: "record",
}


def parser_for(media_type: MediaType) -> Parse:
    """Raises UnreadableDocument for JSONL, whose lines are documents of their own."""
    if media_type not in MODULES:
        raise UnreadableDocument("JSON lines are read one record at a time.")
    module = import_module(f"ingestion.parsers.{MODULES[media_type]}")
    parse: Parse = module.parse
    return parse
