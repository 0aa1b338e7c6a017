"""Which formats can be read, and how a file name announces them."""

from enum import StrEnum
from pathlib import PurePosixPath


class MediaType(StrEnum):
    """A readable format; the value is the media type a browser is told."""

    PDF = "application/pdf"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    CSV = "text/csv"
    HTML = "text/html"
    MARKDOWN = "text/markdown"
    TEXT = "text/plain"
    EMAIL = "message/rfc822"
    JSONL = "application/jsonl"
    RECORD = "application/json"
    """One line of a JSONL file, a document of its own."""


BY_SUFFIX = {
    ".pdf": MediaType.PDF,
    ".docx": MediaType.DOCX,
    ".pptx": MediaType.PPTX,
    ".xlsx": MediaType.XLSX,
    ".csv": MediaType.CSV,
    ".tsv": MediaType.CSV,
    ".html": MediaType.HTML,
    ".htm": MediaType.HTML,
    ".md": MediaType.MARKDOWN,
    ".markdown": MediaType.MARKDOWN,
    ".txt": MediaType.TEXT,
    ".text": MediaType.TEXT,
    ".log": MediaType.TEXT,
    ".rst": MediaType.TEXT,
    ".org": MediaType.TEXT,
    ".eml": MediaType.EMAIL,
    ".jsonl": MediaType.JSONL,
}

FORMAT_NAMES = {
    MediaType.PDF: "a PDF",
    MediaType.DOCX: "a Word document",
    MediaType.PPTX: "a PowerPoint presentation",
    MediaType.XLSX: "an Excel workbook",
    MediaType.CSV: "a CSV table",
    MediaType.HTML: "an HTML page",
    MediaType.MARKDOWN: "Markdown",
    MediaType.TEXT: "plain text",
    MediaType.EMAIL: "an e-mail",
    MediaType.JSONL: "JSON lines",
    MediaType.RECORD: "a JSON record",
}


def suffix_of(file_name: str) -> str:
    """The ending in lower case with its dot, empty if there is none."""
    return PurePosixPath(file_name).suffix.lower()
