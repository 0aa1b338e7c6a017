"""The parts of an e-mail: what its reader sees, and the files that came with it."""

from __future__ import annotations

from dataclasses import dataclass

from ingestion.files.validation import safe_name
from ingestion.parsers.mail.history import MessageText


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with an e-mail."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail in parts; `headers` are those people read, `enclosed` keeps the order."""

    subject: str
    headers: tuple[tuple[str, str], ...]
    body: MessageText
    enclosed: tuple[Attachment | Letter, ...] = ()

    @property
    def name(self) -> str:
        return safe_name(self.subject) if self.subject else "message"
