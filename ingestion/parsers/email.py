"""E-mails: the headers people read, then the text; attachments are named, not opened."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart

from selectolax.lexbor import LexborHTMLParser

from core.domain.knowledge import ParsedDocument
from ingestion.encoding import decode, encoding_of
from ingestion.parsers.building import build, one_line, tidy
from ingestion.parsers.html import readable_text

HEADERS = ("Subject", "From", "To", "Cc", "Date")


def parse(content: bytes, file_name: str) -> ParsedDocument:
    """One page; the title is the subject."""
    message = message_from_bytes(_ascii_compatible(content), EmailMessage, policy=policy.default)
    lines = [f"{name}: {value}" for name in HEADERS if (value := _header(message, name))]
    attached = [name for part in _attachments(message) if (name := _file_name(part))]
    if attached:
        lines.append(f"Attachments: {', '.join(attached)}")
    text = "\n".join(lines) + "\n\n" + _body(message)
    return build([(tidy(text), "page")], file_name, titles=[_header(message, "Subject")])


def _ascii_compatible(content: bytes) -> bytes:
    """Some programs save whole e-mails as UTF-16, which the standards do not know."""
    encoding = encoding_of(content) or ""
    is_wide = encoding.startswith(("utf-16", "utf-32", "utf-8-sig"))
    return content.decode(encoding, "replace").encode() if is_wide else content


def _header(message: EmailMessage, name: str) -> str:
    # The standard library raises many different errors on headers that break the standards.
    try:
        return one_line(str(message.get(name) or ""))
    except (ValueError, IndexError, AttributeError, TypeError, LookupError):
        raw = dict(message.raw_items()).get(name, "")
        return one_line(str(raw))


def _body(message: EmailMessage) -> str:
    part = _main_part(message)
    if part is None:
        return ""
    text = _text(part)
    return readable_text(LexborHTMLParser(text)) if _is_html(part) else text


def _main_part(message: EmailMessage) -> MIMEPart | None:
    try:
        found = message.get_body(("plain", "html"))
    except (ValueError, KeyError, AttributeError, LookupError):
        found = None
    if found is not None and _text(found).strip():
        return found
    readable = (p for p in _parts(message) if p.get_content_maintype() == "text")
    return next((p for p in readable if _text(p).strip() and not p.is_attachment()), None)


def _text(part: MIMEPart) -> str:
    try:
        return str(part.get_content())
    except (LookupError, ValueError, AttributeError):
        payload = part.get_payload(decode=True)
        return decode(payload) if isinstance(payload, bytes) else ""


def _is_html(part: MIMEPart) -> bool:
    return part.get_content_subtype() == "html"


def _attachments(message: EmailMessage) -> Iterator[EmailMessage]:
    return (part for part in _parts(message) if not part.is_multipart() and _file_name(part))


def _parts(message: EmailMessage) -> Iterator[EmailMessage]:
    return (part for part in message.walk() if isinstance(part, EmailMessage))


def _file_name(part: EmailMessage) -> str:
    try:
        return one_line(part.get_filename() or "")
    except (ValueError, IndexError, AttributeError, LookupError):
        return ""
