"""Office files are zip archives: their size is checked before anything is unpacked."""

import io
import zipfile
from dataclasses import dataclass

from core.errors import UnreadableDocument
from ingestion.media import MediaType

HEAD_BYTES = 4_096
FOLDERS = {"word/": MediaType.DOCX, "ppt/": MediaType.PPTX, "xl/": MediaType.XLSX}
DAMAGED = "The file is damaged: its zip structure cannot be read. Save it again and upload it."


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """What a file may cost; sizes in bytes."""

    max_bytes: int = 50 * 2**20
    max_unpacked_bytes: int = 300 * 2**20
    max_entries: int = 5_000


def office_type(content: bytes, limits: UploadLimits) -> MediaType:
    """Which Office format a zip archive is.

    Raises UnreadableDocument if it is none, damaged, or larger unpacked than the limits allow.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_cost(archive, limits)
            _refuse_type_definitions(archive)
            return _office_type(archive.namelist())
    # zipfile reports damage and encryption in these ways.
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise UnreadableDocument(DAMAGED) from error
    except (ValueError, zipfile.zlib.error) as error:  # type: ignore[attr-defined]  # no stub
        raise UnreadableDocument(DAMAGED) from error


def _check_cost(archive: zipfile.ZipFile, limits: UploadLimits) -> None:
    entries = archive.infolist()
    # zipfile never reads past the declared size, so the declared sum bounds what unpacking costs.
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > limits.max_entries:
        raise UnreadableDocument(
            f"The file holds {len(entries):,} parts; at most {limits.max_entries:,} are allowed."
        )
    if unpacked > limits.max_unpacked_bytes:
        raise UnreadableDocument(
            f"The file unpacks to {unpacked // 2**20:,} MB, which looks like a zip bomb; "
            f"at most {limits.max_unpacked_bytes // 2**20:,} MB are allowed."
        )


def _refuse_type_definitions(archive: zipfile.ZipFile) -> None:
    """Office formats never carry a DTD; one is only there to attack the XML parser."""
    for entry in archive.infolist():
        if entry.filename.lower().endswith((".xml", ".rels")):
            with archive.open(entry) as part:
                head = part.read(HEAD_BYTES).replace(b"\0", b"")
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                raise UnreadableDocument(
                    "The file holds an XML type definition, which Office files never do. "
                    "It was refused as unsafe."
                )


def _office_type(names: list[str]) -> MediaType:
    if "[Content_Types].xml" in names:
        for folder, media_type in FOLDERS.items():
            if any(name.startswith(folder) for name in names):
                return media_type
    raise UnreadableDocument(
        "The file is a zip archive, not an Office document. Unpack it and upload its files."
    )
