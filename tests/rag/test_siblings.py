"""What stands beside the very row, item or day that a question names is not what was asked for."""

import pytest

from core.domain.answers import RetrievedChunk
from core.domain.knowledge import Chunk
from rag.reading.question import QuestionTerms
from rag.reading.siblings import other_days, outdone
from rag.reading.units import quotable_units
from rag.reading.weekdays import weekdays_in
from tests.rag.conftest import Knowledge

PEOPLE = (
    "Site | Function | Name\nOslo | Kiln manager | Ada Berg\n"
    "Oslo | Head of Clay Management | Jon Lie\nBergen | Kiln manager | Eva Dahl"
)
RATES = (
    "What changes:\n\n- Small van: 0.38 EUR\n- Moped or scooter: 0.20 EUR\n- Any guest: 0.05 EUR"
)


@pytest.fixture
def beside(knowledge: Knowledge) -> "Beside":
    return Beside(knowledge)


class Beside:
    """Tells which units of a passage stand beside what a question names."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._keywords = knowledge.keywords

    def __call__(self, question: str, text: str) -> list[str]:
        chunk = Chunk(1, "c", "d", "v", "Title", "f.txt", None, 0, text, 0, 1, 1)
        units = quotable_units([RetrievedChunk(chunk, 1.0, 0.5)])
        terms = QuestionTerms(self._keywords, question, ["c"])
        beside = {*outdone(terms, units), *other_days(question, units)}
        return [units[index].text for index in sorted(beside)]


def test_a_row_with_fewer_of_the_cells_named_is_another(beside: Beside) -> None:
    assert beside("Who is the kiln manager in Oslo?", PEOPLE) == [
        "Oslo | Head of Clay Management | Jon Lie",
        "Bergen | Kiln manager | Eva Dahl",
    ]


@pytest.mark.parametrize("question", ["Who works in Oslo?", "Oslo and Bergen", "Who is new?"])
def test_rows_that_are_named_alike_are_all_meant(beside: Beside, question: str) -> None:
    assert beside(question, PEOPLE) == []


def test_items_without_a_word_of_the_question_stand_beside_the_one_it_names(beside: Beside) -> None:
    assert beside("What is paid for a small van?", RATES) == [
        "Moped or scooter: 0.20 EUR",
        "Any guest: 0.05 EUR",
    ]
    assert beside("What is paid for a small van and a scooter?", RATES) == ["Any guest: 0.05 EUR"]


def test_where_no_item_is_named_all_may_be_meant(beside: Beside) -> None:
    assert beside("What is paid for a lorry?", RATES) == []


def test_what_stands_under_another_day_is_not_asked_for(beside: Beside) -> None:
    text = "## Friday: looking back\n\nFill in the form.\n\n## Every day\n\nOpen Monday to Friday."

    assert beside("What happens on Thursday?", text) == ["Fill in the form."]
    assert beside("What happens on Friday?", text) == []
    assert beside("What happens?", text) == []


def test_the_row_of_another_day_is_not_asked_for(beside: Beside) -> None:
    text = "Day | Dish\nMonday to Wednesday | soup\nThursday | cake"

    assert beside("What is there on Tuesdays?", text) == ["Thursday | cake"]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Monday to Wednesday", {0, 1, 2}),
        ("Saturday – Monday", {5, 6, 0}),
        ("on Fridays and on Sunday", {4, 6}),
        ("every day", set()),
    ],
)
def test_days_and_those_between_them_are_read(text: str, days: set[int]) -> None:
    assert weekdays_in(text) == days
