"""The reception of uploads: files are checked, zip archives and JSONL files are split."""

import hashlib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from core.domain.knowledge import Upload
from core.errors import UnreadableDocument
from ingestion.files.archives import UploadLimits
from ingestion.files.media import MediaType
from ingestion.files.unpacking import Member, members
from ingestion.files.validation import safe_name, validate
from ingestion.parsers.building import MAX_TITLE, one_line, stem
from ingestion.parsers.data.record import has_records, read_record
from ingestion.values import Receipt, ReceiptStatus

MAX_KEY = 400
DIGEST = 12


@dataclass(frozen=True, slots=True)
class Incoming:
    """A checked document; `source_key` names it within its collection."""

    source_key: str
    external_id: str | None
    file_name: str
    title: str
    media_type: MediaType
    content: bytes
    sha256: str


def document_key(name: str) -> str:
    """Return the key of a document in its collection: composed (NFC), unique, not too long.

    A decomposed name, as macOS writes it, has the same key.
    """
    composed = unicodedata.normalize("NFC", name)
    if len(composed) <= MAX_KEY:
        return composed
    digest = hashlib.sha256(composed.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST]
    return f"{digest}/{composed[DIGEST + 1 - MAX_KEY :]}"


def received(upload: Upload, limits: UploadLimits) -> Iterator[Incoming | Receipt]:
    """Yield the documents of one upload, with a receipt for each that was refused."""
    name = safe_name(upload.file_name)
    try:
        media_type = validate(name, upload.content, limits)
    except UnreadableDocument as error:
        yield Receipt(name, ReceiptStatus.FAILED, str(error), external_id=upload.external_id)
        return
    match _settled(media_type, upload.content):
        case MediaType.ZIP:
            yield from _unpacked(name, upload, limits)
        case MediaType.JSONL:
            yield from _records(name, upload.content)
        case settled:
            title = one_line(upload.title or "")[:MAX_TITLE] or stem(name)
            key = document_key(upload.source_key or upload.external_id or name)
            external_id = document_key(upload.external_id) if upload.external_id else None
            sha256 = _sha256(upload.content)
            yield Incoming(key, external_id, name, title, settled, upload.content, sha256)


def _unpacked(name: str, upload: Upload, limits: UploadLimits) -> Iterator[Incoming | Receipt]:
    """Yield the files of an archive; the receipt of a refused one names its path in it."""
    try:
        for member in members(name, upload.content, limits):
            if not isinstance(member, Member):
                inner = member.path.removeprefix(f"{name}/")
                yield Receipt(name, ReceiptStatus.FAILED, f"{inner}: {member.reason}")
                continue
            media_type = _settled(member.media_type, member.content)
            if media_type is MediaType.JSONL:
                yield from _records(member.path, member.content)
            else:
                yield _member(upload, member, media_type)
    except UnreadableDocument as error:
        yield Receipt(name, ReceiptStatus.FAILED, str(error))


def _settled(media_type: MediaType, content: bytes) -> MediaType:
    """Return the format to read: JSON lines without records are one JSON document."""
    is_one_document = media_type is MediaType.JSONL and not has_records(content)
    return MediaType.JSON if is_one_document else media_type


def _member(upload: Upload, member: Member, media_type: MediaType) -> Incoming:
    """Build a document from an archive's file; an archive's own id goes before its path."""
    _, _, inner = member.path.partition("/")
    external_id = f"{upload.external_id}/{inner}" if upload.external_id else None
    outer_key = f"{upload.source_key}/{inner}" if upload.source_key else external_id
    key = document_key(outer_key or member.path)
    sha256, title = _sha256(member.content), stem(member.path)
    external_key = external_id and key
    return Incoming(key, external_key, member.path, title, media_type, member.content, sha256)


def _records(name: str, content: bytes) -> Iterator[Incoming | Receipt]:
    is_empty = True
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        record = line.strip()
        if record:
            is_empty = False
            yield _record(name, number, record)
    if is_empty:
        yield Receipt(name, ReceiptStatus.FAILED, "The file is empty. It contains no text.")


def _record(name: str, number: int, line: bytes) -> Incoming | Receipt:
    try:
        record = read_record(line)
    except UnreadableDocument as error:
        return Receipt(name, ReceiptStatus.FAILED, f"Line {number}: {error}")
    if len(record.id) > MAX_KEY:
        reason = f"Line {number}: The “_id” is longer than {MAX_KEY} characters."
        return Receipt(name, ReceiptStatus.FAILED, reason)
    title = record.title[:MAX_TITLE] or record.id[:MAX_TITLE]
    return Incoming(record.id, record.id, name, title, MediaType.RECORD, line, _sha256(line))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
