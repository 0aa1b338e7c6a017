"""A conversation with an answer, as the chat would store it."""

from core.domain.identity import User
from core.storage.database import Database
from core.storage.tables import (
    AnswerSourceRow,
    AnswerUsageRow,
    CollectionRow,
    ConversationRow,
    MessageRow,
)

ANSWER = "The salary band starts at 64,000 EUR. [1]"


def add_answer(
    database: Database,
    user: User,
    *questions: str,
    abstained: bool = False,
    is_open: bool = True,
) -> str:
    """Stores the questions with an answer to the last one, and returns the answer's id."""
    chat = ConversationRow(user_id=user.id, title="Chat")
    handbook = CollectionRow(
        name=f"Collection {chat.id[:6]}",
        is_open=is_open,
        embedding_model="m",
        embedding_dimension=1,
        splitter_version="1",
    )
    asked = [
        MessageRow(
            conversation_id=chat.id, position=2 * at, role="user", text=question, status="complete"
        )
        for at, question in enumerate(questions or ("Which class may I book?",))
    ]
    answer = MessageRow(
        conversation_id=chat.id,
        position=2 * len(asked) - 1,
        role="assistant",
        text="This is not in the documents." if abstained else ANSWER,
        status="complete",
        engine="passages",
        abstained=abstained,
    )
    usage = AnswerUsageRow(
        message_id=answer.id,
        conversation_id=chat.id,
        user_id=user.id,
        engine="fake-1",
        status="complete",
        cost_micros=1_250,
        currency="USD",
    )
    source = AnswerSourceRow(message_id=answer.id, document_id="d" * 32, collection_id=handbook.id)
    rows = [chat, handbook, *asked, answer, usage, *([] if abstained else [source])]
    with database.begin() as session:
        for row in rows:
            session.add(row)
            session.flush()
    return answer.id
