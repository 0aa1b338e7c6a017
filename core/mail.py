"""Sends mail over SMTP."""

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from enum import StrEnum
from typing import Protocol

from core.errors import MailUnavailable


class MailSecurity(StrEnum):
    """How a connection to the mail server is protected."""

    STARTTLS = "starttls"
    """Plain at first, encrypted before anything is said."""
    TLS = "tls"
    """Encrypted from the first byte."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over, and as whom; without `username` nobody signs in."""

    host: str
    port: int
    security: MailSecurity = MailSecurity.STARTTLS
    username: str = ""
    password: str = field(default="", repr=False)
    timeout_s: float = 10.0


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail of plain text to one person."""

    to: str
    subject: str
    text: str


class Mailer(Protocol):
    """Sends mail."""

    def send(self, mails: Sequence[Mail]) -> list[Mail]:
        """Return those that were taken; raise MailUnavailable."""
        ...


class SmtpMailer:
    """A Mailer that opens one connection for each call."""

    def __init__(
        self, server: MailServer, sender: str, context: ssl.SSLContext | None = None
    ) -> None:
        """Take the server, whose certificate is checked; `context` has other authorities."""
        self._server = server
        self._sender = sender
        self._context = context or ssl.create_default_context()

    def send(self, mails: Sequence[Mail]) -> list[Mail]:
        """Hand the mails over, and return those that the server took.

        A mail that the server refuses for its recipient is left out. Raises MailUnavailable if the
        server cannot be reached, is not trusted, or refuses the sign-in or all mails.
        """
        sent: list[Mail] = []
        try:
            with self._opened() as connection:
                self._sign_in(connection)
                for mail in mails:
                    if self._took(connection, mail):
                        sent.append(mail)
        except (smtplib.SMTPException, OSError) as error:
            raise MailUnavailable(
                f"The mail server {self._server.host} did not take the mail "
                f"({type(error).__name__}). Nothing is lost: it is tried again later. Check the "
                "settings that begin with SANDBOX_MAIL__."
            ) from error
        return sent

    def check(self) -> None:
        """Connect and sign in, without a mail; raise MailUnavailable."""
        self.send([])

    def _opened(self) -> smtplib.SMTP:
        server = self._server
        if server.security is MailSecurity.TLS:
            return smtplib.SMTP_SSL(
                server.host, server.port, timeout=server.timeout_s, context=self._context
            )
        return smtplib.SMTP(server.host, server.port, timeout=server.timeout_s)

    def _sign_in(self, connection: smtplib.SMTP) -> None:
        server = self._server
        if server.security is MailSecurity.STARTTLS:
            connection.starttls(context=self._context)
        if server.username:
            connection.login(server.username, server.password)

    def _took(self, connection: smtplib.SMTP, mail: Mail) -> bool:
        try:
            connection.send_message(self._message(mail))
        except smtplib.SMTPRecipientsRefused:
            return False
        return True

    def _message(self, mail: Mail) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = mail.to
        message["Subject"] = " ".join(mail.subject.split())
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=self._sender.rpartition("@")[2] or None)
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies
        message.set_content(mail.text)
        return message
