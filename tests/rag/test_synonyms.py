"""Synonyms of a question: the shipped sets, how they are read, and how phrases are found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.storage.index_terms import word_analyzer
from rag.finding.retrieval import HybridRetriever, Indexes
from rag.finding.rewriting import SearchQuery
from rag.reading.question_words import QUESTION_WORDS
from rag.vocabulary.expansion import (
    MAX_SYNONYMS,
    MAX_SYNONYMS_OF_PHRASE,
    SynonymExpander,
)
from rag.vocabulary.synonyms import (
    EXACT,
    MAX_PHRASES,
    MAX_SETS,
    SynonymSet,
    Vocabulary,
    parse_vocabulary,
    shipped_vocabulary,
)
from rag.vocabulary.word_runs import word_runs
from tests.rag.conftest import Knowledge

terms = word_analyzer().analyze
SHIPPED = SynonymExpander(shipped_vocabulary(), terms, weight=0.4)


def expander(text: str, weight: float = 0.4) -> SynonymExpander:
    return SynonymExpander(parse_vocabulary(text), terms, weight=weight)


def added(question: str, using: SynonymExpander = SHIPPED) -> list[str]:
    return [s.text for expansion in using.expand(question) for s in expansion.synonyms]


def asked(question: str, using: SynonymExpander = SHIPPED) -> list[str]:
    return [expansion.asked for expansion in using.expand(question)]


# The shipped sets


def test_several_hundred_sets_are_shipped() -> None:
    assert len(shipped_vocabulary().sets) >= 400


def test_a_phrase_of_the_shipped_sets_means_one_thing() -> None:
    """A word with two meanings would lead from one into the other."""
    sets = [s for s in shipped_vocabulary().sets if not s.targets]
    places: dict[tuple[bool, tuple[str, ...]], list[str]] = {}
    for synonyms in sets:
        for phrase in synonyms.phrases:
            words = next(word_runs(phrase.removeprefix(EXACT)))
            is_exact = phrase.startswith(EXACT)
            stems = (w.lower() if is_exact else " ".join(terms(w)) or w for w in words)
            places.setdefault((is_exact, tuple(stems)), []).append(phrase)

    assert [phrases for phrases in places.values() if len(phrases) > 1] == []


def test_no_phrase_of_the_shipped_sets_leads_to_more_than_is_looked_for() -> None:
    phrases = {p.removeprefix(EXACT) for s in shipped_vocabulary().sets for p in s.phrases}

    most = max(phrases, key=lambda phrase: len(added(phrase)))

    assert len(added(most)) < MAX_SYNONYMS_OF_PHRASE, most


@pytest.mark.parametrize(
    ("question", "synonym"),
    [
        ("How many vacation days are there?", "holiday allowance"),
        ("Can I telework?", "working from home"),
        ("She passed away last week", "bereavement"),
        ("Is there a cafeteria?", "canteen"),
        ("Where is the elevator?", "lift"),
        ("My dad is moving", "parent"),
        ("What is my notebook computer worth?", "device"),
    ],
)
def test_shipped_sets_lead_from_the_words_of_a_question_to_those_of_documents(
    question: str, synonym: str
) -> None:
    assert synonym in added(question)


@pytest.mark.parametrize(
    "question",
    [
        "Does the company pay for training by train?",
        "Who pays?",
        "Does it support this?",
        "What about the others?",
        "Of course not.",
        "How many minutes does it take?",
        "How expensive is it?",
    ],
)
def test_words_with_another_meaning_lead_nowhere_wrong(question: str) -> None:
    wrong = {"salary", "expense claim", "help desk", "training course", "meeting notes", "roughly"}

    found = set(added(question))

    assert found & wrong <= ({"training course"} if "training" in question else set())


@pytest.mark.parametrize("word", sorted(QUESTION_WORDS))
def test_a_word_that_only_shapes_questions_has_no_synonyms(word: str) -> None:
    assert added(word) == []


@pytest.mark.parametrize(
    "word",
    "several service late information management contains senior assistant install elevated except "
    "access account market quite cool literally prompt options organized application".split(),
)
def test_a_common_word_is_not_taken_for_another_of_its_stem(word: str) -> None:
    assert added(word) == []


# Reading sets


def test_a_vocabulary_is_read_line_by_line() -> None:
    text = "# Leave\n\nholiday,  annual   leave # both\nfather, mother => parent\n"

    found = parse_vocabulary(text)

    assert found.sets == (
        SynonymSet(("holiday", "annual leave")),
        SynonymSet(("father", "mother"), ("parent",)),
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("holiday, vacation, Holiday", "stands twice"),
        ("father => father", "stands twice"),
        ("holiday", "needs two"),
        ("holiday,", "without letters"),
        ("holiday, , leave", "without letters"),
        ("=> parent", "without letters"),
        ("father =>", "without letters"),
        ("holiday, 25", "without letters"),
        ("holiday, annual/leave", "punctuation"),
        ("holiday, 'leave'", "punctuation"),
        ("holiday, " + "very " * 6 + "long", "too long"),
        ("holiday, " + "x" * 61, "too long"),
        (", ".join(f"word{n}" for n in range(MAX_PHRASES + 1)), "at most"),
    ],
)
def test_a_set_that_cannot_be_used_is_refused_with_its_line(line: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=r"^Line 2: ") as refused:
        parse_vocabulary(f"gym, fitness studio\n{line}")

    assert reason in str(refused.value)


def test_a_vocabulary_has_a_bounded_number_of_sets() -> None:
    one = SynonymSet(("holiday", "vacation"))

    with pytest.raises(InvalidInput, match="at most"):
        Vocabulary((one,) * (MAX_SETS + 1))


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = parse_vocabulary(text)
    except InvalidInput:
        return
    SynonymExpander(found, terms, weight=0.4).expand(text)


# Finding phrases


def test_the_longest_phrase_is_taken_and_its_words_are_not_read_again() -> None:
    sets = expander("leave, absence\nparental leave, leave for parents\nchild, kid")

    assert asked("Parental leave for a child", sets) == ["Parental leave", "child"]


@pytest.mark.parametrize("question", ["works from home", "WORKING FROM HOME", "work-from-home"])
def test_phrases_are_found_in_other_forms(question: str) -> None:
    assert added(question, expander("working from home, telework")) == ["telework"]


def test_a_marked_phrase_is_found_only_as_it_is_written() -> None:
    sets = expander("=train, railway\n=training, seminar")

    assert added("by Train", sets) == ["railway"]
    assert added("a training", sets) == ["seminar"]
    assert added("trained", sets) == []


def test_one_way_sets_do_not_lead_back() -> None:
    sets = expander("father, mother => parent")

    assert added("my father", sets) == ["parent"]
    assert added("a parent", sets) == []


def test_sets_that_share_a_phrase_are_followed() -> None:
    sets = expander("dad, father\nfather => parent\nparent, guardian")

    assert added("my dad", sets) == ["father", "parent", "guardian"]


def test_an_abbreviation_in_capitals_is_not_the_small_word() -> None:
    sets = expander("IT support, help desk")

    assert added("Who is IT support?", sets) == ["help desk"]
    assert added("Does it support this?", sets) == []


def test_an_abbreviation_whose_stem_is_an_article_is_not_found_by_it() -> None:
    sets = expander("AED, defibrillator")

    assert added("Where is the AED?", sets) == ["defibrillator"]
    assert added("Where is a taxi?", sets) == []


@pytest.mark.parametrize(
    "question",
    [
        'What does "annual leave" mean?',
        "What does “annual leave” mean?",
        "Was heißt „annual leave“?",
        "What does ‘annual leave’ mean?",
        "What does 'annual leave' mean?",
        "Who reads annual-leave@nordhafen.example?",
        "Where is https://nordhafen.example/annual-leave?",
        "Where is form annual-leave-2024?",
        "Annual, leave",
        "annual\nleave",
        "annual – leave",
    ],
)
def test_quotations_addresses_identifiers_and_punctuation_are_left_alone(question: str) -> None:
    assert added(question, expander("annual leave, vacation")) == []


def test_an_apostrophe_opens_no_quotation() -> None:
    sets = expander("annual leave, vacation\nemployee, staff member")

    assert added("What's the employees' annual leave, and isn't it paid?", sets) == [
        "vacation",
        "staff member",
    ]


def test_what_the_question_says_already_is_not_added() -> None:
    sets = expander("holiday, vacation, annual leave")

    assert added("Is vacation the same as annual leave?", sets) == ["holiday"]


def test_the_words_of_a_synonym_share_its_weight() -> None:
    sets = expander("vacation, holiday, annual leave", weight=0.4)

    (found,) = sets.expand("vacation")

    assert {s.text: s.weight for s in found.synonyms} == {"holiday": 0.4, "annual leave": 0.2}


@pytest.mark.parametrize("weight", [0.0, 1.0, -0.5, 2.0])
def test_a_synonym_weighs_less_than_a_word_of_the_question(weight: float) -> None:
    with pytest.raises(ValueError, match="less than 1"):
        expander("holiday, vacation", weight)


SHIPPED_PHRASES = sorted(
    {p.removeprefix(EXACT) for s in shipped_vocabulary().sets for p in (*s.phrases, *s.targets)}
)
QUESTIONS = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from([*SHIPPED_PHRASES, "?", '"', "'", "12", "-", "\n"]), max_size=60).map(
        " ".join
    ),
)


@given(QUESTIONS)
def test_any_question_gets_a_bounded_number_of_light_synonyms_each_once(question: str) -> None:
    found = [s for expansion in SHIPPED.expand(question) for s in expansion.synonyms]

    assert len(found) <= MAX_SYNONYMS
    assert len({s.text for s in found}) == len(found)
    assert all(0 < s.weight < 1 for s in found)


@given(QUESTIONS)
def test_the_same_question_gets_the_same_synonyms(question: str) -> None:
    assert SHIPPED.expand(question) == SHIPPED.expand(question)


@given(st.lists(st.sampled_from(SHIPPED_PHRASES), max_size=3).map(" . ".join))
def test_a_question_with_all_its_synonyms_gets_no_more(question: str) -> None:
    complete = " . ".join([question, *added(question)])

    assert added(complete) == []


@given(st.sampled_from(SHIPPED_PHRASES))
def test_no_shipped_phrase_is_expanded_inside_a_quotation(phrase: str) -> None:
    assert added(f'What is "{phrase}"?'.replace("What is", "")) == []


# In the search


@pytest.fixture
def filled(knowledge: Knowledge) -> Knowledge:
    handbook = knowledge.collection("Handbook", is_open=True)
    knowledge.document(
        handbook, "Rules", "Telework is agreed with the foreman.", "Lunch costs 4.90 EUR."
    )
    return knowledge


def keyword_scores(knowledge: Knowledge, synonyms: SynonymExpander | None) -> list[float | None]:
    retriever = HybridRetriever(
        knowledge.database,
        Indexes(knowledge.vectors, knowledge.keywords, synonyms),
        knowledge.embedders,
        candidates=50,
    )
    query = SearchQuery("Can I do home office?")
    found = retriever.retrieve(knowledge.person("anna"), query, 5).chunks
    return [hit.keyword_score for hit in found if "Telework" in hit.chunk.text]


def test_synonyms_are_looked_for_only_if_they_are_given(filled: Knowledge) -> None:
    assert keyword_scores(filled, None) == [None]


def test_a_passage_is_found_by_a_synonym(filled: Knowledge) -> None:
    (score,) = keyword_scores(filled, SHIPPED)

    assert score is not None
    assert score > 0
