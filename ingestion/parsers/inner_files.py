"""Files inside office documents: read by their own parser if that is cheap, else counted."""

import io
import struct
import time
from dataclasses import replace
from email import message_from_bytes
from pathlib import PurePosixPath

import olefile

from core.domain.knowledge import HiddenText, ParsedDocument
from core.errors import UnreadableDocument
from ingestion.files.archives import UploadLimits, zip_type
from ingestion.files.media import MediaType, usual_suffix
from ingestion.files.signatures import OLE_HEADER, ZIP_HEADERS
from ingestion.files.validation import safe_name, validate
from ingestion.parsers.building import MAX_CHARACTERS
from ingestion.parsers.damage import damaged_if_it_fails
from ingestion.parsers.registry import HOLD_THEMSELVES, parser_for
from ingestion.parsers.unread import Unread

LIMITS = UploadLimits()
# A Word document inside another is read; one inside that is only counted: it could hold itself.
MAX_DEPTH = 2
MAX_FILES = 50
# The document as a whole has 60 seconds, and its own text comes first.
SECONDS = 15.0
INSERTED, EMBEDDED, FORMULAS = "inserted files", "embedded files", "formulas"
# Formats that authors put into their text; archives, e-mails and programs are for opening.
READ = frozenset(
    {
        *(MediaType.DOCX, MediaType.PPTX, MediaType.XLSX, MediaType.XLSB, MediaType.XLS),
        *(MediaType.ODT, MediaType.ODS, MediaType.ODP, MediaType.PDF, MediaType.RTF),
        *(MediaType.HTML, MediaType.TEXT, MediaType.CSV, MediaType.MARKDOWN),
    }
)
WEB_ARCHIVES = (".mht", ".mhtml")
NATIVE, PACKAGE, EQUATION = "\x01Ole10Native", "Package", "Equation Native"
DAMAGED = "The embedded file is damaged."
NOT_READ = "Files of this kind are not read inside other files."
TOO_DEEP = "The file is embedded too deeply."
TOO_MUCH = "The document already contains too much."


class InnerFiles:
    """The reader of the files inside one document, which itself lies `depth` files deep.

    Their hidden text is collected for the document, and unread files are counted.
    """

    def __init__(self, depth: int = 0) -> None:
        self._depth = depth
        self._characters = self._files = 0
        self._end = time.monotonic() + SECONDS
        self.hidden: list[HiddenText] = []
        self.unread = Unread()

    def words(self, name: str, content: bytes, *, page: int = 1, counted_as: str = EMBEDDED) -> str:
        """Return the words of a file on `page`, empty if it is only counted (as `counted_as`)."""
        try:
            with damaged_if_it_fails(DAMAGED, struct.error):
                document = self._document(*_unwrapped(name, content))
        except UnreadableDocument:
            self.unread[FORMULAS if _is_formula(content) else counted_as] += 1
            return ""
        self.hidden += (replace(hidden, page=page) for hidden in document.hidden)
        for part in document.left_out:
            self.unread[part.what] += part.count
        return _text(document)

    def _document(self, name: str, content: bytes) -> ParsedDocument:
        self._files += 1
        if self._files > MAX_FILES or time.monotonic() > self._end:
            raise UnreadableDocument(TOO_MUCH)
        document = self._parsed(validate(name, content, LIMITS), content, name)
        self._characters += document.character_count
        if self._characters > MAX_CHARACTERS:
            raise UnreadableDocument(TOO_MUCH)
        return document

    def _parsed(self, kind: MediaType, content: bytes, name: str) -> ParsedDocument:
        """Parse with the parser of the format, which learns how deep the file lies."""
        if kind not in READ:
            raise UnreadableDocument(NOT_READ)
        depth = self._depth + 1
        if kind in HOLD_THEMSELVES and depth >= MAX_DEPTH:
            raise UnreadableDocument(TOO_DEEP)
        return parser_for(kind, depth=depth)(content, name)


def _text(document: ParsedDocument) -> str:
    """Join the pages of a file into one text; several sheets stand below their names."""
    pages = [page for page in document.pages if page.text.strip()]
    are_named = len(pages) > 1 and all(page.label.startswith("sheet ") for page in pages)
    names = (f"{page.label.removeprefix('sheet ')}\n" if are_named else "" for page in pages)
    return "\n\n".join(f"{name}{page.text}" for name, page in zip(names, pages, strict=True))


def _unwrapped(name: str, content: bytes) -> tuple[str, bytes]:
    """Return a file out of its OLE object, with the extension it should have."""
    if content.startswith(OLE_HEADER):
        with olefile.OleFileIO(io.BytesIO(content)) as ole:
            if ole.exists(NATIVE):
                name, content = _native(ole.openstream(NATIVE).read())
            elif ole.exists(PACKAGE):
                content = ole.openstream(PACKAGE).read()
            elif ole.exists("Workbook") or ole.exists("Book"):
                return _renamed(name, MediaType.XLS), content
    if content.startswith(ZIP_HEADERS):
        return _renamed(name, zip_type(content, LIMITS)), content
    if name.lower().endswith(WEB_ARCHIVES):
        return _renamed(name, MediaType.HTML), _web_page(content)
    return safe_name(name), content


def _web_page(archive: bytes) -> bytes:
    """Return the page of a web archive (.mht), which keeps it as an e-mail keeps its text."""
    for part in message_from_bytes(archive).walk():
        page = part.get_payload(decode=True)
        if part.get_content_type() == "text/html" and isinstance(page, bytes):
            return page
    raise UnreadableDocument(DAMAGED)


def _renamed(name: str, kind: MediaType) -> str:
    return f"{PurePosixPath(safe_name(name)).stem}{usual_suffix(kind)}"


def _native(stream: bytes) -> tuple[str, bytes]:
    """Return name and content of a file that was dragged into a document ([MS-OLEDS] 2.3.6)."""
    name, rest = _string(stream[6:])
    _, rest = _string(rest)
    (path_size,) = struct.unpack_from("<I", rest, 4)
    at = 8 + path_size
    (size,) = struct.unpack_from("<I", rest, at)
    return name, rest[at + 4 : at + 4 + size]


def _string(content: bytes) -> tuple[str, bytes]:
    text, _, rest = content.partition(b"\0")
    return text.decode("cp1252", "replace"), rest


def _is_formula(content: bytes) -> bool:
    """Tells whether the object is a formula of an old equation editor."""
    if not content.startswith(OLE_HEADER):
        return False
    try:
        with damaged_if_it_fails(DAMAGED), olefile.OleFileIO(io.BytesIO(content)) as ole:
            return bool(ole.exists(EQUATION))
    except UnreadableDocument:
        return False
