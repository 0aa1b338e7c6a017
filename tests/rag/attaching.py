"""Puts files into conversations of the small knowledge base, as if they had been read."""

from sqlmodel import col, select

from core.domain.answers import Answer
from core.domain.identity import User
from core.domain.knowledge import Sensitivity
from core.storage.tables import CollectionRow, DocumentRow
from rag.service import Chat
from rag.writing.events import AnswerFinished
from tests.rag.conftest import Knowledge


def attach(knowledge: Knowledge, conversation_id: str, title: str, *passages: str) -> str:
    """Attach a file with one passage a page to a conversation; return its id."""
    collection_id = _collection(knowledge, conversation_id)
    knowledge.document(collection_id, title, *passages)
    with knowledge.database.read() as session:
        inside = DocumentRow.collection_id == collection_id
        newest = select(DocumentRow.id).where(inside, DocumentRow.title == title)
        return session.exec(newest).one()


def _collection(knowledge: Knowledge, conversation_id: str) -> str:
    with knowledge.database.begin() as session:
        mine = col(CollectionRow.conversation_id) == conversation_id
        known = session.exec(select(CollectionRow.id).where(mine)).first()
        if known is not None:
            return known
        row = CollectionRow(
            name=f"Files of chat {conversation_id}",
            sensitivity=Sensitivity.INTERNAL.value,
            embedding_model=knowledge.embedder.name,
            embedding_dimension=knowledge.embedder.dimension,
            splitter_version="test",
            conversation_id=conversation_id,
        )
        session.add(row)
        session.flush()
        return row.id


def ask_files(chat: Chat, user: User, conversation_id: str, question: str) -> Answer:
    """Ask the files of a conversation, and return the answer."""
    *_, last = chat.ask(user, question, conversation_id=conversation_id, is_about_files=True)
    assert isinstance(last, AnswerFinished)
    return last.answer
