"""The parts of a PDF that pypdf reads after its text: page labels, attached files, XFA forms.

PDFium could read them too, but ends the process if page labels contain themselves, or if a file of
some kilobytes unpacks to hundreds of megabytes. pypdf raises an error instead.
"""

import hashlib
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import pypdfium2 as pdfium
from pypdf import PdfReader, apply_configuration
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    EmbeddedFile,
    NameObject,
    PdfObject,
    StreamObject,
)

from core.domain.knowledge import LeftOut, Page, ParsedDocument
from core.errors import UnreadableDocument
from ingestion.parsers.building import one_line, stem, storable
from ingestion.parsers.mail.attachments import (
    LIMITS,
    MAX_ATTACHMENTS,
    AttachmentReader,
    with_attachments,
)
from ingestion.parsers.mail.letters import Attachment
from ingestion.parsers.pdf.document import DAMAGED, opened
from ingestion.parsers.pdf.facts import FORMS, enclosed
from ingestion.parsers.pdf.forms import with_values
from ingestion.parsers.pdf.scans import is_blank
from ingestion.parsers.pdf.time_limit import OutOfTime, TimeLimit
from ingestion.parsers.pdf.xfa import MAX_PACKET, XfaForm, read_xfa
from ingestion.parsers.quality import page_quality
from ingestion.parsers.unread import FILES

# `iv`, `A-3`, `S. 12`; a sentence would reach readers, and models, unchecked.
PRINTED = re.compile(r"(?=.{1,12}$)\w+([ .–/-]{1,2}\w+)*")
# pypdf opens an object in some ten microseconds, so this takes at most a tenth of a second.
MAX_OBJECTS = 10_000
LAST_TABLE = re.compile(rb"startxref\s+(\d{1,10})")
SIZE = re.compile(rb"/Size\s+(\d{1,10})")
TAIL = 1_024
# The time for pypdf, for which the text of the file waits. It opens 39,000 objects in 0.4 seconds;
# a file that is built to delay it takes whatever it is given.
SECONDS = 5.0
MAX_NODES, MAX_ANNOTATIONS = 5_000, 5_000


def may_hold_more(content: bytes, document: ParsedDocument | None) -> bool:
    """Tells whether pypdf is worth its time; `document` is None if PDFium found no text."""
    if document is None:
        try:
            with opened(content) as opened_:
                return bool(enclosed(opened_))
        except UnreadableDocument:
            return False
    is_counted = _counted(document, FILES) or _counted(document, FORMS)
    return bool(is_counted) or _has_labels(content)


def with_more(content: bytes, file_name: str, document: ParsedDocument | None) -> ParsedDocument:
    """Add what else is in the file; what fails stays among what was left out.

    Raises UnreadableDocument if `document` is None and nothing else holds any text either.
    """
    read = document or _pages_without_text(content, file_name)
    with apply_configuration(
        zlib_maximum_output_length=LIMITS.max_bytes,
        xfa_decoding_work_maximum_length=2 * MAX_PACKET,
    ):
        limit = TimeLimit(SECONDS)
        reader = _opened(content, limit)
        for add in (_with_labels, _with_form, _with_files):
            read = _tried(partial(add, reader, read, limit), read)
    if not read.text.strip():
        raise UnreadableDocument("The attachments of the file contain no readable text.")
    return read


def _opened(content: bytes, limit: TimeLimit) -> PdfReader:
    try:
        with limit.running():
            return PdfReader(io.BytesIO(content))
    except MemoryError:
        raise
    except (Exception, OutOfTime) as error:  # pypdf raises whatever damage leads to
        raise UnreadableDocument(DAMAGED) from error


def _tried(add: Callable[[], ParsedDocument], document: ParsedDocument) -> ParsedDocument:
    try:
        return add()
    except MemoryError:
        raise
    except (Exception, OutOfTime):  # noqa: BLE001  whatever pypdf raises must not cost what else there is
        return document


def _pages_without_text(content: bytes, file_name: str) -> ParsedDocument:
    with opened(content) as document:
        pages = tuple(_without_text(document, index) for index in range(len(document)))
        return ParsedDocument(stem(file_name), pages, left_out=enclosed(document))


def _without_text(document: pdfium.PdfDocument, index: int) -> Page:
    """Return a page that holds nothing, or an image of text that nobody read."""
    try:
        is_empty = is_blank(document[index])
    except pdfium.PdfiumError:
        is_empty = False
    return Page(index + 1, "", quality=None if is_empty else 0.0)


def _has_labels(content: bytes) -> bool:
    """Tells whether the file names page labels, or a packed catalogue worth opening may."""
    if b"/PageLabels" in content:
        return True
    return b"/Catalog" not in content and 0 < _objects(content) <= MAX_OBJECTS


def _objects(content: bytes) -> int:
    """Return how many objects the last table of the file lists, 0 if that is unknown."""
    offsets = LAST_TABLE.findall(content[-TAIL:])
    at = int(offsets[-1]) if offsets else len(content)
    size = SIZE.search(content, at, at + TAIL)
    return int(size[1]) if size else 0


def _with_labels(reader: PdfReader, document: ParsedDocument, limit: TimeLimit) -> ParsedDocument:
    """Names pages whose printed number differs from their own with both numbers."""
    with limit.running():
        printed = reader.page_labels if "/PageLabels" in reader.root_object else []
    if len(printed) != len(document.pages):
        return document
    pages = zip(document.pages, printed, strict=True)
    return replace(document, pages=tuple(_labelled(page, label) for page, label in pages))


