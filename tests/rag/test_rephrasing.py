"""A question takes over the words of the documents where they lack its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.ports import WeightedText
from rag.vocabulary.expansion import Expansion
from rag.vocabulary.rephrasing import rephrased

HELD = {"mobile phone", "stolen", "depot"}


def expansion(asked: str, *synonyms: str) -> Expansion:
    return Expansion(asked, tuple(WeightedText(text, 0.4) for text in synonyms), 0.4)


@pytest.mark.parametrize(
    ("question", "expansions", "expected"),
    [
        (
            "My handset got nicked!",
            [expansion("handset", "cell phone", "mobile phone"), expansion("nicked", "stolen")],
            "My mobile phone got stolen!",
        ),
        ("Where is the depot?", [expansion("depot", "mobile phone")], "Where is the depot?"),
        ("Where is the attic?", [expansion("attic", "loft")], "Where is the attic?"),
        ("Hand  set gone", [expansion("hand set", "mobile phone")], "mobile phone gone"),
        ("handsets", [expansion("handset", "mobile phone")], "handsets"),
    ],
)
def test_what_the_documents_lack_is_replaced(
    question: str, expansions: list[Expansion], expected: str
) -> None:
    assert rephrased(question, expansions, HELD.__contains__) == expected


@given(st.text(max_size=40), st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_any_words_can_be_replaced_by_any_others(question: str, asked: str, other: str) -> None:
    expansions = [expansion(asked, other)]

    assert rephrased(question, expansions, lambda _: True) == question
    rephrased(question, expansions, lambda text: text == other)
