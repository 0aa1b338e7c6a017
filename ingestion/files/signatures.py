"""Binary formats, recognised by their content."""

import puremagic

from core.errors import UnreadableDocument
from ingestion.files.media import MediaType
from ingestion.files.unreadable import PASSWORD

ZIP_HEADERS = (b"PK\x03\x04", b"PK\x05\x06")
OLE_HEADER = bytes.fromhex("d0cf11e0a1b11ae1")
# Entries of an OLE directory are 128 bytes each and start with their name (MS-CFB 2.6.1).
OLE_ENTRY = 128
ZIP_END = b"PK\x05\x06"
ZIP_END_SIZE = 22
MAX_ZIP_COMMENT = 65_535
PICTURES = (
    (b"\x89PNG\r\n\x1a\n", MediaType.PNG),
    (b"\xff\xd8\xff", MediaType.JPEG),
    (b"II*\0", MediaType.TIFF),
    (b"MM\0*", MediaType.TIFF),
    (b"GIF87a", MediaType.GIF),
    (b"GIF89a", MediaType.GIF),
)


def picture_type(content: bytes) -> MediaType | None:
    """Return the format of a picture, None for anything else."""
    for mark, media_type in PICTURES:
        if content.startswith(mark):
            return media_type
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return MediaType.WEBP
    # Two letters alone would match “BMW” too; in a bitmap, four reserved bytes are zero.
    if content.startswith(b"BM") and content[6:10] == b"\0\0\0\0" and len(content) > 26:
        return MediaType.BMP
    return None


def ole_type(content: bytes) -> MediaType:
    """Return which old Office format it is; raises UnreadableDocument for unreadable ones."""
    if _has_ole_entry(content, "EncryptedPackage"):
        raise UnreadableDocument(PASSWORD)
    if _has_ole_entry(content, "__properties_version1.0"):
        return MediaType.MSG
    if _has_ole_entry(content, "Workbook") or _has_ole_entry(content, "Book"):
        return MediaType.XLS
    if _has_ole_entry(content, "WordDocument"):
        raise UnreadableDocument(
            "The file is a Word 97 document. Open it in Word, save it as .docx and upload "
            "the result."
        )
    if _has_ole_entry(content, "PowerPoint Document"):
        raise UnreadableDocument(
            "The file is a PowerPoint 97 presentation. Open it in PowerPoint, save it as .pptx "
            "and upload the result."
        )
    raise UnreadableDocument(
        "The file is damaged or has an old Office format that cannot be read. Save it as .docx, "
        ".pptx, .xlsx or PDF and upload the result."
    )


def _has_ole_entry(content: bytes, name: str) -> bool:
    wanted = name.encode("utf-16-le") + b"\0\0"
    position = content.find(wanted)
    while position >= 0:
        if position % OLE_ENTRY == 0:
            return True
        position = content.find(wanted, position + 2)
    return False


def is_followed_by_zip(content: bytes) -> bool:
    """Tells whether a zip program would open it too: an end record closes at the last byte."""
    tail = content[-(ZIP_END_SIZE + MAX_ZIP_COMMENT) :]
    position = tail.rfind(ZIP_END)
    if position < 0 or position + ZIP_END_SIZE > len(tail):
        return False
    comment = int.from_bytes(tail[position + 20 : position + 22], "little")
    return position + ZIP_END_SIZE + comment == len(tail)


def likeness(content: bytes) -> str:
    """Return `; it looks like “MPEG audio”`, empty if nothing is known about the content."""
    try:
        name = puremagic.magic_string(content)[0].name
    except (puremagic.PureError, ValueError, IndexError):
        return ""
    return f"; it looks like “{name}”" if name else ""
