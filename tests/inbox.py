"""A real mail server for tests, and what it took."""

from asyncio import Server
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from core.mail import MailSecurity, MailServer

HOST = "127.0.0.1"


class Inbox:
    """What a mail server took; addresses in `refused` do not exist there."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refused: set[str] = set()

    async def handle_RCPT(  # noqa: N802  the name that aiosmtpd calls
        self, _server: object, _session: object, envelope: Envelope, address: str, *_: object
    ) -> str:
        if address in self.refused:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  the name that aiosmtpd calls
        self, _server: object, _session: object, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def texts(self) -> list[str]:
        return [mail.get_content() for mail in self.mails]


class FreePort(Controller):
    """A controller that knocks at the port that it was given."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]  # aiosmtpd has few types


@contextmanager
def mail_server(inbox: Inbox, **options: Any) -> Iterator[MailServer]:  # noqa: ANN401  of aiosmtpd
    controller = FreePort(inbox, hostname=HOST, port=0, **options)
    controller.start()
    try:
        yield MailServer(HOST, controller.port, MailSecurity.NONE, timeout_s=5)
    finally:
        controller.stop()
