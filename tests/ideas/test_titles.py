"""Titles that count as the same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.ideas.titles import normalised_title

UNHURRIED = settings(deadline=None)


@pytest.mark.parametrize(
    "other",
    [
        "Answer travel questions",
        "  answer   TRAVEL questions!  ",
        "Implement: answer travel questions",
        "Provide an answer - travel questions",
        "Änswer trável questions",
    ],
)
def test_titles_that_differ_in_noise_only_are_the_same(other: str) -> None:
    assert normalised_title(other) == normalised_title("Answer travel questions")


@pytest.mark.parametrize(
    "other", ["Answer travel question by phone", "Travel questions answer", "Answer questions"]
)
def test_titles_with_other_words_or_another_order_differ(other: str) -> None:
    assert normalised_title(other) != normalised_title("Answer travel questions")


def test_titles_of_noise_alone_are_told_apart() -> None:
    assert normalised_title("Add the new idea") != normalised_title("Use our proposal")


@UNHURRIED
@given(st.text(max_size=120))
def test_normalising_twice_changes_nothing(title: str) -> None:
    once = normalised_title(title)

    assert normalised_title(once) == once
