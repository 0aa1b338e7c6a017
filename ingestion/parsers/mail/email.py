"""E-mails: the headers that people read, the text, and the pages of the attachments."""

from email import message_from_bytes, policy
from email.message import EmailMessage

from core.domain.knowledge import ParsedDocument
from core.errors import UnreadableDocument
from ingestion.files.encoding import encoding_of
from ingestion.parsers.building import one_line
from ingestion.parsers.mail.attachments import letter_document
from ingestion.parsers.mail.letters import Letter
from ingestion.parsers.mail.mime import Parts, read_parts

MAX_PARTS = 5_000
# The standard library needs hundreds of times the size of a header to parse it.
MAX_HEADER = 50_000
HEADERS = ("Subject", "From", "To", "Cc", "Bcc", "Date")


def parse(content: bytes, file_name: str, depth: int = 0) -> ParsedDocument:
    """Read the e-mail as page 1, then its attachments; the title is the subject.

    `depth` counts the files around it.
    """
    return letter_document(read_letter(content), file_name, depth)


def read_letter(content: bytes) -> Letter:
    """Take the e-mail apart; raises UnreadableDocument if it is encrypted or endless."""
    source = _ascii_compatible(content)
    if source.count(b"\n--") > MAX_PARTS:  # lines that may begin a part
        raise UnreadableDocument(f"The e-mail has more than {MAX_PARTS:,} parts.")
    return _letter(message_from_bytes(source, EmailMessage, policy=policy.default))


def _letter(message: EmailMessage) -> Letter:
    headers = tuple((name, value) for name in HEADERS if (value := header(message, name)))
    parts: Parts = read_parts(message)
    enclosed = tuple(_letter(e) if isinstance(e, EmailMessage) else e for e in parts.enclosed)
    return Letter(header(message, "Subject"), headers, parts.text, enclosed)


def header(message: EmailMessage, name: str) -> str:
    """Return a header on one line, decoded; empty if there is none, cut if it is endless."""
    raw = str(next((v for n, v in message.raw_items() if n.lower() == name.lower()), ""))
    if len(raw) > MAX_HEADER:
        return one_line(raw[:1_000])
    # The standard library raises many different errors on headers that break the standards.
    try:
        return one_line(str(message.get(name) or ""))
    except (ValueError, IndexError, AttributeError, TypeError, LookupError, RecursionError):
        return one_line(raw[:1_000])


def _ascii_compatible(content: bytes) -> bytes:
    """Recodes UTF-16 and UTF-32, in which some programs save whole e-mails, as UTF-8."""
    encoding = encoding_of(content) or ""
    is_wide = encoding.startswith(("utf-16", "utf-32", "utf-8-sig"))
    return content.decode(encoding, "replace").encode() if is_wide else content
