"""Outlook messages, read like e-mails."""

import io
from collections.abc import Iterator
from email import message_from_string, policy
from email.message import EmailMessage

from olefile import OleFileIO
from oxmsg.domain import constants as named
from oxmsg.domain.model import ATTACH_HDR_OFFSET, MSG_HDR_OFFSET, RECIP_HDR_OFFSET
from oxmsg.properties import Properties
from oxmsg.storage import Storage

from core.domain.knowledge import ParsedDocument
from core.errors import UnreadableDocument
from ingestion.parsers.building import one_line
from ingestion.parsers.damage import damaged_if_it_fails
from ingestion.parsers.mail.attachments import letter_document
from ingestion.parsers.mail.email import HEADERS, header, read_letter
from ingestion.parsers.mail.history import MessageText, split_html, split_text
from ingestion.parsers.mail.letters import Attachment, Letter
from ingestion.parsers.mail.mime import ENCRYPTED, OPAQUE, is_stub
from ingestion.parsers.web.html import decode_html, html_text

DAMAGED = "The Outlook message is damaged. Save it again and upload it."
# MS-OXMSG 2.4.1.2: a message inside a message has a shorter header than the outermost one.
ENCLOSED_HDR_OFFSET = 24
ENCLOSED_STORAGE = "__substg1.0_3701000D"
MAX_DEPTH = 5
RECIPIENT_TYPE = 0x0C15
SHORT_FILE_NAME = 0x3704
CONTENT_ID = 0x3712
RECIPIENTS = {1: "To", 2: "Cc", 3: "Bcc"}


def parse(content: bytes, file_name: str, depth: int = 0) -> ParsedDocument:
    """Read the message as page 1, then its attachments; the title is the subject.

    `depth` counts the files around it.
    """
    return letter_document(read_message(content), file_name, depth)


def read_message(content: bytes) -> Letter:
    """Take the message apart; raises UnreadableDocument if it is damaged or encrypted."""
    with damaged_if_it_fails(DAMAGED), OleFileIO(io.BytesIO(content)) as file:
        return _letter(Storage.from_ole(file), MSG_HDR_OFFSET, 1)


def _letter(storage: Storage, offset: int, depth: int) -> Letter:
    properties = Properties(storage, properties_header_offset=offset)
    sent_headers = _sent_headers(properties)
    enclosed = tuple(_enclosed(storage, depth))
    kind = (properties.str_prop_value(named.PID_MESSAGE_CLASS) or "").upper()
    if "SMIME" in kind or sent_headers.get_content_type() == "multipart/encrypted":
        return _secured(enclosed, is_signed="MULTIPARTSIGNED" in kind)
    subject = one_line(properties.str_prop_value(named.PID_SUBJECT) or "")
    headers = tuple(_headers(subject, storage, properties, sent_headers))
    return Letter(subject, headers, _body(properties), enclosed)


def _secured(enclosed: tuple[Attachment | Letter, ...], *, is_signed: bool) -> Letter:
    """Read a signed message, whose attachment is the whole e-mail."""
    first = next((e for e in enclosed if isinstance(e, Attachment)), None)
    if not is_signed or first is None:
        raise UnreadableDocument(OPAQUE if is_signed else ENCRYPTED)
    return read_letter(first.content)


def _sent_headers(properties: Properties) -> EmailMessage:
    """Return the headers the message was sent with; none if it never left the mail server."""
    stored = properties.str_prop_value(named.PID_TRANSPORT_MESSAGE_HEADERS) or ""
    return message_from_string(stored.lstrip(), EmailMessage, policy=policy.default)


def _headers(
    subject: str, storage: Storage, properties: Properties, sent: EmailMessage
) -> Iterator[tuple[str, str]]:
    own = {"Subject": subject, "From": _sender(properties), "Date": _date(properties)}
    for name, people in _recipients(storage).items():
        own[name] = ", ".join(people)
    for name in HEADERS:
        value = own.get(name) if name == "Subject" else header(sent, name) or own.get(name)
        if value:
            yield name, value


def _sender(properties: Properties) -> str:
    name = properties.str_prop_value(named.PID_SENDER_NAME) or ""
    address = properties.str_prop_value(named.PID_SENDER_SMTP_ADDRESS) or ""
    address = address or properties.str_prop_value(named.PID_SENDER_EMAIL_ADDRESS) or ""
    return _person(name, address)


def _date(properties: Properties) -> str:
    sent = properties.date_prop_value(named.PID_CLIENT_SUBMIT_TIME)
    return sent.strftime("%a, %d %b %Y %H:%M:%S %z") if sent else ""


def _recipients(storage: Storage) -> dict[str, list[str]]:
    recipients: dict[str, list[str]] = {}
    for recipient in storage.iter_recipient_storages():
        properties = Properties(recipient, properties_header_offset=RECIP_HDR_OFFSET)
        kind = RECIPIENTS.get(properties.int_prop_value(RECIPIENT_TYPE) or 1, "To")
        name = properties.str_prop_value(named.PID_DISPLAY_NAME) or ""
        address = properties.str_prop_value(named.PID_SMTP_ADDRESS) or ""
        address = address or properties.str_prop_value(named.PID_EMAIL_ADDRESS) or ""
        recipients.setdefault(kind, []).append(_person(name, address))
    return recipients


def _person(name: str, address: str) -> str:
    is_address = "@" in address and address != name
    return one_line(f"{name} <{address}>" if name and is_address else name or address)


def _body(properties: Properties) -> MessageText:
    plain, html = properties.str_prop_value(named.PID_BODY) or "", _html(properties)
    return split_html(html) if is_stub(plain, of=html_text(html)) else split_text(plain)


def _html(properties: Properties) -> str:
    stored = properties.binary_prop_value(named.PID_HTML)
    if stored is None:
        return properties.str_prop_value(named.PID_BODY_HTML) or ""
    try:
        return stored.decode(properties.body_encoding)
    except (LookupError, UnicodeDecodeError):
        return decode_html(stored)


def _enclosed(storage: Storage, depth: int) -> Iterator[Attachment | Letter]:
    for attachment in storage.iter_attachment_storages():
        inner = next((s for s in attachment.storages if s.name == ENCLOSED_STORAGE), None)
        if inner is not None and depth < MAX_DEPTH:
            yield _letter(inner, ENCLOSED_HDR_OFFSET, depth + 1)
            continue
        properties = Properties(attachment, properties_header_offset=ATTACH_HDR_OFFSET)
        name = properties.str_prop_value(named.PID_ATTACH_LONG_FILENAME)
        name = name or properties.str_prop_value(SHORT_FILE_NAME) or "attachment"
        content = properties.binary_prop_value(named.PID_ATTACH_DATA_BINARY) or b""
        if not _is_inline_picture(properties, content):
            yield Attachment(one_line(name), content)


def _is_inline_picture(properties: Properties, content: bytes) -> bool:
    """Tells whether it is a picture of the text, such as a logo (MS-OXCMSG 2.2.2.24)."""
    is_picture = (properties.str_prop_value(named.PID_ATTACH_MIME_TAG) or "").startswith("image/")
    return is_picture and bool(properties.str_prop_value(CONTENT_ID)) and bool(content)
