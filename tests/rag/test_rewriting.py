"""Queries stand alone and are spelt as the documents spell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.answers import Turn
from core.domain.ports import KeywordEntry
from core.storage.keyword_index import TantivyKeywordIndex
from rag.finding.rewriting import SearchQuery, search_query
from rag.finding.spelling import corrected_query
from tests.rag.conftest import HashingEmbedder, Knowledge

LEAVE = "How many days of parental leave do I get?"
HISTORY = (Turn("user", LEAVE), Turn("assistant", "You get 90 working days."))
TEXT = "The password has a minimum length of 14 characters. The defibrillator hangs at the gate."


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> TantivyKeywordIndex:
    index = TantivyKeywordIndex(tmp_path_factory.mktemp("keywords"))
    index.add("c", [KeywordEntry(1, "Security", "", TEXT)])
    return index


def corrected(query: str, index: TantivyKeywordIndex, *, words: frozenset[str]) -> str:
    return corrected_query(query, index, ["c"], words.__contains__)


@pytest.mark.parametrize(
    "follow_up", ["And for twins?", "Do they count?", "Is it paid as well?", "What about interns?"]
)
def test_a_follow_up_brings_the_question_it_leans_on(follow_up: str) -> None:
    assert search_query(follow_up, HISTORY).standalone == f"{LEAVE} {follow_up}"


def test_a_question_of_its_own_stays_as_it_is() -> None:
    question = "What does lunch in the Rotterdam canteen cost on a Friday?"

    assert search_query(question, HISTORY).standalone == question


def test_a_first_question_stays_as_it_is() -> None:
    assert search_query("And for twins?", ()).standalone == "And for twins?"


def test_follow_ups_in_a_row_lean_on_the_last_question_that_stands_alone() -> None:
    history = (*HISTORY, Turn("user", "And for twins?"), Turn("assistant", "30 more."))

    assert search_query("And for triplets?", history).standalone == f"{LEAVE} And for triplets?"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("minimum pasword lenght", "minimum password length"),
        ("minimun Password?", "minimum Password?"),
        ("how many charactres", "how many characters"),
    ],
)
def test_a_slip_of_the_keyboard_is_corrected_with_an_indexed_word(
    index: TantivyKeywordIndex, typed: str, meant: str
) -> None:
    assert corrected(typed, index, words=frozenset({"characters"})) == meant


def test_a_word_of_the_language_is_no_slip(index: TantivyKeywordIndex) -> None:
    assert corrected("lengthy gates", index, words=frozenset({"lengthy"})) == "lengthy gates"
    assert corrected("pasword", index, words=frozenset({"pasword"})) == "pasword"


@pytest.mark.parametrize("query", ["gaet", "NH-Gaest PASWORD", "form HR-27", "sabbatical", ""])
def test_short_words_names_and_far_words_stay(index: TantivyKeywordIndex, query: str) -> None:
    assert corrected(query, index, words=frozenset()) == query


@given(st.lists(st.sampled_from(TEXT.replace(".", "").split()), max_size=8))
def test_correction_never_changes_a_known_word(
    index: TantivyKeywordIndex, words: list[str]
) -> None:
    query = " ".join(words)

    assert corrected(query, index, words=frozenset()) == query


@given(st.text(alphabet="abcdeghilnoprstuw ", max_size=40))
def test_correction_changes_no_more_than_words_one_letter_longer_or_shorter(
    index: TantivyKeywordIndex, query: str
) -> None:
    after = corrected(query, index, words=frozenset())

    assert len(after.split()) == len(query.split())
    assert all(abs(len(a) - len(b)) <= 1 for a, b in zip(query.split(), after.split(), strict=True))


class LearningEmbedder(HashingEmbedder):
    """Knows no word whole, so that every unknown word may be a slip."""

    def count_tokens(self, text: str) -> int:
        return 2 * len(text.split())


def test_a_search_tells_how_it_spelt_the_query(knowledge: Knowledge) -> None:
    knowledge.embedder = LearningEmbedder()
    handbook = knowledge.collection("Handbook", is_open=True)
    knowledge.document(handbook, "Security", TEXT)

    found = knowledge.retriever().retrieve(
        knowledge.person("anna"), SearchQuery("pasword lenght"), 3
    )

    assert found.query.text == "password length"
    assert found.chunks[0].keyword_score is not None
