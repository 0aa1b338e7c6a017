"""Upload checks: size, file type by content, and a name that is safe to show."""

import re
import unicodedata

from core.errors import UnreadableDocument
from ingestion.files.archives import UploadLimits, zip_type
from ingestion.files.encoding import encoding_of
from ingestion.files.media import (
    BY_SUFFIX,
    FORMAT_NAMES,
    TEXT_TYPES,
    MediaType,
    suffix_of,
    usual_suffix,
)
from ingestion.files.signatures import (
    OLE_HEADER,
    ZIP_HEADERS,
    is_followed_by_zip,
    likeness,
    ole_type,
    picture_type,
)
from ingestion.files.unreadable import POLYGLOT, reason_for_suffix

MAX_NAME = 200
HEAD_BYTES = 8_192
EMAIL_HEADER = re.compile(
    rb"^(from|to|cc|subject|date|received|return-path|message-id|mime-version|content-type"
    rb"|delivered-to|x-[\w-]+):",
    re.IGNORECASE | re.MULTILINE,
)
HTML_TAG = re.compile(rb"<\s*(!doctype|!--|\?xml|[a-z][a-z0-9]*[\s/>])", re.IGNORECASE)


def validate(file_name: str, content: bytes, limits: UploadLimits) -> MediaType:
    """Return the format once name and content agree; raises UnreadableDocument with the cause.

    Text formats may have each other's extensions: HTML in a .txt file is text.
    """
    _check_size(content, limits)
    suffix = suffix_of(file_name)
    expected = BY_SUFFIX.get(suffix)
    actual = _binary_type(suffix, expected, content, limits)
    if actual is not None and actual is not expected:
        raise UnreadableDocument(
            f"The file is named {suffix or 'without an extension'} but contains "
            f"{FORMAT_NAMES[actual]}. Give it the extension {usual_suffix(actual)} and upload it "
            "again."
        )
    if expected is None:
        raise UnreadableDocument(reason_for_suffix(suffix))
    return expected if actual is not None else _text_type(expected, content)


def safe_name(file_name: str) -> str:
    """Return the last part of the name, without control characters, fit to show and download.

    The name is composed (NFC), as macOS sends decomposed names, which are the same.
    """
    last = unicodedata.normalize("NFC", file_name).replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    shown = "".join(c for c in last if unicodedata.category(c)[0] != "C")
    shown = re.sub(r'[<>:"|?*]', "_", shown).strip(" .")
    suffix = suffix_of(shown)[:20]
    stem = shown[: len(shown) - len(suffix)][: MAX_NAME - len(suffix)]
    return f"{stem}{suffix}" or "document"


def _check_size(content: bytes, limits: UploadLimits) -> None:
    if not content:
        raise UnreadableDocument("The file is empty. It contains no text.")
    if len(content) > limits.max_bytes:
        raise UnreadableDocument(
            f"The file is {len(content) / 2**20:.1f} MB; at most {limits.max_bytes // 2**20} "
            "MB are allowed."
        )


def _binary_type(
    suffix: str, expected: MediaType | None, content: bytes, limits: UploadLimits
) -> MediaType | None:
    """Return the format of binary content, None for text; raises UnreadableDocument for others."""
    if content.startswith(ZIP_HEADERS):
        return zip_type(content, limits)
    if content.startswith(OLE_HEADER):
        return ole_type(content)
    marked = _marked_type(content, expected)
    if marked is None and encoding_of(content) is None:
        if expected is None:
            raise UnreadableDocument(reason_for_suffix(suffix))
        named = FORMAT_NAMES[expected]
        raise UnreadableDocument(f"The content is not {named}{likeness(content)}.")
    if is_followed_by_zip(content):
        raise UnreadableDocument(POLYGLOT)
    return marked


def _marked_type(content: bytes, expected: MediaType | None) -> MediaType | None:
    """Recognises PDF, pictures and Rich Text, which begin with their marks."""
    if _is_pdf(content, expected):
        return MediaType.PDF
    if content.lstrip()[:5] == b"{\\rtf":
        return MediaType.RTF
    return picture_type(content)


def _is_pdf(content: bytes, expected: MediaType | None) -> bool:
    """Tells whether it is a PDF; bytes before the header need the extension (ISO 32000, 7.5.2)."""
    if content.lstrip()[:5] == b"%PDF-":
        return True
    before, mark, _ = content[:1024].partition(b"%PDF-")
    is_other = bool(HTML_TAG.search(before)) or picture_type(content) is not None
    return expected is MediaType.PDF and bool(mark) and not is_other


def _text_type(expected: MediaType, content: bytes) -> MediaType:
    head = content[:HEAD_BYTES].replace(b"\0", b"")
    if not content.strip():
        raise UnreadableDocument("The file contains only white space.")
    if expected not in TEXT_TYPES:
        actual = "an HTML page" if HTML_TAG.search(head) else "text"
        raise UnreadableDocument(
            f"The file is named like {FORMAT_NAMES[expected]}, but its content is {actual}, "
            f"not {FORMAT_NAMES[expected]}."
        )
    match expected:
        case MediaType.EMAIL if not EMAIL_HEADER.search(head):
            return MediaType.TEXT
        case MediaType.HTML if not HTML_TAG.search(head):
            return MediaType.TEXT
        case MediaType.JSONL if not head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
            raise UnreadableDocument("The file is named like JSON lines but has no records.")
        case _:
            return expected
