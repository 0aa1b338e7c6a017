"""The words by which two questions call the same thing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.storage.index_terms import word_analyzer
from rag.reading.question_words import QUESTION_WORDS
from rag.vocabulary.pairs import (
    MAX_DIFFERING,
    Wording,
    content_phrases,
    differing_pair,
    spelled_in,
    wording,
)

terms = word_analyzer().analyze


def stem(word: str) -> str:
    return " ".join(terms(word))


def words(text: str) -> Wording:
    return wording(text, stem, QUESTION_WORDS)


def pair(asked: str, said: str) -> tuple[str, str] | None:
    found = differing_pair(words(asked), words(said))
    return (found.asked.text, found.said.text) if found else None


@pytest.mark.parametrize(
    ("asked", "said", "found"),
    [
        (
            "What is the parking fee?",
            "What is the parking charge?",
            ("parking fee", "parking charge"),
        ),
        ("parking fee", "How much is the parking charge?", ("parking fee", "parking charge")),
        ("Fees for parking", "Charges for parking", ("fees", "charges")),
        (
            "Who pays for home office furniture?",
            "Who pays for mobile working furniture?",
            ("home office furniture", "mobile working furniture"),
        ),
        (
            "Is there a PTO carry-over?",
            "Is there a leave carry-over?",
            ("PTO carry", "leave carry"),
        ),
    ],
)
def test_what_differs_is_a_pair_with_the_word_beside_it(
    asked: str, said: str, found: tuple[str, str]
) -> None:
    assert pair(asked, said) == found


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("What is the parking fee?", "What is the parking fee?"),
        ("What is the parking fee?", "Who repairs the crane?"),
        (
            "What is the fee for parking a red van on Sunday at night?",
            "What is the parking charge?",
        ),
        ("Who is in charge of Hamburg?", "Who is in charge of Rotterdam?"),
        ("Where does Maria Keller sit?", "Where does the warden sit?"),
        ("parking", "parking fee"),
        ("", "parking fee"),
        ("What is it?", "What is that?"),
    ],
)
def test_questions_that_differ_by_nothing_by_much_or_by_names_are_no_pair(
    asked: str, said: str
) -> None:
    assert pair(asked, said) is None


def test_a_document_spells_a_phrase_its_own_way() -> None:
    text = "Parking Charges are paid monthly. A charge for parking a VAN is doubled."

    assert spelled_in(text, ("park", "charg"), stem) == "parking charges"
    assert spelled_in(text, ("charg", "park"), stem) == ""
    assert spelled_in(text, (), stem) == ""


def test_phrases_of_a_text_leave_out_names_and_shaping_words() -> None:
    found = [phrase.text for phrase in content_phrases(words("What does the London gate cost?"))]

    assert found == ["gate", "gate cost", "cost"]


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_two_texts_give_a_short_pair_of_their_words_or_none(one: str, other: str) -> None:
    asked, said = words(one), words(other)
    found = differing_pair(asked, said)

    if found is not None:
        assert found.asked.stems != found.said.stems
        assert 0 < len(found.asked.stems) <= MAX_DIFFERING + 1
        assert spelled_in(one, found.asked.stems, stem) != ""
        assert spelled_in(other, found.said.stems, stem) != ""
