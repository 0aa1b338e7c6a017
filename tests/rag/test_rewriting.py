"""Queries stand alone and are spelt as the documents spell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.answers import Turn
from core.domain.ports import KeywordEntry
from core.storage.keyword_index import TantivyKeywordIndex
from rag.finding.rewriting import SearchQuery, search_query
from rag.finding.spelling import corrected_query
from tests.growth import growth
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
    "follow_up", ["Do they count?", "Is it paid as well?", "What if I come back early?", "Why?"]
)
def test_a_follow_up_brings_the_question_it_leans_on(follow_up: str) -> None:
    assert search_query(follow_up, HISTORY).standalone == f"{LEAVE} {follow_up}"


@pytest.mark.parametrize(
    "question",
    [
        "What does lunch in the Rotterdam canteen cost on a Friday?",
        "When are salaries paid?",
        "And how many vacation days do I get?",
        "Who is the head of fleet management?",
        "Is there a limit for gifts?",
        "Is it allowed to smoke in a company car?",
        "What do I do when there is a fire?",
        "My screen is broken, who repairs it?",
        "Which days are free this year?",
        "sick leave certificate",
    ],
)
def test_a_question_that_is_complete_in_itself_is_not_mixed_with_the_last(question: str) -> None:
    query = search_query(question, HISTORY)

    assert query.standalone == question
    assert not query.leans_on
    assert not query.context or question == "sick leave certificate"


@pytest.mark.parametrize(
    ("earlier", "follow_up", "question"),
    [
        (LEAVE, "And for twins?", "How many days of parental leave do I get for twins?"),
        ("When is the desk open?", "and on Saturday?", "When is the desk open on Saturday?"),
        ("When is the desk open on Friday?", "Saturday?", "When is the desk open on Saturday?"),
        ("When is the desk open?", "Sundays", "When is the desk open on Sundays?"),
        (
            "What is the hotel limit in London?",
            "ok, and Paris?",
            "What is the hotel limit in Paris?",
        ),
        (
            "What does a truck from Hamburg to Gdynia cost?",
            "and from Leipzig",
            "What does a truck from Leipzig to Gdynia cost?",
        ),
        ("Who approves a trip of 400 EUR?", "one for 3,000?", "Who approves a trip of 3,000 EUR?"),
        ("What does a T1 document cost?", "and a T2L?", "What does a T2L document cost?"),
        ("How long are recordings kept?", "and visitor logs?", "How long are visitor logs kept?"),
        ("What gifts may I accept?", "and meals?", "What meals may I accept?"),
        (
            "How much do I get for one child?",
            "a foster child?",
            "How much do I get for a foster child?",
        ),
        ("What is paid for overtime?", "for nights?", "What is paid for nights?"),
        ("Is there a bonus?", "Even for managers?", "Is there a bonus, even for managers?"),
        ("How many chairs are free?", "how many in hall 2?", "How many chairs are free in hall 2?"),
        ("Was kostet ein Parkplatz?", "in Leipzig?", "Was kostet ein Parkplatz in Leipzig?"),
    ],
)
def test_a_follow_up_that_is_no_sentence_is_filled_in(
    earlier: str, follow_up: str, question: str
) -> None:
    query = search_query(follow_up, [Turn("user", earlier)])

    assert query.standalone == question
    assert [part.text for part in query.context] == [follow_up]


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_two_questions_make_one_that_holds_the_words_of_the_last(
    earlier: str, question: str
) -> None:
    query = search_query(question, [Turn("user", earlier)])

    assert query.standalone.strip() or not question.strip()


def test_a_pasted_text_leans_on_nothing_and_costs_no_more_than_its_length() -> None:
    sentence = "When it rains, they say that this is the one. "

    assert not search_query(sentence * 90, HISTORY).leans_on
    assert growth(lambda count: search_query(sentence * count, HISTORY), 90, 360) < 9


def test_a_first_question_stays_as_it_is() -> None:
    assert search_query("And for twins?", ()).standalone == "And for twins?"


def test_follow_ups_in_a_row_lean_on_the_last_question_that_stands_alone() -> None:
    history = (*HISTORY, Turn("user", "And for twins?"), Turn("assistant", "30 more."))

    assert search_query("Do they count?", history).standalone == f"{LEAVE} Do they count?"
    assert search_query("And for triplets?", history).text == f"{LEAVE[:-1]} for triplets?"


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
