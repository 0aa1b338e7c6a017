"""What is called by a number is told from its neighbours: gate 12 is neither gate 1 nor gate 2."""

import pytest

from rag.reading.designations import Naming, asked_designations, naming
from rag.reading.question import QuestionTerms
from rag.writing.passages import PassageEngine
from tests.rag.conftest import HashingEmbedder, Knowledge
from tests.rag.test_passages import hit


def about(question: str, words: str, *above: str) -> Naming:
    return naming(asked_designations(question), words, above)


@pytest.mark.parametrize(
    ("question", "words", "expected"),
    [
        ("How many beds has ward 1?", "Ward 1 has 24 beds.", Naming.NAMED),
        ("How many beds has ward 1?", "Ward 11 has 18 beds.", Naming.ANOTHER),
        ("How many beds has ward 1?", "The wards have 80 beds.", Naming.SILENT),
        ("How many beds has ward 1?", "A bed costs 1 euro.", Naming.SILENT),
        ("How many beds has ward no. 7?", "Ward 7 has 24 beds.", Naming.NAMED),
        ("How many beds has ward 7?", "Ward 07 has 24 beds.", Naming.NAMED),
        ("Who cleans room 24?", "Rooms 20 to 29 are cleaned by Ada.", Naming.NAMED),
        ("Who cleans room 24?", "Rooms 2, 4 and 24 are cleaned by Ada.", Naming.NAMED),
        ("Who cleans room 24?", "Rooms 2 and 4 are cleaned by Ada.", Naming.ANOTHER),
        ("Who cleans rooms 2 and 3?", "Room 3 is cleaned by Ada.", Naming.NAMED),
        ("Who cleans room 2 or room 3?", "Room 2 is cleaned by Ada.", Naming.NAMED),
        ("Who sits at D1?", "Desk D1, Name Ayla", Naming.NAMED),
        ("Who sits at D1?", "Desk D11, Name Bruno", Naming.ANOTHER),
        ("Who sits at D17?", "D10 to D20 are free.", Naming.NAMED),
        ("Who leads team B?", "Team C is led by Ugo.", Naming.ANOTHER),
        ("Welcher Ofen? Wann wird Ofen 12 geheizt?", "Ofen 1 um 02:30", Naming.ANOTHER),
        ("Wie warm ist Kühlraum 3?", "In den Kühlräumen 2 bis 4 sind es 5 °C.", Naming.NAMED),
        ("Quand ouvre la salle n° 13 ?", "La salle 3 ouvre à 7 h 45.", Naming.ANOTHER),
        ("¿Cuándo se abre el aula 12?", "El aula 12 se abre a las 9:45.", Naming.NAMED),
        ("Kto dyżuruje w bramie 12?", "Brama 2 jest otwierana o 5:10.", Naming.ANOTHER),
        ("May an employee aged 60 work?", "Those aged 55 or older may not.", Naming.SILENT),
        ("Who is the judge in case 4/26?", "Case 14/26: judge Klein", Naming.ANOTHER),
        ("Who is the judge in case 4/26?", "Case 4/26: judge Klein", Naming.NAMED),
        ("Who opens gate 5?", "The gate 05:15 to 06:30", Naming.SILENT),
        ("Was steht in § 8?", "§ 7 Akten werden aufbewahrt.", Naming.ANOTHER),
        ("How many pallets in 2025?", "In 2024 there were 14,000 pallets.", Naming.ANOTHER),
    ],
)
def test_words_are_about_what_was_asked_or_about_another_one(
    question: str, words: str, expected: Naming
) -> None:
    assert about(question, words) is expected


@pytest.mark.parametrize(
    "question",
    [
        "May I keep a watch worth 80 euros?",
        "What do I get after 12 months?",
        "Was bekomme ich nach 12 Monaten?",
        "What may I lift, if it weighs 25 kg?",
        "Can I smoke here?",
        "What comes after step 2?",
        "Who led the firm prior to 1921?",
        "Who was rich before World War 1?",
    ],
)
def test_measures_and_neighbours_are_not_called_by_their_number(question: str) -> None:
    assert asked_designations(question) == ()


