"""Checks at the door: size, file type by content, and a name that is safe to show."""

import re
import unicodedata

import puremagic

from core.errors import UnreadableDocument
from ingestion.archives import UploadLimits, office_type
from ingestion.encoding import encoding_of
from ingestion.media import BY_SUFFIX, FORMAT_NAMES, MediaType, suffix_of

MAX_NAME = 200
OLE_HEADER = bytes.fromhex("d0cf11e0a1b11ae1")
PASSWORD_MARK = "EncryptedPackage".encode("utf-16-le")
HEAD_BYTES = 8_192
EMAIL_HEADER = re.compile(
    rb"^(from|to|cc|subject|date|received|return-path|message-id|mime-version|content-type"
    rb"|delivered-to|x-[\w-]+):",
    re.IGNORECASE | re.MULTILINE,
)
HTML_TAG = re.compile(rb"<\s*(!doctype|!--|\?xml|[a-z][a-z0-9]*[\s/>])", re.IGNORECASE)
INSTEAD = {
    ".doc": "Save it as .docx",
    ".ppt": "Save it as .pptx",
    ".xls": "Save it as .xlsx",
    ".msg": "Save it as .eml",
    ".zip": "Unpack it",
    ".odt": "Save it as .docx or PDF",
    ".rtf": "Save it as .docx or PDF",
    ".epub": "Save it as PDF",
}
READABLE = "PDF, DOCX, PPTX, XLSX, CSV, HTML, Markdown, text, EML and JSONL files can be read."


def validate(file_name: str, content: bytes, limits: UploadLimits) -> MediaType:
    """The format, once name and content agree; raises UnreadableDocument with the cause."""
    _check_size(content, limits)
    expected = _expected_type(file_name)
    actual = _binary_type(content, expected, limits)
    if actual is not None and actual is not expected:
        raise UnreadableDocument(
            f"The file is named {suffix_of(file_name)} but contains {FORMAT_NAMES[actual]}. "
            "Give it the right ending and upload it again."
        )
    if actual is None:
        _check_text(expected, content)
    return expected


def safe_name(file_name: str) -> str:
    """The last part of the name without control characters, fit to show and to download."""
    last = file_name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    shown = "".join(c for c in last if unicodedata.category(c)[0] != "C")
    shown = re.sub(r'[<>:"|?*]', "_", shown).strip(" .")
    suffix = suffix_of(shown)[:20]
    stem = shown[: len(shown) - len(suffix)][: MAX_NAME - len(suffix)]
    return f"{stem}{suffix}" or "document"


def _check_size(content: bytes, limits: UploadLimits) -> None:
    if not content:
        raise UnreadableDocument("The file is empty.")
    if len(content) > limits.max_bytes:
        raise UnreadableDocument(
            f"The file has {len(content) / 2**20:.1f} MB; "
            f"at most {limits.max_bytes // 2**20} MB are allowed."
        )


def _expected_type(file_name: str) -> MediaType:
    suffix = suffix_of(file_name)
    if suffix in BY_SUFFIX:
        return BY_SUFFIX[suffix]
    named = f"Files of type {suffix}" if suffix else "Files without an ending"
    hint = f"{INSTEAD[suffix]} and upload the result." if suffix in INSTEAD else READABLE
    raise UnreadableDocument(f"{named} cannot be read. {hint}")


def _binary_type(content: bytes, expected: MediaType, limits: UploadLimits) -> MediaType | None:
    """The format of binary content, None for text."""
    # Only a file that claims to be a PDF may carry bytes before its header (ISO 32000, 7.5.2).
    head = content[:1024] if expected is MediaType.PDF else content.lstrip()[:5]
    if b"%PDF-" in head:
        return MediaType.PDF
    if content.startswith(b"PK\x03\x04"):
        return office_type(content, limits)
    if content.startswith(OLE_HEADER):
        raise UnreadableDocument(_ole_reason(content))
    if encoding_of(content) is None:
        raise UnreadableDocument(f"The content is not {FORMAT_NAMES[expected]}{_guess(content)}.")
    return None


def _ole_reason(content: bytes) -> str:
    if PASSWORD_MARK in content:
        return "The file is protected by a password. Remove the password and upload it again."
    return "The file has an old Office format. Save it as .docx, .pptx or .xlsx and upload it."


def _guess(content: bytes) -> str:
    try:
        name = puremagic.magic_string(content)[0].name
    except (puremagic.PureError, ValueError, IndexError):
        return ""
    return f"; it looks like “{name}”"


def _check_text(expected: MediaType, content: bytes) -> None:
    head = content[:HEAD_BYTES].replace(b"\0", b"")
    match expected:
        case MediaType.PDF | MediaType.DOCX | MediaType.PPTX | MediaType.XLSX:
            found = "an HTML page" if HTML_TAG.search(head) else "text"
            fits, reason = False, f"its content is {found}, not {FORMAT_NAMES[expected]}"
        case MediaType.EMAIL:
            fits, reason = bool(EMAIL_HEADER.search(head)), "it has no e-mail headers"
        case MediaType.HTML:
            fits, reason = bool(HTML_TAG.search(head)), "it has no HTML tags"
        case MediaType.JSONL:
            fits, reason = head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"), "it has no records"
        case _:
            fits, reason = True, ""
    if not fits:
        ending = FORMAT_NAMES[expected]
        raise UnreadableDocument(f"The file is named like {ending}, but {reason}.")
