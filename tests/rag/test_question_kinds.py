"""What kind of question this is: the sixty, none of the ordinary ones, and any text at all."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.datasets import load_golden
from rag.kinds.phrases import PhraseError, phrase_pattern
from rag.kinds.recognition import Kind, QuestionKind, question_kind
from tests.growth import growth

HERE = Path(__file__).parent
LINES = (HERE / "question_kinds.jsonl").read_text(encoding="utf-8").splitlines()
QUESTIONS = [json.loads(line) for line in LINES]
PHRASINGS = [(text, question) for question in QUESTIONS for text in question["phrasings"]]
ORDINARY = (HERE / "ordinary_questions.txt").read_text(encoding="utf-8").splitlines()
TABLE = "Destination\tHotel\tMeals\nLondon\t190 EUR\t45 EUR\nCopenhagen\t175 EUR\t50 EUR\n"
WORDS = st.sampled_from(
    "hi thanks compare list all which documents mention what is the of and summarise please "
    "A CISO difference between changed in ? vs , : 👋 \n \t".split(" ")
)


def test_there_are_sixty_questions_of_all_kinds_in_two_phrasings() -> None:
    assert len(QUESTIONS) == 60
    assert {question["kind"] for question in QUESTIONS} == set(Kind)
    assert len({text for text, _ in PHRASINGS}) == 120


@pytest.mark.parametrize(("text", "question"), PHRASINGS, ids=[text for text, _ in PHRASINGS])
def test_a_question_of_a_kind_is_recognised_with_what_it_is_about(
    text: str, question: dict[str, str]
) -> None:
    kind = question_kind(text)

    assert kind is not None
    assert kind.kind == question["kind"]
    assert (kind.subject, kind.other) == (question.get("subject", ""), question.get("other", ""))


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_question_is_of_no_kind(text: str) -> None:
    assert question_kind(text) is None


def test_no_question_of_the_golden_set_is_of_a_kind() -> None:
    asked = [case.text for case in load_golden().cases]

    assert [text for text in asked if question_kind(text)] == []


@pytest.mark.parametrize("text", ["", " ", "?", "...", "!?", "👋", "—", "\n", TABLE, "hi\n" * 9])
def test_what_is_no_question_is_of_no_kind(text: str) -> None:
    assert question_kind(text) is None


@given(st.text(max_size=400))
def test_any_text_has_a_kind_or_none(text: str) -> None:
    question_kind(text)


@given(st.lists(WORDS, max_size=60))
def test_any_row_of_its_own_words_has_a_kind_or_none(words: list[str]) -> None:
    question_kind(" ".join(words))


@pytest.mark.parametrize("piece", ["compare a and ", "list all ", "hi ", "thanks and ", "a", " "])
def test_a_long_text_costs_no_more_than_its_length(piece: str) -> None:
    assert growth(lambda length: question_kind((piece * length)[:length]), 75, 300) < 9
    assert growth(lambda length: question_kind((piece * length)[:length]), 300, 4_000) < 40


def test_the_subject_is_kept_as_it_was_typed() -> None:
    assert question_kind("hi, which documents mention “R&D in St. Gallen”?") == QuestionKind(
        Kind.MENTIONS, "R&D in St. Gallen"
    )


def test_documents_about_something_are_not_looked_for_word_by_word() -> None:
    literal = question_kind("Which documents mention gifts?")
    loose = question_kind("Which documents are about gifts?")

    assert literal == QuestionKind(Kind.MENTIONS, "gifts")
    assert loose == QuestionKind(Kind.MENTIONS, "gifts", is_literal=False)


@pytest.mark.parametrize("phrase", ["what [is", "what (is", "what is)", "<unheard> of"])
def test_a_phrase_that_cannot_be_read_says_so(phrase: str) -> None:
    with pytest.raises(PhraseError):
        phrase_pattern(phrase, {})
