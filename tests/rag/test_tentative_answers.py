"""An answer that no document gives directly shows what comes near, and says so everywhere."""

from dataclasses import replace

import pytest

from core.domain.answers import Answer, AnswerLevel, only_nearest
from core.domain.conversations import Message
from core.domain.gaps import GapStatus
from core.domain.identity import User
from rag.conversations.own import ExportFormat
from rag.gaps import GapRequests
from rag.service import Chat
from rag.writing.events import AnswerFinished
from tests.rag.conftest import Knowledge, written

# It shares "night" and "oven" with the text, and no document has a word for "remuneration".
QUESTION = "What is the remuneration for night work?"
PAID = "Night work at the firing oven is paid at one and a half times the hourly rate."


@pytest.fixture
def hanna(knowledge: Knowledge) -> User:
    pottery = knowledge.collection("Pottery", "potters")
    knowledge.document(pottery, "Night work", PAID)
    return knowledge.person("hanna", "potters")


@pytest.fixture
def chat(knowledge: Knowledge) -> Chat:
    return knowledge.chat()


def ask(chat: Chat, user: User) -> AnswerFinished:
    finished = list(chat.ask(user, QUESTION))[-1]
    assert isinstance(finished, AnswerFinished)
    return finished


def stored(chat: Chat, user: User) -> tuple[Message, Answer]:
    message = chat.conversations.get(user, chat.conversations.list(user)[0].id).messages[1]
    assert message.answer is not None
    return message, message.answer


def test_it_says_so_shows_the_passage_and_leads_with_nothing(chat: Chat, hanna: User) -> None:
    answer = ask(chat, hanna).answer

    assert (answer.level, answer.abstained, answer.lead) == (AnswerLevel.POSSIBLY, False, "")
    assert answer.text == f"{only_nearest(1)}\n\n> {PAID} [1]"
    assert [card.text for card in answer.cards] == [PAID]


def test_it_is_read_back_as_tentative(chat: Chat, hanna: User) -> None:
    answer = ask(chat, hanna).answer

    kept = stored(chat, hanna)[1]

    assert (kept.level, kept.text, kept.cards) == (answer.level, answer.text, answer.cards)


def test_its_words_are_withheld_with_their_document(chat: Chat, hanna: User) -> None:
    ask(chat, hanna)

    kept = stored(chat, replace(hanna, group_ids=frozenset()))[1]

    assert kept.is_withheld
    assert PAID not in repr(kept)


def test_an_export_says_so_as_well(chat: Chat, hanna: User) -> None:
    ask(chat, hanna)
    conversation = chat.conversations.list(hanna)[0].id

    exported = {
        kind: written(chat.conversations.export(hanna, conversation, kind)) for kind in ExportFormat
    }

    assert all("No document says this directly" in text for text in exported.values())
    assert '"level": "possibly"' in exported[ExportFormat.JSON]


def test_the_question_can_be_sent_on_to_somebody_who_knows(
    knowledge: Knowledge, chat: Chat, hanna: User
) -> None:
    message_id = ask(chat, hanna).message_id

    gaps = GapRequests(knowledge.database)
    route = gaps.prepare(hanna, message_id).routes[0]
    gap = gaps.ask(hanna, message_id, collection_id=route.collection_id)

    assert (gap.question, gap.status) == (QUESTION, GapStatus.OPEN)
