"""Of a table whose rows have bounds, the row that holds an amount of the question is taken."""

import pytest

from core.domain.answers import RetrievedChunk
from core.domain.knowledge import Chunk
from rag.reading.bounded_rows import bounded_rows
from rag.reading.designations import Naming
from rag.reading.units import quotable_units
from tests.rag.conftest import Knowledge
from tests.rag.test_synonyms_in_reading import ask

NOTICE = """
Length of service | Notice
Up to 2 years | 6 weeks
More than 2 years | 2 months to the end of a month
More than 5 years | 3 months to the end of a month
"""
TUNING = """
Concert grand | Fee | Tuner
1 to 2 pianists | 90 EUR | apprentice
3 to 4 pianists | 140 EUR | master tuner
More than 4 pianists | 200 EUR | two tuners
"""


def rows(question: str, text: str) -> dict[str, Naming]:
    chunk = Chunk(1, "c", "d", "v", "Title", "f.txt", None, 0, text.strip(), 0, 1, 1)
    units = quotable_units([RetrievedChunk(chunk, 1.0, 0.6)])
    return {units[i].text: naming for i, naming in bounded_rows(question, units).items()}


def test_the_row_that_holds_the_amount_is_named_and_the_others_are_not() -> None:
    found = rows("How much notice must I give after eighteen months?", NOTICE)

    assert {row.split(" | ")[0]: naming for row, naming in found.items()} == {
        "Up to 2 years": Naming.NAMED,
        "More than 2 years": Naming.ANOTHER,
        "More than 5 years": Naming.ANOTHER,
    }


def test_rows_whose_bounds_overlap_are_all_named() -> None:
    found = rows("How much notice must I give after six years?", NOTICE)

    assert list(found.values()) == [Naming.ANOTHER, Naming.NAMED, Naming.NAMED]


@pytest.mark.parametrize(
    "question", ["How much notice must I give?", "What happens after 3 kilometres?", ""]
)
def test_without_an_amount_of_that_kind_no_row_is_told_from_another(question: str) -> None:
    assert rows(question, NOTICE) == {}


def test_a_single_row_with_a_limit_tells_nothing() -> None:
    assert (
        rows("after six years", "| Age | Gift |\n| More than 5 years | watch |\n| Boss | car |")
        == {}
    )


def test_an_answer_shows_the_row_that_holds_the_amount(knowledge: Knowledge) -> None:
    hall = knowledge.collection("Concert hall", is_open=True)
    knowledge.document(hall, "Tuning of pianos", f"Fees for tuning a concert grand.\n{TUNING}")
    anna = knowledge.person("anna")

    answer = ask(knowledge, anna, "What is the tuning fee of the concert grand for three pianists?")

    assert answer.cards[0].table is not None
    highlighted = [answer.cards[0].table.rows[i][0] for i in answer.cards[0].table.highlighted]
    assert highlighted == ["3 to 4 pianists"]
