"""The deletion of conversations for good, with everything that was made of their words."""

from collections.abc import Sequence

from sqlalchemy import delete, update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from core.domain.batches import batched
from core.domain.gaps import GapStatus
from core.storage.queries.privacy.attachments import remove_with_chats
from core.storage.tables import (
    ConversationRow,
    EvaluationCaseRow,
    EvaluationResultRow,
    GapTopicRow,
    KnowledgeGapRow,
    MessageRow,
)

CHAT_TABLES = (
    *("conversations", "messages", "citations", "feedback", "knowledge_gaps"),
    *("gap_questions", "gap_topics", "evaluation_cases", "evaluation_results"),
    *("documents", "document_versions", "pages", "chunks", "sentence_vectors"),
    "screening_findings",
)
"""Tables that hold questions, answers and attached files, or what was made of them."""
IDS_PER_QUERY = 500


def remove_chats(session: Session, conversation_ids: Sequence[str]) -> int:
    """Delete these conversations with all their rows, and return how many there were.

    Test questions that were taken from them go as well, the files that were attached to them, and
    what a question means to an embedding model. A question that was sent to somebody stays while it
    is open, since they may be working on it; `remove_settled_questions` deletes it then. An idea
    keeps the chat that was handed in with it, an incident the words of its reporter.
    """
    for batch in batched(conversation_ids, IDS_PER_QUERY):
        messages = select(MessageRow.id).where(col(MessageRow.conversation_id).in_(batch))
        _remove_cases(session, messages)
        remove_with_chats(session, batch)
        session.execute(
            update(GapTopicRow).where(col(GapTopicRow.label_id).in_(messages)).values(vector=None)
        )
        session.execute(
            delete(KnowledgeGapRow).where(
                col(KnowledgeGapRow.message_id).in_(messages),
                col(KnowledgeGapRow.status) != GapStatus.OPEN.value,
            )
        )
        session.execute(delete(ConversationRow).where(col(ConversationRow.id).in_(batch)))
    return len(conversation_ids)


def remove_settled_questions(session: Session) -> int:
    """Delete sent questions that are settled and whose chat is gone; return how many."""
    gone = select(KnowledgeGapRow.id).where(
        col(KnowledgeGapRow.message_id).is_(None), KnowledgeGapRow.status != GapStatus.OPEN.value
    )
    ids = session.exec(gone).all()
    for batch in batched(ids, IDS_PER_QUERY):
        session.execute(delete(KnowledgeGapRow).where(col(KnowledgeGapRow.id).in_(batch)))
    return len(ids)


def _remove_cases(session: Session, messages: SelectOfScalar[str]) -> None:
    """Delete the test questions that were taken from these answers, also out of earlier runs."""
    taken = select(EvaluationCaseRow.id).where(
        col(EvaluationCaseRow.source_message_id).in_(messages)
    )
    ids = session.exec(taken).all()
    session.execute(
        update(EvaluationResultRow)
        .where(col(EvaluationResultRow.case_id).in_(ids))
        .values(question="")
    )
    session.execute(delete(EvaluationCaseRow).where(col(EvaluationCaseRow.id).in_(ids)))
