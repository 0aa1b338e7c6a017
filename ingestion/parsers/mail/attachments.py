"""The document made of an e-mail: a page of its own, then the pages of its attachments."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.domain.knowledge import (
    EARLIER_MESSAGES,
    NUMBERED_LABELS,
    HiddenText,
    Page,
    ParsedDocument,
)
from core.errors import UnreadableDocument
from ingestion.files.archives import UploadLimits
from ingestion.files.media import MediaType
from ingestion.files.unpacking import Member, RefusedMember, members
from ingestion.files.validation import safe_name, validate
from ingestion.parsers.building import MAX_CHARACTERS, MAX_LABEL, build, tidy
from ingestion.parsers.mail.letters import Attachment, Letter
from ingestion.parsers.registry import Parse, parser_for
from ingestion.parsers.unread import FILES, Unread

MAX_DEPTH = 3
MAX_ATTACHMENTS = 100
LIMITS = UploadLimits()
TOO_DEEP = "it is nested too deeply"
TOO_MUCH = "the e-mail already contains too much text"
DAMAGED = "it is damaged"


def letter_document(letter: Letter, file_name: str, depth: int = 0) -> ParsedDocument:
    """Build a document: the e-mail is page 1 and names each unreadable attachment's reason.

    `depth` counts the files around it. Raises UnreadableDocument if neither the e-mail nor an
    attachment holds any text.
    """
    reader = AttachmentReader(depth)
    read = [reader.read(enclosed) for enclosed in letter.enclosed[:MAX_ATTACHMENTS]]
    passed_over = max(len(letter.enclosed) - MAX_ATTACHMENTS, 0)
    unread = Unread({FILES: passed_over + sum(attachment.refused for attachment in read)})
    lines = [f"{name}: {value}" for name, value in letter.headers]
    if read:
        lines.append(f"Attachments: {', '.join(attachment.note for attachment in read)}")
    pages = [(tidy("\n".join(lines) + "\n\n" + letter.body.now), "page")]
    if letter.body.earlier.strip():
        pages.append((letter.body.earlier, EARLIER_MESSAGES))
    document = build(pages, file_name, titles=[letter.subject], left_out=unread.left_out())
    return with_attachments(
        document, [inner for attachment in read for inner in attachment.documents]
    )


@dataclass(frozen=True, slots=True)
class ReadAttachment:
    """The result for an attachment: how the e-mail names it, and its documents by name.

    Without documents, it could not be read. `refused` counts unread files of an archive.
    """

    note: str
    documents: tuple[tuple[str, ParsedDocument], ...] = ()
    refused: int = 0


class AttachmentReader:
    """The reader for the attachments of a file inside `depth` others; it adds up their text."""

    def __init__(self, depth: int) -> None:
        self._depth = depth
        self._characters = 0

    def read(self, enclosed: Attachment | Letter) -> ReadAttachment:
        """Read an attachment; the note holds the reason if it cannot be read."""
        name = enclosed.name if isinstance(enclosed, Letter) else safe_name(enclosed.name)
        try:
            return self._read(name, enclosed)
        except UnreadableDocument as error:
            return ReadAttachment(f"{name} (not readable: {_short(str(error))})")

    def _read(self, name: str, enclosed: Attachment | Letter) -> ReadAttachment:
        if isinstance(enclosed, Letter):
            document = self._counted(self._letter(enclosed, name))
            return ReadAttachment(name, ((name, document),))
        media_type = validate(name, enclosed.content, LIMITS)
        if media_type is MediaType.ZIP:
            return self._archive(name, enclosed.content)
        document = self._counted(self._file(media_type, enclosed.content, name))
        return ReadAttachment(name, ((name, document),))

    def _archive(self, name: str, content: bytes) -> ReadAttachment:
        """Read the files of an archive; one that cannot be read is counted and costs no other."""
        documents: list[tuple[str, ParsedDocument]] = []
        refused = 0
        for member in members(name, content, LIMITS):
            try:
                documents.append((member.path, self._member(member)))
            except UnreadableDocument:
                refused += 1
        return ReadAttachment(name, tuple(documents), refused)

    def _member(self, member: Member | RefusedMember) -> ParsedDocument:
        if isinstance(member, RefusedMember):
            raise UnreadableDocument(member.reason)
        return self._counted(self._file(member.media_type, member.content, member.path))

    def _file(self, media_type: MediaType, content: bytes, name: str) -> ParsedDocument:
        match media_type:
            case MediaType.EMAIL | MediaType.MSG:
                return _parsed(parser_for(media_type, depth=self._deeper()), content, name)
            case MediaType.JSONL:
                return parser_for(MediaType.JSON)(content, name)
            case _:
                return _parsed(parser_for(media_type), content, name)

    def _letter(self, letter: Letter, name: str) -> ParsedDocument:
        return letter_document(letter, name, self._deeper())

    def _deeper(self) -> int:
        """Return how deep an e-mail in this file lies; raises UnreadableDocument if too deep."""
        if self._depth + 1 >= MAX_DEPTH:
            raise UnreadableDocument(TOO_DEEP)
        return self._depth + 1

    def _counted(self, document: ParsedDocument) -> ParsedDocument:
        self._characters += document.character_count
        if self._characters > MAX_CHARACTERS:
            raise UnreadableDocument(TOO_MUCH)
        return document


def _parsed(parse: Parse, content: bytes, name: str) -> ParsedDocument:
    try:
        return parse(content, name)
    except (UnreadableDocument, MemoryError):
        raise
    except Exception as error:  # one attachment must not take the e-mail with it
        raise UnreadableDocument(DAMAGED) from error


def with_attachments(
    document: ParsedDocument, attached: Sequence[tuple[str, ParsedDocument]]
) -> ParsedDocument:
    """Append the pages of attached documents, by name, and add what was left out of them."""
    pages: list[Page] = list(document.pages)
    hidden: list[HiddenText] = list(document.hidden)
    for name, inner in attached:
        before = len(pages)
        pages.extend(
            replace(page, number=before + page.number, label=_label(name, page, inner))
            for page in inner.pages
        )
        hidden.extend(replace(text, page=before + text.page) for text in inner.hidden)
    parts = (part for source in (document, *(d for _, d in attached)) for part in source.left_out)
    return replace(
        document, pages=tuple(pages), hidden=tuple(hidden), left_out=Unread().left_out(*parts)
    )


def _label(name: str, page: Page, document: ParsedDocument) -> str:
    """Return `attachment report.pdf, page 3`; the name is cut where both are too long."""
    label = page.label
    if label in NUMBERED_LABELS:
        is_one_of_many = sum(other.label == label for other in document.pages) > 1
        label = f"{label} {page.number}" if is_one_of_many or label != "page" else ""
    label = f", {label}"[: MAX_LABEL // 2] if label else ""
    room = MAX_LABEL - len("attachment ") - len(label)
    return f"attachment {name if len(name) <= room else name[: room - 1] + '…'}{label}"


def _short(reason: str) -> str:
    """Return the first sentence in a form that fits inside another one."""
    first = reason.split(". ", 1)[0].rstrip(".")
    return first[:1].lower() + first[1:]
