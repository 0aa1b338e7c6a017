"""Slips of a question are corrected with the words of the documents."""

import pytest

from rag.finding.spelling import corrected_query
from tests.rag.conftest import Knowledge

TEXT = (
    "The head of the harbour keeps the register of vaccination. Excess baggage goes to the office. "
    "The external extension is 12. Where the ferry lands, everybody waits."
)
ENGLISH = {"head", "harbour", "register", "vaccination", "excess", "where", "were", "which", "the"}


@pytest.mark.parametrize(
    ("typed", "corrected"),
    [
        ("who is the haed of the harbour", "who is the head of the harbour"),
        ("the vacination registr", "the vaccination register"),
        ("is exces paid", "is excess paid"),
        ("wich ferry", "which ferry"),
        ("wher is it", "where is it"),
        ("who is Mr Haed", "who is Mr head"),
        ("form HAED", "form HAED"),
        ("the haul of the boat", "the haul of the boat"),  # a letter of a short word is mistaken
        ("the zeppelin", "the zeppelin"),
        ("which ferry", "which ferry"),
    ],
)
def test_a_slip_is_corrected(knowledge: Knowledge, typed: str, corrected: str) -> None:
    port = knowledge.collection("Port", is_open=True)
    knowledge.document(port, "Port", TEXT)

    assert corrected_query(typed, knowledge.keywords, [port], ENGLISH.__contains__) == corrected
