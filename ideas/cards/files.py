"""Where the contents of attachments lie, each once, as long as an idea or a draft has it."""

from collections.abc import Collection
from typing import Protocol

from sqlalchemy import text
from sqlmodel import Session, col, select

from core.storage.tables import IdeaAttachmentRow


class Files(Protocol):
    """Where the contents lie; see core.storage.originals.OriginalFiles."""

    def put(self, content: bytes) -> str: ...

    def get(self, sha256: str) -> bytes: ...

    def remove(self, sha256: str) -> None: ...


FILES_LOCK = 7_260_014
"""The lock under which files come and go, so that none is removed while it is added again."""


def take_turns(session: Session) -> None:
    """Wait for others who add or remove files; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(text(f"SELECT pg_advisory_xact_lock({FILES_LOCK})"))


def drop_unused(session: Session, files: Files, hashes: Collection[str]) -> None:
    """Remove the contents that no idea and no draft has any more."""
    session.flush()
    used = select(IdeaAttachmentRow.sha256).where(col(IdeaAttachmentRow.sha256).in_(hashes))
    for sha256 in set(hashes) - set(session.exec(used).all()):
        files.remove(sha256)


def hashes_of_draft(session: Session, draft_id: str) -> frozenset[str]:
    """Return the hashes of a draft's files."""
    of_it = select(IdeaAttachmentRow.sha256).where(IdeaAttachmentRow.draft_id == draft_id)
    return frozenset(session.exec(of_it).all())
