"""How many files a chat has room for, and how many bytes its person."""

from sqlmodel import Session, col, func, select

from core.domain.governance.attachments import AttachmentTerms
from core.domain.identity import User
from core.domain.text.plurals import count
from core.storage.tables import (
    CollectionRow,
    ConversationRow,
    DocumentRow,
    DocumentVersionRow,
)
from ingestion.intake.reception import Incoming

MOST_BYTES_OF_PERSON = 2**30
"""In all chats of a person together, so that nobody fills the disk."""
TOO_MANY = "It was left out: {} can be attached to a chat. Remove one, or begin another chat."
TOO_MUCH = (
    "It was left out: the files of all your chats may hold 1 GB together. Remove some, or delete "
    "chats with files that you no longer need."
)


class Room:
    """What is left; each file that is taken takes of it."""

    def __init__(
        self, session: Session, user: User, collection_id: str, terms: AttachmentTerms
    ) -> None:
        self._terms = terms
        self._files = terms.max_files - _files(session, collection_id)
        self._bytes = MOST_BYTES_OF_PERSON - _bytes(session, user)

    def refusal(self, incoming: Incoming) -> str:
        """Take a file, or return why it is left out."""
        if self._files < 1:
            return TOO_MANY.format(count(self._terms.max_files, "file"))
        if len(incoming.content) > self._bytes:
            return TOO_MUCH
        self._files -= 1
        self._bytes -= len(incoming.content)
        return ""


def _files(session: Session, collection_id: str) -> int:
    mine = DocumentRow.collection_id == collection_id
    return session.exec(select(func.count(col(DocumentRow.id))).where(mine)).one()


def _bytes(session: Session, user: User) -> int:
    """Return the bytes of the files of all chats of a person, also of those that can come back."""
    held = (
        select(func.coalesce(func.sum(DocumentVersionRow.size_bytes), 0))
        .join(DocumentRow, col(DocumentRow.id) == DocumentVersionRow.document_id)
        .join(CollectionRow, col(CollectionRow.id) == DocumentRow.collection_id)
        .join(ConversationRow, col(ConversationRow.id) == CollectionRow.conversation_id)
        .where(ConversationRow.user_id == user.id)
    )
    return int(session.exec(held).one())
