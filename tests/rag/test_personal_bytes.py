"""Conversations that are deleted for good leave no byte in the files of the database."""

from pathlib import Path

from core.domain.identity import SYSTEM
from core.storage.database import Database
from rag.conversations.handover import PersonalConversations
from tests.rag.conftest import Knowledge

OF_HANNA = "Does the Falkenrost letter say when the Lumenharz contract ends?"
OF_OLE = "Who feeds the office cat on Sundays?"


def traces(database: Database, words: str) -> list[str]:
    """The files of the database that hold these words, its log included."""
    path = Path(str(database.engine.url.database))
    files = [path, *path.parent.glob(f"{path.name}-*")]
    return [file.name for file in files if words.encode() in file.read_bytes()]


def test_no_byte_of_deleted_conversations_stays_in_the_database_or_its_log(
    knowledge: Knowledge,
) -> None:
    hanna, ole, chat = knowledge.person("hanna"), knowledge.person("ole"), knowledge.chat()
    for _ in range(5):
        list(chat.ask(hanna, OF_HANNA))
        list(chat.ask(ole, OF_OLE))
    assert traces(knowledge.database, OF_HANNA)

    deleted = PersonalConversations(knowledge.database, chat.conversations).delete(SYSTEM, hanna)

    assert deleted == 5
    assert traces(knowledge.database, OF_HANNA) == []
    assert traces(knowledge.database, OF_OLE)
    assert len(chat.conversations.list(ole)) == 5
