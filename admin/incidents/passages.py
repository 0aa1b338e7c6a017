"""Reads which passages answers were made from, and which answers a passage was read for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, and_, col, func, select

from core.domain.batches import batched
from core.domain.identity import SYSTEM, User
from core.errors import NotFound
from core.storage.queries.collections import readable_collections
from core.storage.queries.sources import messages_made_from
from core.storage.queries.spending.switches import documents_off
from core.storage.tables import (
    AnswerSourceRow,
    ChunkRow,
    ConversationRow,
    DocumentRow,
    MessageRow,
    RetrievalRow,
)

IDS_PER_QUERY = 500
GONE = "This passage no longer exists. Its document was deleted or read again."


@dataclass(frozen=True, slots=True)
class ReadPassage:
    """A passage that an answer was made from; `number` is its place among them, from 1.

    `text` is empty where the administrator may not read the document.
    """

    number: int
    chunk_id: int
    document_id: str
    title: str
    page: int
    is_cited: bool
    is_off: bool
    text: str = ""


@dataclass(frozen=True, slots=True)
class Effects:
    """What a withdrawal comes to.

    `answers` of `people` were made from the passage; `closed` answers from its document. `copies`
    are other documents that resemble the passage, and are put up for review.
    """

    answers: int
    people: int
    closed: int
    copies: int = 0


@dataclass(frozen=True, slots=True)
class Misled:
    """An answer that the passage was read for, and whose it is."""

    user_id: str
    conversation_id: str
    at: datetime


def read_passages(session: Session, admin: User, message_id: str) -> list[ReadPassage]:
    """Return the passages that an answer was made from, the best first."""
    is_same = and_(
        col(ChunkRow.id) == RetrievalRow.chunk_id,
        col(ChunkRow.document_id) == RetrievalRow.document_id,
    )
    rows = session.exec(
        select(RetrievalRow, ChunkRow, DocumentRow)
        .join(ChunkRow, is_same)
        .join(DocumentRow, col(DocumentRow.id) == RetrievalRow.document_id)
        .where(RetrievalRow.message_id == message_id, col(RetrievalRow.is_read))
        .order_by(col(RetrievalRow.rank))
    ).all()
    readable = {collection.id for collection in readable_collections(session, admin)}
    off = documents_off(session, {document.id for _, _, document in rows})
    return [
        ReadPassage(
            number,
            read.chunk_id,
            document.id,
            document.title,
            read.page,
            read.is_cited,
            document.id in off,
            chunk.text if admin is SYSTEM or document.collection_id in readable else "",
        )
        for number, (read, chunk, document) in enumerate(rows, start=1)
    ]


def passage_read(session: Session, message_id: str, chunk_id: int) -> ChunkRow:
    """Return a passage that an answer was made from; raise NotFound."""
    found = session.exec(
        select(ChunkRow)
        .join(
            RetrievalRow,
            and_(
                col(RetrievalRow.chunk_id) == ChunkRow.id,
                col(RetrievalRow.document_id) == ChunkRow.document_id,
            ),
        )
        .where(
            ChunkRow.id == chunk_id,
            RetrievalRow.message_id == message_id,
            col(RetrievalRow.is_read),
        )
    ).first()
    if found is None:
        raise NotFound(GONE)
    return found


def misled_by(session: Session, chunk: ChunkRow) -> list[Misled]:
    """Return the answers that a passage was read for, in conversations that are still there."""
    rows = session.exec(
        select(ConversationRow.user_id, ConversationRow.id, MessageRow.created_at)
        .select_from(AnswerSourceRow)
        .join(
            RetrievalRow,
            and_(
                col(RetrievalRow.message_id) == AnswerSourceRow.message_id,
                col(RetrievalRow.chunk_id) == chunk.id,
                col(RetrievalRow.is_read),
            ),
        )
        .join(MessageRow, col(MessageRow.id) == AnswerSourceRow.message_id)
        .join(ConversationRow, col(ConversationRow.id) == MessageRow.conversation_id)
        .where(
            AnswerSourceRow.document_id == chunk.document_id,
            col(ConversationRow.deleted_at).is_(None),
        )
        .order_by(col(MessageRow.created_at))
    ).all()
    return [Misled(*row) for row in rows]


def effects_of(session: Session, chunk: ChunkRow, misled: Sequence[Misled]) -> Effects:
    """Count what withdrawing a passage comes to."""
    made = messages_made_from(session, [chunk.document_id])
    closed = sum(_count_open(session, batch) for batch in batched(made, IDS_PER_QUERY))
    return Effects(len(misled), len({one.user_id for one in misled}), closed)


def _count_open(session: Session, message_ids: Iterable[str]) -> int:
    return session.exec(
        select(func.count(col(MessageRow.id)))
        .join(ConversationRow, col(ConversationRow.id) == MessageRow.conversation_id)
        .where(col(MessageRow.id).in_(list(message_ids)), col(ConversationRow.deleted_at).is_(None))
    ).one()
