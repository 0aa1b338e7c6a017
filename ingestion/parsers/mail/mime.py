"""The MIME parts of an e-mail: its text, its enclosures, and what is of no use."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import tzinfo
from email.message import EmailMessage, Message
from email.utils import parsedate_to_datetime

from core.errors import UnreadableDocument
from ingestion.files.encoding import decode
from ingestion.parsers.building import one_line
from ingestion.parsers.mail.history import MessageText, split_html, split_text
from ingestion.parsers.mail.invitation import invitation
from ingestion.parsers.mail.letters import Attachment

MAX_NESTING = 20
ENCRYPTED = (
    "The e-mail is encrypted. Open it in your mail program and save its text as PDF or .txt."
)
OPAQUE = (
    "The e-mail is signed in a way that only mail programs can open. "
    "Open it there and save it as PDF or .txt."
)
PGP = "-----BEGIN PGP MESSAGE-----"
# Below this share of the length of the HTML, the plain alternative is only a stub.
STUB = 0.4
SIGNATURES = {"pkcs7-signature", "x-pkcs7-signature", "pgp-signature", "pgp-keys", "pgp-encrypted"}
# Reports of mail servers and programs about what was delivered and read.
REPORTS = ("message/delivery-status", "message/disposition-notification")
# Extensions for parts without a name; other formats are not readable anyway.
ENDINGS = {
    "application/pdf": ".pdf",
    "text/html": ".html",
    "text/csv": ".csv",
    "text/calendar": ".ics",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/tiff": ".tif",
}


@dataclass(slots=True)
class Parts:
    """The texts of an e-mail and its enclosures, in their order."""

    zone: tzinfo | None = None
    """The zone where the e-mail was sent, in which the times of invitations are shown."""
    texts: list[MessageText] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    enclosed: list[Attachment | EmailMessage] = field(default_factory=list)

    @property
    def text(self) -> MessageText:
        """All texts together, with earlier messages kept apart and invitations at the end."""
        now = [*(text.now for text in self.texts), *dict.fromkeys(self.events)]
        return MessageText(
            "\n\n".join(text for text in now if text.strip()),
            "\n\n".join(text.earlier for text in self.texts if text.earlier.strip()),
        )


def read_parts(message: EmailMessage) -> Parts:
    """Sorts the parts of an e-mail; raises UnreadableDocument if it is encrypted."""
    parts = Parts(_zone(message))
    _read(message, parts, 0)
    return parts


def is_stub(text: str, *, of: str) -> bool:
    """Tells whether `text` is so much shorter than `of` that it cannot stand for it."""
    return len(text.strip()) < STUB * len(of.strip())


def _read(part: Message, parts: Parts, depth: int) -> None:
    kind, subtype = part.get_content_maintype(), part.get_content_subtype()
    if depth > MAX_NESTING:
        return
    if kind == "multipart":
        _read_multipart(part, subtype, parts, depth)
    elif subtype in ("pkcs7-mime", "x-pkcs7-mime"):
        is_signed = "signed" in str(part.get_param("smime-type") or "").lower()
        raise UnreadableDocument(OPAQUE if is_signed else ENCRYPTED)
    elif part.get_content_type() == "message/rfc822":
        parts.enclosed.extend(p for p in _children(part) if isinstance(p, EmailMessage))
    elif part.get_content_type() in REPORTS:
        parts.texts.append(MessageText("\n".join(_report(part)), ""))
    elif subtype == "calendar" and (event := invitation(_decoded(part), parts.zone)):
        parts.events.append(event)
    elif kind == "text" and not _is_attached(part):
        parts.texts.append(_text(part))
    elif subtype not in SIGNATURES and not _is_inline_picture(part):
        _enclose(part, parts)


def _read_multipart(part: Message, subtype: str, parts: Parts, depth: int) -> None:
    children = _children(part)
    match subtype:
        case "encrypted":
            raise UnreadableDocument(ENCRYPTED)
        case "alternative":
            _read_alternative(children, parts, depth)
        case "related":  # the text, then the pictures in it
            for child in children[:1]:
                _read(child, parts, depth + 1)
            for child in children[1:]:
                if child.get_content_maintype() != "image":
                    _read(child, parts, depth + 1)
        case _:
            for child in children:
                _read(child, parts, depth + 1)


def _read_alternative(children: list[Message], parts: Parts, depth: int) -> None:
    """Read the fullest alternative; plain text wins where it says as much as the HTML."""
    alternatives = [Parts(parts.zone) for _ in children]
    for child, alternative in zip(children, alternatives, strict=True):
        _read(child, alternative, depth + 1)
    best = Parts()
    for alternative in alternatives:
        if is_stub(_words(best), of=_words(alternative)):
            best = alternative
    parts.texts.extend(best.texts)
    for alternative in alternatives:
        parts.events.extend(alternative.events)
        parts.enclosed.extend(alternative.enclosed)


def _report(part: Message) -> Iterator[str]:
    """Yield what a mail server reports: the fields of the delivery, then of each recipient."""
    for group in _children(part):
        yield from (f"{name}: {one_line(str(value))}" for name, value in group.raw_items())


def _words(parts: Parts) -> str:
    return "".join(text.now + text.earlier for text in parts.texts)


def _zone(message: EmailMessage) -> tzinfo | None:
    try:
        return parsedate_to_datetime(str(message.get("Date") or "")).tzinfo
    except (ValueError, IndexError, AttributeError, TypeError, LookupError, RecursionError):
        return None


def _children(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [p for p in payload if isinstance(p, Message)] if isinstance(payload, list) else []


def _text(part: Message) -> MessageText:
    text = _decoded(part)
    if text.lstrip().startswith(PGP):
        raise UnreadableDocument(ENCRYPTED)
    return split_html(text) if part.get_content_subtype() == "html" else split_text(text)


def _decoded(part: Message) -> str:
    """Return the words of a text part; UTF-8 is recognised whatever the part declares."""
    stored = _bytes(part)
    try:
        if not stored.isascii():  # pure ASCII may be ISO-2022 or UTF-7
            return stored.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return str(part.get_content()) if isinstance(part, EmailMessage) else ""
    except (LookupError, ValueError, AttributeError, TypeError):
        return decode(stored)


def _bytes(part: Message) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, AttributeError, TypeError, LookupError):
        payload = None
    return payload if isinstance(payload, bytes) else b""


def _enclose(part: Message, parts: Parts) -> None:
    name = file_name(part)
    if not name:
        ending = ENDINGS.get(part.get_content_type(), f".{part.get_content_subtype()}")
        name = f"part {len(parts.enclosed) + 1}{ending}"
    parts.enclosed.append(Attachment(name, _bytes(part)))


def file_name(part: Message) -> str:
    """Return the name a part was given, on one line; empty if it has none."""
    try:
        return one_line(part.get_filename() or "")
    except (ValueError, IndexError, AttributeError, LookupError, TypeError):
        return ""


def _is_attached(part: Message) -> bool:
    try:
        disposition = part.get_content_disposition()
    except (ValueError, IndexError, AttributeError, LookupError, TypeError):
        disposition = None
    return disposition == "attachment" or (disposition != "inline" and bool(file_name(part)))


def _is_inline_picture(part: Message) -> bool:
    is_picture = part.get_content_maintype() == "image"
    return is_picture and not _is_attached(part)
