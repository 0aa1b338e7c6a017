"""Three groups, each with fifty documents of its own; nobody gets a word of another group's.

The 300 questions of each person hold the marked words themselves, those of their own group too, so
that nothing is missing because nothing was found.
"""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from core.domain.identity import User
from core.models.chat import ChatEndpoint, ChatLimits, OpenAICompatibleChat
from rag.conversations.own import ExportFormat
from rag.service import Chat
from tests.rag.conftest import Knowledge
from tools.trial.protocol import Reply
from tools.trial.provider import FakeProvider, grounded_echo

GROUPS = ("harbour", "orchard", "foundry")
DOCUMENTS = 50
SHARED = "the allowance for night shifts is"


@dataclass(frozen=True, slots=True)
class Company:
    """A person of each group, and a chat whose provider records what it is sent."""

    knowledge: Knowledge
    people: Mapping[str, User]
    chat: Chat
    provider: FakeProvider


def canary(group: str, number: int) -> str:
    """A word without digits that stands in one document only."""
    letters = "".join("abcdefghij"[int(digit)] for digit in f"{number:02d}")
    return f"zz{group}{letters}"


def passage(group: str, number: int) -> str:
    word = canary(group, number)
    return f"For the team {word} {SHARED} called {word} and is paid every month."


@pytest.fixture
def company(knowledge: Knowledge) -> Iterator[Company]:
    people = {group: knowledge.person(f"of-{group}", group) for group in GROUPS}
    for group in GROUPS:
        collection = knowledge.collection(f"Papers of {group}", group)
        knowledge.document(
            collection, f"Allowances {group}", *(passage(group, n) for n in range(DOCUMENTS))
        )
    with FakeProvider(Reply(grounded_echo())) as provider:
        endpoint = ChatEndpoint(provider.base_url, "fake-1", "sk-local", "local")
        limits = ChatLimits(timeout_s=5, max_retries=0, max_output_tokens=200)
        chat = knowledge.chat(OpenAICompatibleChat(endpoint, limits))
        yield Company(knowledge, people, chat, provider)


def questions(group: str) -> list[str]:
    """Return 300 questions: by the word alone, with the exact text, and in ordinary words."""
    asked = []
    for other in GROUPS:
        for number in range(DOCUMENTS):
            asked.append(f"What is {canary(other, number)}?")
            asked.append(passage(other, number))
    return asked


def foreign_to(group: str) -> list[str]:
    return [canary(other, n) for other in GROUPS if other != group for n in range(DOCUMENTS)]


def leaked(text: str, asked: str, group: str) -> list[str]:
    """Return the words of other groups in a text that do not come from the question itself."""
    return [word for word in foreign_to(group) if word in text and word not in asked]


@pytest.mark.parametrize("group", GROUPS)
def test_no_search_of_300_finds_a_passage_of_another_group(company: Company, group: str) -> None:
    person, found_own = company.people[group], 0
    for asked in questions(group):
        found = company.chat.search(person, asked, k=20)
        texts = [one.chunk.text for one in found]
        assert not [word for word in foreign_to(group) if any(word in text for text in texts)]
        found_own += any(canary(group, n) in text for n in range(DOCUMENTS) for text in texts)

    assert found_own >= 2 * DOCUMENTS


def test_no_answer_prompt_citation_history_export_or_log_has_a_word_of_another_group(
    company: Company, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for group, person in company.people.items():
        for asked in questions(group)[::3]:
            before = len(company.provider.requests)
            answer = company.chat.answer_once(person, asked)
            prompts = "\n".join(r.prompt for r in company.provider.requests[before:])

            assert leaked(f"{answer.text}{answer.citations}{answer.cards}", asked, group) == []
            assert leaked(prompts, asked, group) == []
    assert not [w for g in GROUPS for n in range(DOCUMENTS) if (w := canary(g, n)) in caplog.text]


def test_chats_and_their_files_have_no_word_of_another_group(company: Company) -> None:
    for group, person in company.people.items():
        asked = [f"What {SHARED} called for {canary(group, 7)}?", "And for all the other teams?"]
        list(company.chat.ask(person, asked[0]))
        [conversation] = company.chat.conversations.list(person)
        list(company.chat.ask(person, asked[1], conversation_id=conversation.id))
        shown = repr(company.chat.conversations.get(person, conversation.id))
        files = [
            company.chat.conversations.export(person, conversation.id, kind).decode("latin-1")
            for kind in (ExportFormat.MARKDOWN, ExportFormat.JSON)
        ]

        assert leaked("\n".join([shown, *files]), "", group) == []
