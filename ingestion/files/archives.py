"""Zip archives, whose format and cost are checked before anything is unpacked."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from core.errors import UnreadableDocument
from ingestion.files.media import MediaType
from ingestion.files.unreadable import DAMAGED_ZIP, PASSWORD, TYPE_DEFINITION

HEAD_BYTES = 4_096
OFFICE_FOLDERS = {"word/": MediaType.DOCX, "ppt/": MediaType.PPTX, "xl/": MediaType.XLSX}
DECLARED = {
    b"application/epub+zip": MediaType.EPUB,
    b"application/vnd.oasis.opendocument.text": MediaType.ODT,
    b"application/vnd.oasis.opendocument.spreadsheet": MediaType.ODS,
    b"application/vnd.oasis.opendocument.presentation": MediaType.ODP,
}
# Deflate reaches a ratio of 1,032; real documents and logs stay far below 200.
MAX_RATIO = 200
RATIO_COUNTS_FROM = 20 * 2**20
# Their parsers hold the whole XML in memory, at five to eight times its size. For scale, the text
# of a book of 900 pages has 5 MB.
READ_AS_TREES = {MediaType.DOCX, MediaType.PPTX, MediaType.ODT, MediaType.ODP}
MAX_XML_PART = 64 * 2**20
ENCRYPTED_FLAG = 0x1


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """The limits of one file; sizes in bytes."""

    max_bytes: int = 50 * 2**20
    max_unpacked_bytes: int = 300 * 2**20
    max_entries: int = 5_000


def zip_type(content: bytes, limits: UploadLimits) -> MediaType:
    """Return which format a zip archive has, ZIP if it holds files of its own.

    Raises UnreadableDocument if it is damaged, needs a password, holds type definitions where
    none belong, or is larger unpacked than the limits allow.
    """
    with opened(content) as archive:
        check_cost(archive, limits)
        media_type = _type(archive)
        if media_type is not MediaType.ZIP:
            _refuse_encrypted(archive)
        if media_type not in (MediaType.ZIP, MediaType.EPUB):
            _refuse_type_definitions(archive)
        if media_type in READ_AS_TREES:
            _refuse_large_parts(archive)
        return media_type


@contextmanager
def opened(content: bytes) -> Iterator[zipfile.ZipFile]:
    """Open the archive; damage found while it is open becomes UnreadableDocument."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield archive
    # The errors by which zipfile reports damage and unknown methods.
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise UnreadableDocument(DAMAGED_ZIP) from error
    except (ValueError, KeyError, zipfile.zlib.error) as error:  # type: ignore[attr-defined]  # no stub
        raise UnreadableDocument(DAMAGED_ZIP) from error


def is_encrypted(entry: zipfile.ZipInfo) -> bool:
    """Tells whether the entry needs a password."""
    return bool(entry.flag_bits & ENCRYPTED_FLAG)


def check_cost(archive: zipfile.ZipFile, limits: UploadLimits) -> None:
    """Raise UnreadableDocument if unpacking would cost more than the limits allow."""
    entries = archive.infolist()
    # zipfile never reads past the declared size, so the declared sum bounds what unpacking costs.
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if len(entries) > limits.max_entries:
        raise UnreadableDocument(
            f"The file has {len(entries):,} parts; at most {limits.max_entries:,} are allowed."
        )
    if unpacked > limits.max_unpacked_bytes:
        raise UnreadableDocument(
            f"The file unpacks to {unpacked // 2**20:,} MB, which looks like a zip bomb; "
            f"at most {limits.max_unpacked_bytes // 2**20:,} MB are allowed."
        )
    if unpacked > RATIO_COUNTS_FROM and unpacked > MAX_RATIO * packed:
        raise UnreadableDocument(
            f"The file unpacks to {unpacked // max(packed, 1):,} times its size, "
            "which looks like a zip bomb. It was refused as unsafe."
        )


def _type(archive: zipfile.ZipFile) -> MediaType:
    names = archive.namelist()
    if "[Content_Types].xml" in names:
        for folder, media_type in OFFICE_FOLDERS.items():
            if any(name.startswith(folder) for name in names):
                is_binary = media_type is MediaType.XLSX and "xl/workbook.bin" in names
                return MediaType.XLSB if is_binary else media_type
    if "mimetype" in names and not is_encrypted(archive.getinfo("mimetype")):
        with archive.open("mimetype") as part:
            declared = part.read(100).strip()
        if declared in DECLARED:
            return DECLARED[declared]
    if "META-INF/container.xml" in names:
        return MediaType.EPUB
    return MediaType.ZIP


def _refuse_encrypted(archive: zipfile.ZipFile) -> None:
    """Refuses encryption: by zip entry for Office files, in the manifest for OpenDocument."""
    if any(is_encrypted(entry) for entry in archive.infolist()):
        raise UnreadableDocument(PASSWORD)
    if "META-INF/manifest.xml" in archive.namelist():
        with archive.open("META-INF/manifest.xml") as part:
            if b"encryption-data" in part.read(2**20):
                raise UnreadableDocument(PASSWORD)


def _refuse_large_parts(archive: zipfile.ZipFile) -> None:
    largest = max((e.file_size for e in archive.infolist() if _is_xml(e)), default=0)
    if largest > MAX_XML_PART:
        raise UnreadableDocument(
            f"The text of the file unpacks to {largest // 2**20} MB of XML; at most "
            f"{MAX_XML_PART // 2**20} MB can be read. Split the file."
        )


def _is_xml(entry: zipfile.ZipInfo) -> bool:
    return entry.filename.lower().endswith((".xml", ".rels"))


def _refuse_type_definitions(archive: zipfile.ZipFile) -> None:
    """Refuses a DTD, which Office formats never carry: it is there to attack the XML parser."""
    for entry in archive.infolist():
        if _is_xml(entry):
            with archive.open(entry) as part:
                head = part.read(HEAD_BYTES).replace(b"\0", b"")
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                raise UnreadableDocument(TYPE_DEFINITION)
