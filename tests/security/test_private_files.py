"""Thirty conversations of six people, each with a file of its own; no other one tells a word of it.

Each conversation asks ten questions, about its own file and about those of others, so that nothing
is missing because nothing was found.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from core.domain.clock import now
from core.domain.identity import SYSTEM, Role, User
from core.domain.knowledge import Collection
from core.models.chat import ChatEndpoint, ChatLimits, OpenAICompatibleChat
from core.storage.queries.collections import collection_by_id, readable_collections
from core.storage.queries.privacy.attachments import attached_collection, may_open
from core.storage.tables import CollectionRow, ConversationRow
from rag.conversations.own import ExportFormat
from rag.service import Chat
from tests.rag.attaching import ask_files, attach
from tests.rag.conftest import Knowledge
from tools.trial.protocol import Reply
from tools.trial.provider import FakeProvider, grounded_echo

PEOPLE, CHATS_EACH, QUESTIONS_EACH = 6, 5, 10


@dataclass(frozen=True, slots=True)
class Room:
    """A conversation with the person it belongs to, and the word that only its file has."""

    number: int
    user: User
    conversation: str
    word: str


@dataclass(frozen=True, slots=True)
class Rooms:
    """All conversations, and a chat whose provider records what it is sent."""

    knowledge: Knowledge
    chat: Chat
    provider: FakeProvider
    all: Sequence[Room]

    def others(self, room: Room) -> list[str]:
        """Return the words of all other conversations, also of the same person."""
        return [other.word for other in self.all if other is not room]


def word_of(number: int) -> str:
    return "zzfile" + "".join("abcdefghij"[int(digit)] for digit in f"{number:02d}")


def passage(word: str) -> str:
    return f"The allowance of the project {word} is called {word} and is paid every month."


@pytest.fixture
def rooms(knowledge: Knowledge) -> Iterator[Rooms]:
    with FakeProvider(Reply(grounded_echo())) as provider:
        endpoint = ChatEndpoint(provider.base_url, "fake-1", "sk-local", "local")
        limits = ChatLimits(timeout_s=5, max_retries=0, max_output_tokens=200)
        chat = knowledge.chat(OpenAICompatibleChat(endpoint, limits))
        handbook = knowledge.collection("Handbook", is_open=True)
        knowledge.document(handbook, "Allowances", "The allowance for night shifts is 30 EUR.")
        people = [knowledge.person(f"person-{n}") for n in range(PEOPLE)]
        made = []
        for number in range(PEOPLE * CHATS_EACH):
            user, word = people[number % PEOPLE], word_of(number)
            conversation = chat.start_conversation(user, "About my file")
            attach(knowledge, conversation, f"Paper {word}", passage(word))
            made.append(Room(number, user, conversation, word))
        yield Rooms(knowledge, chat, provider, made)


def questions(rooms: Rooms, room: Room) -> list[str]:
    """Return ten questions: on the own file, on those of others, and in ordinary words."""
    others = rooms.others(room)
    asked = [f"What is {others[(room.number * 7 + n) % len(others)]}?" for n in range(5)]
    return [
        f"What is {room.word}?",
        "What is the allowance called?",
        passage(others[room.number % len(others)]),
        "Summarise this file",
        "Which files do you have?",
        *asked,
    ]


def told(text: str, words: Sequence[str], asked: str) -> list[str]:
    return [word for word in words if word in text and word not in asked]


def test_300_questions_tell_no_word_of_a_file_of_another_conversation(
    rooms: Rooms, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    count, found_own = 0, 0
    for room in rooms.all:
        asked_before = ""
        for question in questions(rooms, room):
            before = len(rooms.provider.requests)
            answer = ask_files(rooms.chat, room.user, room.conversation, question)
            prompts = "\n".join(r.prompt for r in rooms.provider.requests[before:])
            asked_before += question

            assert told(repr(answer), rooms.others(room), asked_before) == []
            assert told(prompts, rooms.others(room), asked_before) == []
            count += 1
            found_own += room.word in repr(answer.citations)
    assert count == len(rooms.all) * QUESTIONS_EACH == 300
    assert found_own >= 2 * len(rooms.all)
    assert not [room.word for room in rooms.all if room.word in caplog.text]


def test_what_is_shown_and_handed_out_of_a_conversation_has_no_word_of_another(
    rooms: Rooms,
) -> None:
    for room in rooms.all:
        ask_files(rooms.chat, room.user, room.conversation, "What is the allowance called?")
    for room in rooms.all:
        shown = repr(
            rooms.chat.conversations.get(room.user, room.conversation, with_suggestions=True)
        )
        exported = rooms.chat.conversations.export(
            room.user, room.conversation, ExportFormat.JSON
        ).decode()

        assert room.word in shown
        assert told(shown + exported, rooms.others(room), "") == []


def test_questions_to_the_company_find_no_file_of_any_conversation(rooms: Rooms) -> None:
    words = [room.word for room in rooms.all]
    for room in rooms.all:
        before = len(rooms.provider.requests)
        found = rooms.chat.search(room.user, passage(room.word), k=20)
        answer = rooms.chat.answer_once(room.user, "What is the allowance called?")
        *_, fresh = rooms.chat.ask(room.user, "Which documents are there on allowances?")
        prompts = "\n".join(r.prompt for r in rooms.provider.requests[before:])

        assert told(f"{found}{answer}{fresh}{prompts}", words, "") == []
        assert rooms.chat.starters(room.user) == rooms.chat.starters(rooms.all[0].user)
        assert told(repr(rooms.chat.starters(room.user)), words, "") == []


@dataclass(frozen=True, slots=True)
class Case:
    """Who asks for the files of whom, as what, and in which conversation; -1 is the terminal."""

    owner: int
    reader: int
    role: Role
    is_active: bool
    is_deleted: bool
    is_there: bool


CASES = st.builds(
    Case,
    owner=st.integers(0, PEOPLE - 1),
    reader=st.integers(-1, PEOPLE - 1),
    role=st.sampled_from(Role),
    is_active=st.booleans(),
    is_deleted=st.booleans(),
    is_there=st.booleans(),
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(case=CASES)
def test_only_the_person_of_a_conversation_opens_its_files_and_only_there(
    rooms: Rooms, case: Case
) -> None:
    room, elsewhere = rooms.all[case.owner], rooms.all[case.owner + PEOPLE]
    user = _reader(rooms, case)
    is_theirs = user.id == room.user.id and not case.is_deleted
    with rooms.knowledge.database.begin() as session:
        row = session.get_one(ConversationRow, room.conversation)
        row.deleted_at = now() if case.is_deleted else None
        session.flush()
        stored = _stored(session, room)
        asked = attached_collection(
            session, user, room.conversation if case.is_there else elsewhere.conversation
        )

        assert (asked == stored) == (is_theirs and case.is_there)
        assert may_open(session, user, stored) == (is_theirs and user.is_active)
        assert stored not in readable_collections(session, user)
        row.deleted_at = None


def _reader(rooms: Rooms, case: Case) -> User:
    if case.reader < 0:
        return SYSTEM
    return replace(rooms.all[case.reader].user, role=case.role, is_active=case.is_active)


def _stored(session: Session, room: Room) -> Collection:
    mine = CollectionRow.conversation_id == room.conversation
    return collection_by_id(session, session.exec(select(CollectionRow.id).where(mine)).one())
