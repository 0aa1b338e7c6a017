"""An idea is open to everybody; the documents behind its answer stay with their readers."""

import pytest

from core.domain.answers import WITHHELD
from core.domain.ideas.card import IdeaCard, IdeaCategory, IdeaDraft
from core.domain.identity import User
from ideas.cards.service import Ideas
from rag.writing.events import AnswerFinished
from tests.rag.conftest import Knowledge, knowledge  # noqa: F401  a fixture

SALARY = "The salary band of a team lead starts at 64,000 EUR a year."
DRAFT = IdeaDraft(
    "Explain salary bands",
    "Team leads ask the same question about salary bands every month.",
    "Answer it from the salary document.",
    IdeaCategory.INTERNAL_OPTIMISATION,
)


@pytest.fixture
def ideas(knowledge: Knowledge) -> Ideas:  # noqa: F811  a fixture of another package
    return Ideas(knowledge.database)


@pytest.fixture
def hanna(knowledge: Knowledge) -> User:  # noqa: F811  a fixture of another package
    return knowledge.person("hanna", "hr")


@pytest.fixture
def card(knowledge: Knowledge, ideas: Ideas, hanna: User) -> IdeaCard:  # noqa: F811  a fixture of another package
    """An idea that starts from an answer out of a document for the group hr."""
    knowledge.document(knowledge.collection("Pay", "hr"), "Salary bands", SALARY)
    *_, last = knowledge.chat().ask(hanna, "What is the salary band of a team lead?")
    assert isinstance(last, AnswerFinished)
    return ideas.submit(hanna, DRAFT, message_id=last.message_id)


def test_the_author_sees_answer_and_sources(card: IdeaCard, ideas: Ideas, hanna: User) -> None:
    origin = ideas.get(hanna, card.id).origin

    assert origin is not None
    assert SALARY in origin.answer
    assert origin.citations[0].document_title == "Salary bands"


def test_a_reader_of_the_document_sees_them_too(
    card: IdeaCard,
    ideas: Ideas,
    knowledge: Knowledge,  # noqa: F811  a fixture of another package
) -> None:
    colleague = knowledge.person("carl", "hr")

    assert ideas.get(colleague, card.id).origin == card.origin


def test_others_see_the_idea_but_no_word_of_the_document(
    card: IdeaCard,
    ideas: Ideas,
    knowledge: Knowledge,  # noqa: F811  a fixture of another package
) -> None:
    outsider = knowledge.person("ole", "sales")

    for seen in (ideas.get(outsider, card.id), *ideas.list(outsider)):
        assert seen.draft == DRAFT
        assert seen.origin is not None
        assert seen.origin.answer == WITHHELD
        assert seen.origin.citations == ()
        assert "64,000" not in repr(seen)
