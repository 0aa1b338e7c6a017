"""A temporary chat leaves no byte of its words, and still counts and is answered as any other."""

from pathlib import Path

import pytest
from sqlmodel import select

from core.domain.answers import Source, Turn
from core.domain.identity import User
from core.storage.tables import AnswerUsageRow, ConversationRow, MessageRow
from rag.service import Chat
from rag.writing.events import AnswerFinished
from tests.rag.conftest import Knowledge

QUESTION = "How many days of leave does a quarzfalter get in Lumenharz?"


def asked(chat: Chat, person: User, question: str, history: list[Turn]) -> Turn:
    """Ask, and return the answer as its page remembers it."""
    events = chat.ask_temporarily(person, question, history=history, chat_id="c" * 32)
    [end] = [event for event in events if isinstance(event, AnswerFinished)]
    assert end.message_id == ""
    return Turn("assistant", end.answer.text, end.sources)


def test_no_byte_of_a_temporary_chat_is_stored_but_it_is_counted(
    knowledge: Knowledge, tmp_path: Path
) -> None:
    hanna, chat = knowledge.person("hanna"), knowledge.chat()
    history: list[Turn] = []
    for _ in range(3):
        turn = asked(chat, hanna, QUESTION, history)
        history += [Turn("user", QUESTION), turn]

    with knowledge.database.read() as session:
        usage = session.exec(select(AnswerUsageRow)).all()
        assert session.exec(select(MessageRow)).all() == []
        assert session.exec(select(ConversationRow)).all() == []
    assert [row.message_id for row in usage] == ["", "", ""]
    assert {row.conversation_id for row in usage} == {"c" * 32}
    assert {row.user_id for row in usage} == {hanna.id}
    database = Path(str(knowledge.database.engine.url.database))
    for path in [*tmp_path.rglob("*"), *database.parent.rglob("*")]:
        if path.is_file():
            content = path.read_bytes().lower()
            assert b"quarzfalter" not in content, path
            assert b"lumenharz" not in content, path
    assert chat.conversations.list(hanna) == []


def test_an_answer_is_left_out_once_its_documents_are_closed(knowledge: Knowledge) -> None:
    hanna, chat = knowledge.person("hanna"), knowledge.chat()
    closed = frozenset({Source("d" * 32, "e" * 32)})

    assert chat.may_still_read(hanna, [closed, frozenset()]) == [False, True]


@pytest.mark.parametrize("question", ["", "  "])
def test_an_empty_question_is_refused(knowledge: Knowledge, question: str) -> None:
    chat, hanna = knowledge.chat(), knowledge.person("hanna")

    with pytest.raises(Exception, match="Type a question"):
        chat.ask_temporarily(hanna, question)