def test_of_a_conversation_the_last_question_decides() -> None:
    assert about("When does gate 7 open? And gate 8?", "Gate 7 opens at 05:15.") is Naming.ANOTHER


def test_what_words_stand_under_counts_where_they_say_nothing_themselves() -> None:
    question = "When is the code of locker 15 changed?"

    assert about(question, "It is changed daily.", "Locker 15", "Lockers") is Naming.NAMED
    assert about(question, "It is changed daily.", "Locker 5", "Lockers") is Naming.ANOTHER
    assert about(question, "Locker 15 stays shut.", "Locker 5", "Lockers") is Naming.NAMED


@pytest.mark.parametrize(
    ("question", "words", "above"),
    [
        ("What does section 3.2 say?", "The seal is replaced.", "3.2 Weekly check"),
        ("What is step 3?", "3. Lock the side door.", "Closing"),
        ("What does point (b) say?", "(b) the insurance lapsed,", "Termination"),
        ("Was steht in Absatz 2?", "(2) Der Rat entscheidet.", "Rat"),
        ("Was steht in § 8?", "§ 8 Alte Akten werden vernichtet.", "Akten"),
    ],
)
def test_a_part_of_a_text_is_known_by_the_number_in_front(
    question: str, words: str, above: str
) -> None:
    assert about(question, words, above) is Naming.ITSELF
    assert about("Who guards gate 3?", words, above) is Naming.SILENT


class Asked:
    """Asks the passage engine about texts, one passage each."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    def __call__(self, question: str, *texts: str) -> list[str]:
        collection = self._knowledge.collection(question, is_open=True)
        for number, text in enumerate(texts):
            self._knowledge.document(collection, f"Document {number}", text)
        terms = QuestionTerms(self._knowledge.keywords, question, [collection])
        hits = [hit(text, number=number) for number, text in enumerate(texts)]
        found = PassageEngine(HashingEmbedder()).quotes(question, terms, hits)
        return [quote.text for quote in found]


@pytest.fixture
def quoted(knowledge: Knowledge) -> Asked:
    return Asked(knowledge)


def test_what_names_another_number_is_not_quoted_beside_what_names_the_right_one(
    quoted: Asked,
) -> None:
    near = "The temperature of oven 14 in the bakery must be kept at 180 °C during the night."
    right = "230 °C must be kept in oven 4."

    assert quoted("What temperature must be kept in oven 4 of the bakery?", near, right) == [right]


def test_the_row_of_a_thing_comes_before_words_that_share_others_with_the_question(
    quoted: Asked,
) -> None:
    table = "Kiln | Glaze | Potter\nF7 | blue | Marta\nF8 | green | Iwan"
    near = "Ines looks after the tools of the studio."

    assert quoted("Who looks after F8?", near, table)[0] == "F8 | green | Iwan"


@pytest.mark.parametrize(
    ("question", "cell", "expected"),
    [
        ("Who tends kiln F8?", "F8", True),
        ("Who tends kiln F8?", "F18", False),
        ("Who tends kiln F8?", "8", False),
        ("Who tends kiln F8?", "after F8 was lit", False),
        ("Who teaches in studio 3?", "Studio 3", True),
        ("Who teaches in studio 3?", "3", True),
        ("Who teaches in studio 3?", "Iwan closes studio 3", False),
        ("Who teaches in studio 3?", "", False),
        ("Who teaches in studio 0?", "", False),
    ],
)
def test_a_cell_that_is_the_name_of_a_thing_holds_nothing_else(
    question: str, cell: str, *, expected: bool
) -> None:
    assert any(one.is_called(cell) for one in asked_designations(question)) is expected


def test_the_words_of_a_section_come_before_a_sentence_that_refers_to_it(quoted: Asked) -> None:
    text = (
        "## 3.2 Weekly check\n\nThe technician replaces the door seal.\n\n## 4 Records\n\n"
        "Records under section 3.2 are kept for ten years."
    )

    assert quoted("What does section 3.2 say?", text)[0] == "The technician replaces the door seal."
