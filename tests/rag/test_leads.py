"""A lead is the one value or sentence that answers, or nothing."""

import pytest

from core.domain.answers import RetrievedChunk
from core.domain.knowledge import Chunk
from rag.reading.blocks import Blocks
from rag.reading.question import QuestionTerms
from rag.reading.units import quotable_units
from rag.writing.lead import lead_of
from rag.writing.passages import Quote
from tests.rag.conftest import Knowledge

HOTELS = "City | Limit per night\nHamburg | 135 EUR\nLondon | 190 EUR"
CARS = (
    "Pool vehicle | Seats | Longest booking | Number\n"
    "Small electric car | 4 | 2 days | 11\nVan up to 3.5 tonnes | 3 | 3 days | 4"
)
PEOPLE = (
    "Site | Function | Name | Extension\n"
    "Gdynia | Site manager | Agnieszka Wilk | 2801\nLeipzig | Reception | Desk | 2600"
)
LEAVE = "Every parent gets 90 working days of parental leave per child."


class Leading:
    """Asks for the lead of quotes that begin with some words of a passage, best first."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._keywords = knowledge.keywords

    def __call__(
        self, question: str, text: str, *begins: str, behind: float = 0.5, is_of_kind: bool = True
    ) -> str:
        chunk = Chunk(1, "c", "d", "v", "Title", "f.txt", None, 0, text, 0, 1, 1)
        passage = RetrievedChunk(chunk, 1.0, 0.5)
        quotes = [
            Quote(passage, unit.text, unit.start, 2 - behind * place, unit.kind, is_of_kind)
            for place, words in enumerate(begins)
            for unit in quotable_units([passage])
            if unit.text.startswith(words)
        ]
        return lead_of(quotes, question, QuestionTerms(self._keywords, question, ["c"]), Blocks())


@pytest.fixture
def lead(knowledge: Knowledge) -> Leading:
    return Leading(knowledge)


def test_a_cell_comes_with_the_words_of_its_row_and_its_column(lead: Leading) -> None:
    assert lead("Limit in London?", HOTELS, "London") == "London: 190 EUR, limit per night"


def test_a_row_without_column_names_is_its_name_and_its_value(lead: Leading) -> None:
    text = "Yard | 15 km/h\nRamp | 6 km/h"

    assert lead("How fast on the ramp?", text, "Ramp") == "Ramp: 6 km/h"


def test_of_several_cells_the_column_asked_for_is_shown(lead: Leading) -> None:
    asked = "For how many days can I have the van?"

    assert lead(asked, CARS, "Van") == "Van up to 3.5 tonnes: 3 days, longest booking"


def test_a_name_needs_no_column(lead: Leading) -> None:
    asked = "Who is the site manager in Gdynia?"

    assert lead(asked, PEOPLE, "Gdynia") == "Gdynia, Site manager: Agnieszka Wilk"


def test_of_several_cells_that_may_be_meant_none_stands_out(lead: Leading) -> None:
    assert lead("What about Gdynia?", PEOPLE, "Gdynia") == ""


def test_the_code_of_a_row_gives_way_to_its_name_unless_it_is_asked_for(lead: Leading) -> None:
    fees = (
        "Code | Service | Per | Amount\n"
        "S-06 | Saturday delivery | delivery | 95 EUR\nS-07 | Tail lift | stop | 22 EUR"
    )

    assert lead("What does Saturday delivery cost?", fees, "S-06") == "Saturday delivery: 95 EUR"
    asked = "What does S-06, Saturday delivery, cost?"
    assert lead(asked, fees, "S-06") == "S-06, Saturday delivery: 95 EUR"


def test_the_words_of_a_row_keep_their_order_and_leave_out_addresses(lead: Leading) -> None:
    staff = (
        "Site | Function | Name | Mail\n"
        "Rotterdam | Head of Customs | Greet Maes | customs@port.example\nLeipzig | Desk | Team | x"
    )

    asked = "Who is the Head of Customs at the port of Rotterdam?"
    assert lead(asked, staff, "Rotterdam") == "Rotterdam, Head of Customs: Greet Maes"


def test_the_name_of_a_column_goes_on_in_small_letters(lead: Leading) -> None:
    courses = "Course | Who | Length\nSafety | everybody | 60 minutes\nFire | helpers | 3 hours"

    assert lead("How long is the safety course?", courses, "Safety") == "Safety: 60 minutes, length"


def test_a_short_sentence_is_a_lead(lead: Leading) -> None:
    assert lead("How many days of leave?", f"{LEAVE} Ask in time.", "Every") == LEAVE


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("Leave is 90 days. It is paid.", "It"),
        ("Leave " + "and more leave " * 20 + "is 90 days.", "Leave"),
        ("Leave is for:\n- parents\n- children", "Leave"),
    ],
    ids=["leans on the sentence before", "a long sentence", "a list"],
)
def test_what_cannot_be_read_alone_at_a_glance_is_none(
    lead: Leading, text: str, begins: str
) -> None:
    assert lead("How many days of leave?", text, begins) == ""


def test_two_equals_leave_the_choice_to_the_reader(lead: Leading) -> None:
    assert lead("What is the limit?", HOTELS, "London", "Hamburg", behind=0.01) == ""


def test_what_has_no_sign_of_the_kind_asked_for_is_none(lead: Leading) -> None:
    assert lead("How many days of leave?", LEAVE, "Every", is_of_kind=False) == ""


def test_where_any_words_may_answer_a_sentence_is_none(lead: Leading) -> None:
    assert lead("Somebody took my parental leave, what now?", LEAVE, "Every") == ""


def test_without_quotes_there_is_none(lead: Leading) -> None:
    assert lead("How many?", LEAVE) == ""


def test_a_unit_in_the_name_of_a_column_stands_behind_the_figure(lead: Leading) -> None:
    prices = "Service | Unit | Price (EUR)\nCold store | pallet | 7.85\nScale | visit | 3.50"
    shares = "Country | Duty [%]\nPeru | 12\nChile | free"

    assert lead("What does the cold store cost?", prices, "Cold") == "Cold store: 7.85 EUR"
    assert lead("Which duty for Peru?", shares, "Peru") == "Peru: 12 %, duty"
    assert lead("Which duty for Chile?", shares, "Chile") == "Chile: free, Duty [%]"


def test_opening_hours_are_no_name(lead: Leading) -> None:
    people = (
        "Site | Function | Name | Hours\nOslo | Kiln manager | Ada Berg | Mon-Fri 06:00-15:00\n"
        "Bergen | Reception | Desk | Mon-Fri 07:00-19:00"
    )

    asked = "Who is the kiln manager in Oslo?"
    assert lead(asked, people, "Oslo") == "Oslo, Kiln manager: Ada Berg"
