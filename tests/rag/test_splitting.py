"""Two questions in one are told from one question with an “and” in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.kinds.splitting import split_questions
from tests.growth import growth

WORDS = st.sampled_from(
    "how what is the notice period and who do I tell ? also leave \n".split(" ")
)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("parental leave and hotel limits", ("parental leave", "hotel limits")),
        ("sick leave as well as parking fees", ("sick leave", "parking fees")),
        (
            "How long is the notice period and who do I tell?",
            ("How long is the notice period?", "who do I tell?"),
        ),
        (
            "Can I carry over leave, and do I have to ask?",
            ("Can I carry over leave?", "do I have to ask?"),
        ),
        (
            "How long is the notice period? Whom do I tell?",
            ("How long is the notice period?", "Whom do I tell?"),
        ),
        (
            "My father died. How many days do I get? Are they paid?",
            ("My father died. How many days do I get?", "Are they paid?"),
        ),
        (
            "What is the surcharge for a tail lift and for waiting?",
            ("What is the surcharge for a tail lift?", "What is the surcharge for waiting?"),
        ),
        (
            "What is the hotel limit in London and in Paris?",
            ("What is the hotel limit in London?", "What is the hotel limit in Paris?"),
        ),
    ],
)
def test_two_questions_are_split(text: str, parts: tuple[str, ...]) -> None:
    assert split_questions(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "and",
        "and and and",
        "When and where is the summer party?",
        "How and when do I get paid?",
        "terms and conditions",
        "health and safety training",
        "Do I get paid for travel and waiting time?",
        "What is the difference for new staff and for trainees?",
        "What are the rules for gifts from a supplier who is new here and for dinners?",
        "Who is in charge for and for?",
        "How do I know what to do and when to do it?",
        "What does a person who is ill and who is abroad have to do?",
        "What is the difference between sick leave and annual leave?",
        "Why? What is it for?",
        "Does this affect how much I get? How?",
        "How many days do I get? Thanks a lot!",
        "rules for gifts and for dinners with suppliers",
        "London\t190 EUR and more\nParis and what\t180 EUR",
    ],
)
def test_one_question_stays_as_it_is(text: str) -> None:
    assert split_questions(text) == (text,)


@given(st.text(max_size=400) | st.lists(WORDS, max_size=60).map(" ".join))
def test_no_word_is_lost(text: str) -> None:
    parts = split_questions(text)

    assert parts
    assert all(part.strip() for part in parts) or parts == (text,)
    assert {word.strip("?.,;:!") for part in parts for word in part.split()} <= {
        word.strip("?.,;:!") for word in text.split()
    }


def test_a_long_text_is_one_question_and_costs_no_more_than_its_length() -> None:
    text = ("how is it and " * 1_600)[:16_000]

    assert split_questions(text[:4_000]) == (text[:4_000],)
    assert growth(lambda length: split_questions(text[:length]), 4_000, 16_000) < 9