def _labelled(page: Page, label: str) -> Page:
    printed = one_line(storable(label))
    if printed == str(page.number) or not PRINTED.fullmatch(printed):
        return page
    return replace(page, label=f"page {page.number} (printed {printed})")


def _with_form(reader: PdfReader, document: ParsedDocument, limit: TimeLimit) -> ParsedDocument:
    """Add the words and values of an XFA form to page 1, unless a page holds them."""
    with limit.running():
        packets = _packets(reader) if _counted(document, FORMS) else None
        is_hollow = bool(_entry(reader.root_object, "/NeedsRendering"))
    form = XfaForm() if packets is None else read_xfa(packets)
    first, text = document.pages[0], document.pages[0].text
    if is_hollow:  # else the pages show the form
        if not (form.words or form.lines):
            return document
        text = "\n".join([text, "", *form.words]).strip("\n")
    filled = {line.partition(": ")[2] for page in document.pages for line in page.text.split("\n")}
    lines = [line for line in form.lines if line.partition(": ")[2] not in filled]
    text = with_values(text, lines, beside=document.text)
    pages = (_reworded(first, text), *document.pages[1:])
    return replace(document, pages=pages, left_out=_others(document, FORMS))


def _reworded(page: Page, text: str) -> Page:
    if text == page.text:
        return page
    return replace(page, text=text, quality=page.quality or page_quality(text))


def _packets(reader: PdfReader) -> Mapping[str, bytes]:
    """Return the XML of the form: packets with names, or one stream that holds them all."""
    stored = _entry(_entry(reader.root_object, "/AcroForm"), "/XFA")
    return {"": stored.get_data()} if isinstance(stored, StreamObject) else reader.xfa or {}


def _counted(document: ParsedDocument, kind: str) -> int:
    return sum(part.count for part in document.left_out if part.what == kind)


def _others(document: ParsedDocument, kind: str) -> tuple[LeftOut, ...]:
    return tuple(part for part in document.left_out if part.what != kind)


def _with_files(reader: PdfReader, document: ParsedDocument, limit: TimeLimit) -> ParsedDocument:
    """Add attached files as further pages, as for e-mails; those not read are counted."""
    if not _counted(document, FILES):
        return document
    attachments = AttachmentReader(depth=0)
    with limit.running():
        specifications = _specifications(reader, _counted(document, FILES))
    if not specifications:
        return document
    seen: set[bytes] = set()
    documents: list[tuple[str, ParsedDocument]] = []
    unread = max(len(specifications) - MAX_ATTACHMENTS, 0)
    room = LIMITS.max_unpacked_bytes
    for specification in specifications[:MAX_ATTACHMENTS]:
        file = _attachment(specification, limit) if room > 0 else None
        if file is None:
            unread += 1
            continue
        digest = hashlib.sha256(file.content).digest()
        if digest not in seen:  # one file may be attached to the document and to a page
            seen.add(digest)
            room -= len(file.content)
            attachment = attachments.read(file)
            documents += attachment.documents
            unread += attachment.refused or not attachment.documents
    others = _others(document, FILES)
    left_out = (*others, LeftOut(FILES, unread)) if unread else others
    return with_attachments(replace(document, left_out=left_out), documents)


def _attachment(specification: DictionaryObject | None, limit: TimeLimit) -> Attachment | None:
    """Return the file of a specification, None if it is damaged or lies outside."""
    if specification is None:
        return None
    try:
        with limit.running():
            file = EmbeddedFile("", specification)
            name = one_line(str(file.alternative_name or "")) or "attachment"
            return Attachment(name, file.content)
    except MemoryError:
        raise
    except (Exception, OutOfTime):  # noqa: BLE001  one damaged file must not cost the others
        return None


def _specifications(reader: PdfReader, expected: int) -> list[DictionaryObject | None]:
    """Return the specifications of attached files: the document's, then its pages'.

    The pages are examined only if more files are expected.
    """
    names = _entry(_entry(reader.root_object, "/Names"), "/EmbeddedFiles")
    listed = [known for known in map(_dictionary, _leaves(names)) if known is not None]
    return list(listed) if len(listed) >= expected else [*listed, *_on_pages(reader)]


def _on_pages(reader: PdfReader) -> Iterator[DictionaryObject | None]:
    for page in reader.pages:
        for annotation in _list(page, "/Annots")[:MAX_ANNOTATIONS]:
            if _entry(annotation.get_object(), "/Subtype") == NameObject("/FileAttachment"):
                yield _dictionary(_entry(annotation.get_object(), "/FS"))


def _leaves(root: PdfObject | None) -> Iterator[PdfObject]:
    """Yield the values of a name tree, without recursion; a repeated node ends its branch."""
    seen: set[int] = set()
    nodes = [root]
    while nodes and len(seen) < MAX_NODES:
        node = _dictionary(nodes.pop())
        if node is not None and id(node) not in seen:
            seen.add(id(node))
            yield from _list(node, "/Names")[1::2]
            nodes += reversed(_list(node, "/Kids")[:MAX_NODES])


def _entry(node: PdfObject | None, key: str) -> PdfObject | None:
    return node[key] if isinstance(node, DictionaryObject) and key in node else None


def _list(node: PdfObject | None, key: str) -> Sequence[PdfObject]:
    entry = _entry(node, key)
    return entry if isinstance(entry, ArrayObject) else ()


def _dictionary(value: PdfObject | None) -> DictionaryObject | None:
    resolved = value.get_object() if isinstance(value, PdfObject) else None
    return resolved if isinstance(resolved, DictionaryObject) else None
