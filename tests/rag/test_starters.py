"""Questions of the empty page: as somebody would ask them, about what the documents hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.storage.tables import ChunkRow
from rag.conversations.starters import LONGEST, question_about
from tests.rag.conftest import Knowledge


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("Unpaid leave", "What are the rules for unpaid leave?"),
        ("Cranes and hoists", "What are the rules for cranes and hoists?"),
        ("Welding near gas", "What are the rules for welding near gas?"),
        ("Spare parts", "What are the rules for spare parts?"),
        ("Rental car", "Rental car: what are the rules?"),
        ("USB sticks", "What are the rules for USB sticks?"),
    ],
)
def test_a_topic_becomes_a_question(heading: str, question: str) -> None:
    assert question_about(heading) == question


@pytest.mark.parametrize(
    "heading",
    [
        "Scope",
        "Scope and purpose",
        "Contacts",
        "Version history",
        "Annex 3",
        "Who approves",
        "How to apply",
        "What the receipt must show",
        "If something is missing",
        "Friday: looking back",
        "Lane | From | To",
        "Who we are",
    ],
)
def test_what_is_no_topic_becomes_none(heading: str) -> None:
    assert question_about(heading) is None


def test_questions_beside_each_other_differ() -> None:
    questions = {question_about("Spare parts", number) for number in range(3)}

    assert len(questions) == 3


@given(st.text(max_size=LONGEST), st.integers(0, 50))
def test_any_heading_becomes_one_question_or_none(heading: str, number: int) -> None:
    question = question_about(heading, number)

    assert question is None or question.endswith("?")


def add_document(knowledge: Knowledge, collection_id: str, title: str, *headings: str) -> None:
    """Adds a document whose only passage stands under these headings."""
    (chunk_id,) = knowledge.document(collection_id, title, "Words of no weight.")
    with knowledge.database.begin() as session:
        chunk = session.get_one(ChunkRow, chunk_id)
        chunk.headings = list(headings)


def test_written_questions_come_first_and_closed_documents_give_none(knowledge: Knowledge) -> None:
    workshop = knowledge.collection("Workshop", is_open=True)
    add_document(knowledge, workshop, "Cranes", "1 Scope", "2 Spare parts")
    add_document(knowledge, workshop, "Questions", "Who has the key?", "Where is the saw?")
    add_document(knowledge, knowledge.collection("Board"), "Pay", "Board bonuses")

    starters = knowledge.chat().starters(knowledge.person("mara"))

    assert starters == [
        "Who has the key?",
        "Where is the saw?",
        "What are the rules for spare parts?",
    ]
