"""The formats that can be read, and the extensions that announce them."""

from enum import StrEnum
from pathlib import PurePosixPath


class MediaType(StrEnum):
    """A readable format; its value is the media type that browsers get."""

    PDF = "application/pdf"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    XLSB = "application/vnd.ms-excel.sheet.binary.macroenabled.12"
    XLS = "application/vnd.ms-excel"
    ODT = "application/vnd.oasis.opendocument.text"
    ODS = "application/vnd.oasis.opendocument.spreadsheet"
    ODP = "application/vnd.oasis.opendocument.presentation"
    EPUB = "application/epub+zip"
    RTF = "application/rtf"
    CSV = "text/csv"
    HTML = "text/html"
    MARKDOWN = "text/markdown"
    TEXT = "text/plain"
    XML = "application/xml"
    JSON = "text/json"
    EMAIL = "message/rfc822"
    MSG = "application/vnd.ms-outlook"
    PNG = "image/png"
    JPEG = "image/jpeg"
    TIFF = "image/tiff"
    BMP = "image/bmp"
    WEBP = "image/webp"
    GIF = "image/gif"
    ZIP = "application/zip"
    JSONL = "application/jsonl"
    RECORD = "application/json"
    """One line of a JSONL file, a document of its own."""

    @property
    def is_image(self) -> bool:
        return self.value.startswith("image/")


# The first extension of a format is the usual one.
BY_SUFFIX = {
    ".pdf": MediaType.PDF,
    ".docx": MediaType.DOCX,
    ".pptx": MediaType.PPTX,
    ".pptm": MediaType.PPTX,
    ".xlsx": MediaType.XLSX,
    ".xlsm": MediaType.XLSX,
    ".xlsb": MediaType.XLSB,
    ".xls": MediaType.XLS,
    ".odt": MediaType.ODT,
    ".ods": MediaType.ODS,
    ".odp": MediaType.ODP,
    ".epub": MediaType.EPUB,
    ".rtf": MediaType.RTF,
    ".csv": MediaType.CSV,
    ".tsv": MediaType.CSV,
    ".html": MediaType.HTML,
    ".htm": MediaType.HTML,
    ".xhtml": MediaType.HTML,
    ".md": MediaType.MARKDOWN,
    ".markdown": MediaType.MARKDOWN,
    ".txt": MediaType.TEXT,
    ".text": MediaType.TEXT,
    ".log": MediaType.TEXT,
    ".rst": MediaType.TEXT,
    ".org": MediaType.TEXT,
    ".adoc": MediaType.TEXT,
    ".tex": MediaType.TEXT,
    ".yaml": MediaType.TEXT,
    ".yml": MediaType.TEXT,
    ".srt": MediaType.TEXT,
    ".vtt": MediaType.TEXT,
    ".xml": MediaType.XML,
    ".json": MediaType.JSON,
    ".eml": MediaType.EMAIL,
    ".p7s": MediaType.EMAIL,
    ".msg": MediaType.MSG,
    ".png": MediaType.PNG,
    ".jpg": MediaType.JPEG,
    ".jpeg": MediaType.JPEG,
    ".tif": MediaType.TIFF,
    ".tiff": MediaType.TIFF,
    ".bmp": MediaType.BMP,
    ".webp": MediaType.WEBP,
    ".gif": MediaType.GIF,
    ".zip": MediaType.ZIP,
    ".jsonl": MediaType.JSONL,
    ".ndjson": MediaType.JSONL,
}

FORMAT_NAMES = {
    MediaType.PDF: "a PDF",
    MediaType.DOCX: "a Word document",
    MediaType.PPTX: "a PowerPoint presentation",
    MediaType.XLSX: "an Excel workbook",
    MediaType.XLSB: "a binary Excel workbook",
    MediaType.XLS: "an Excel 97 workbook",
    MediaType.ODT: "an OpenDocument text",
    MediaType.ODS: "an OpenDocument spreadsheet",
    MediaType.ODP: "an OpenDocument presentation",
    MediaType.EPUB: "an EPUB book",
    MediaType.RTF: "a Rich Text document",
    MediaType.CSV: "a CSV table",
    MediaType.HTML: "an HTML page",
    MediaType.MARKDOWN: "Markdown",
    MediaType.TEXT: "plain text",
    MediaType.XML: "XML",
    MediaType.JSON: "JSON",
    MediaType.EMAIL: "an e-mail",
    MediaType.MSG: "an Outlook message",
    MediaType.PNG: "a PNG image",
    MediaType.JPEG: "a JPEG image",
    MediaType.TIFF: "a TIFF image",
    MediaType.BMP: "a BMP image",
    MediaType.WEBP: "a WebP image",
    MediaType.GIF: "a GIF image",
    MediaType.ZIP: "a zip archive",
    MediaType.JSONL: "JSON lines",
    MediaType.RECORD: "a JSON record",
}

TEXT_TYPES = frozenset(
    {
        MediaType.CSV,
        MediaType.HTML,
        MediaType.MARKDOWN,
        MediaType.TEXT,
        MediaType.XML,
        MediaType.JSON,
        MediaType.EMAIL,
        MediaType.JSONL,
        MediaType.RECORD,
    }
)


def suffix_of(file_name: str) -> str:
    """Return the extension in lower case with its dot, empty if there is none."""
    return PurePosixPath(file_name).suffix.lower()


def usual_suffix(media_type: MediaType) -> str:
    """Return the extension that files of this format should have, with its dot."""
    return next(suffix for suffix, known in BY_SUFFIX.items() if known is media_type)
