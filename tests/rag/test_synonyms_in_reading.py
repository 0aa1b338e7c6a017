"""Synonyms and acronyms count where passages are read, less than the words of the question."""

import pytest

from core.domain.answers import NOT_SAID_DIRECTLY, Answer, AnswerLevel, RetrievedChunk
from core.domain.identity import User
from core.storage.index_terms import word_analyzer
from rag.conversations.explanations import Explanations
from rag.finding.rewriting import SearchQuery
from rag.reading.question import SYNONYM_SHARE, QuestionTerms
from rag.vocabulary.acronyms import MAX_ACRONYMS_OF_QUESTION, AcronymExpander
from rag.vocabulary.expansion import Expansion, SynonymExpander
from rag.vocabulary.synonyms import parse_vocabulary, shipped_vocabulary
from rag.writing.events import AnswerFinished
from tests.rag.conftest import Knowledge

WEIGHT = 0.4
COVERED = WEIGHT * SYNONYM_SHARE
VOCABULARY = """
remuneration, pay, paid
kiln, firing oven
glaze recipe, enamel formula
"""

terms = word_analyzer().analyze
EXPANDER = SynonymExpander(parse_vocabulary(VOCABULARY), terms, weight=WEIGHT)


@pytest.fixture
def pottery(knowledge: Knowledge) -> str:
    knowledge.synonyms = EXPANDER
    collection = knowledge.collection("Pottery", is_open=True)
    knowledge.document(
        collection,
        "Night firing",
        "Night work at the firing oven is paid at one and a half times the hourly rate.",
        "Clay is delivered on Tuesdays and stored in the cellar.",
    )
    return collection


def question_terms(knowledge: Knowledge, question: str, collection: str) -> QuestionTerms:
    return QuestionTerms(knowledge.keywords, question, [collection], EXPANDER.expand(question))


def ask(knowledge: Knowledge, user: User, question: str) -> Answer:
    events = list(knowledge.chat().ask(user, question))
    finished = events[-1]
    assert isinstance(finished, AnswerFinished)
    return finished.answer


# Coverage


def test_a_synonym_covers_a_word_of_the_question_in_part(
    knowledge: Knowledge, pottery: str
) -> None:
    kiln = question_terms(knowledge, "kiln", pottery)

    assert kiln.coverage("Open the kiln slowly.") == 1.0
    assert kiln.coverage("Open the firing oven slowly.") == pytest.approx(COVERED)
    assert kiln.coverage("Open the cellar slowly.") == 0.0


def test_all_words_of_a_synonym_must_stand_in_the_text(knowledge: Knowledge, pottery: str) -> None:
    assert question_terms(knowledge, "kiln", pottery).coverage("The oven in the canteen.") == 0.0


def test_a_synonym_covers_the_words_of_a_phrase_that_are_missing(
    knowledge: Knowledge, pottery: str
) -> None:
    recipe = question_terms(knowledge, "glaze recipe", pottery)

    half = recipe.coverage("The glaze is white.")
    both = recipe.coverage("The glaze is an enamel formula.")

    assert half < both < 1.0
    assert recipe.coverage("The enamel formula is secret.") == pytest.approx(COVERED)


def test_the_words_of_the_question_come_before_their_synonyms(
    knowledge: Knowledge, pottery: str
) -> None:
    asked = question_terms(knowledge, "remuneration for the kiln", pottery)

    assert (
        asked.coverage("Remuneration for the kiln.")
        > asked.coverage("Pay for the kiln.")
        > asked.coverage("Pay for the firing oven.")
        > asked.coverage("Pay for the cellar.")
    )


# What the documents know


def test_the_thing_asked_for_is_known_where_a_synonym_stands(
    knowledge: Knowledge, pottery: str
) -> None:
    question = "What is the remuneration for night work?"

    assert QuestionTerms(knowledge.keywords, question, [pottery]).is_thing_unknown
    assert not question_terms(knowledge, question, pottery).is_thing_unknown


def test_a_synonym_that_no_document_has_makes_nothing_known(
    knowledge: Knowledge, pottery: str
) -> None:
    terms_of = question_terms(knowledge, "What is the glaze recipe?", pottery)

    assert terms_of.is_thing_unknown
    assert terms_of.known == 0.0


def test_a_word_that_is_known_by_a_synonym_counts_less_than_one_that_stands(
    knowledge: Knowledge, pottery: str
) -> None:
    assert question_terms(knowledge, "oven", pottery).known == 1.0
    assert question_terms(knowledge, "kiln", pottery).known == pytest.approx(COVERED)
    assert QuestionTerms(knowledge.keywords, "kiln", [pottery]).known == 0.0


def test_a_question_in_other_words_is_answered(knowledge: Knowledge, pottery: str) -> None:
    question = "What is the remuneration for night work?"
    anna = knowledge.person("anna")
    knowledge.synonyms = SynonymExpander(shipped_vocabulary(), terms, weight=WEIGHT)

    with_synonyms = ask(knowledge, anna, question)
    knowledge.synonyms = None
    without = ask(knowledge, anna, question)

    assert without.level is AnswerLevel.POSSIBLY
    assert without.text.startswith(NOT_SAID_DIRECTLY)
    assert with_synonyms.level is AnswerLevel.ANSWER
    assert "one and a half times the hourly rate" in with_synonyms.text


def test_a_synonym_whose_words_stand_in_different_passages_makes_nothing_known(
    knowledge: Knowledge, pottery: str
) -> None:
    question = "What is the glaze recipe?"
    knowledge.document(pottery, "Names", "The enamel is white.", "A formula was found.")

    apart = question_terms(knowledge, question, pottery)
    apart_known, is_apart_unknown = apart.known, apart.is_thing_unknown
    knowledge.document(pottery, "Secrets", "The enamel formula is secret.")
    together = question_terms(knowledge, question, pottery)

    assert (apart_known, is_apart_unknown) == (0.0, True)
    assert together.known == pytest.approx(COVERED)
    assert not together.is_thing_unknown


def test_a_synonym_counts_as_known_only_in_the_collections_that_are_searched(
    knowledge: Knowledge, pottery: str
) -> None:
    closed = knowledge.collection("Secrets", "board")
    knowledge.document(closed, "Secrets", "The enamel formula is secret.")
    knowledge.document(pottery, "Names", "The enamel is white.", "A formula was found.")

    assert question_terms(knowledge, "What is the glaze recipe?", pottery).is_thing_unknown


def test_a_word_of_which_one_passage_has_a_whole_synonym_is_not_missing(
    knowledge: Knowledge, pottery: str
) -> None:
    anna = knowledge.person("anna")
    knowledge.synonyms = None
    chat = knowledge.chat()
    finished = list(chat.ask(anna, "Does the kiln or remuneration explode on Vesuvius?"))[-1]
    assert isinstance(finished, AnswerFinished)

    def missing(synonyms: SynonymExpander | None) -> tuple[str, ...]:
        explanations = Explanations(knowledge.database, knowledge.keywords, synonyms)
        return explanations.explain(anna, finished.message_id).missing_words

    assert missing(None) == ("kiln", "remuneration", "explode", "Vesuvius")
    assert missing(EXPANDER) == ("explode", "Vesuvius")


# Acronyms that passages explain

SHIPYARD = "The Hull Inspection Officer (HIO) signs the report before a launch."
LAUNCH = "A launch is stopped by the HIO at a wind of 12 metres a second."


def acronyms_of(question: str, *passages: str) -> list[tuple[str, str]]:
    expander = AcronymExpander(terms, {"care", "launch"}.__contains__, weight=WEIGHT)
    return [(e.asked, s.text) for e in expander.expand(question, passages) for s in e.synonyms]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("What does the HIO sign?", [("HIO", "Hull Inspection Officer")]),
        ("what does the hio sign", [("HIO", "Hull Inspection Officer")]),
        ("Who are the HIOs?", [("HIO", "Hull Inspection Officer")]),
        ("Where is the HIO's office?", [("HIO", "Hull Inspection Officer")]),
        ("Who is the hull inspection officer?", [("Hull Inspection Officer", "HIO")]),
        ("Who are the hull inspection officers?", [("Hull Inspection Officer", "HIO")]),
        ("Is the hull inspection officer the HIO?", []),
        ("Which officer does the hull inspection?", []),
        ('What does "HIO" stand for?', []),
        ("Who signs the report?", []),
    ],
)
def test_an_acronym_leads_to_its_words_and_back(
    question: str, found: list[tuple[str, str]]
) -> None:
    assert acronyms_of(question, SHIPYARD) == found


def test_an_acronym_that_is_also_a_word_is_read_in_capitals_only() -> None:
    passage = "The Crew Aid and Rescue Equipment (CARE) hangs at the bow."

    assert acronyms_of("Who takes care of the bow?", passage) == []
    assert acronyms_of("Where does the CARE hang?", passage) == [
        ("CARE", "Crew Aid and Rescue Equipment")
    ]


def test_an_acronym_with_small_letters_is_read_as_it_is_written() -> None:
    passage = "The Licence for Anchors (LfA) is renewed every spring."

    assert acronyms_of("Who renews the LfA?", passage) == [("LfA", "Licence for Anchors")]
    assert acronyms_of("Who renews the LFA?", passage) == [("LfA", "Licence for Anchors")]


def test_an_acronym_with_two_meanings_leads_to_both_and_neither_to_the_other() -> None:
    passages = (SHIPYARD, "Harbour Insurance Office (HIO)")

    assert acronyms_of("HIO", *passages) == [
        ("HIO", "Hull Inspection Officer"),
        ("HIO", "Harbour Insurance Office"),
    ]
    assert acronyms_of("hull inspection officer", *passages) == [("Hull Inspection Officer", "HIO")]


def test_a_question_takes_a_bounded_number_of_acronyms() -> None:
    long_forms = [f"Hull {chr(letter)}nspection Officer" for letter in range(65, 91)]
    passages = [f"The {form} (H{form[5]}O)." for form in long_forms]

    found = acronyms_of(", ".join(long_forms), *passages)

    assert len(found) == MAX_ACRONYMS_OF_QUESTION


def test_the_words_of_a_long_form_share_the_weight() -> None:
    expander = AcronymExpander(terms, lambda _: False, weight=0.3)

    (expansion,) = expander.expand("HIO", [SHIPYARD])

    assert expansion.weight == 0.3
    assert [s.weight for s in expansion.synonyms] == [pytest.approx(0.1)]


@pytest.fixture
def shipyard(knowledge: Knowledge) -> Knowledge:
    knowledge.synonyms = EXPANDER
    yard = knowledge.collection("Shipyard", is_open=True)
    knowledge.document(yard, "Launches", LAUNCH, "Paint dries for two days in the shed.")
    board = knowledge.collection("Board", "board")
    knowledge.document(board, "Offices", SHIPYARD)
    return knowledge


def found(
    knowledge: Knowledge, user: User, question: str
) -> tuple[list[RetrievedChunk], tuple[Expansion, ...]]:
    retrieved = knowledge.retriever().retrieve(user, SearchQuery(question), 5)
    return [hit for hit in retrieved.chunks if hit.chunk.text == LAUNCH], retrieved.synonyms


QUESTION = "When does the hull inspection officer intervene?"


def test_a_passage_with_the_acronym_is_found_by_the_words_it_stands_for(
    shipyard: Knowledge,
) -> None:
    (hit,), synonyms = found(shipyard, shipyard.person("bea", "board"), QUESTION)

    assert [(e.asked, e.synonyms[0].text) for e in synonyms] == [("Hull Inspection Officer", "HIO")]
    assert hit.keyword_score is not None


def test_an_acronym_of_a_closed_collection_does_nothing_for_who_cannot_read_it(
    shipyard: Knowledge,
) -> None:
    (hit,), synonyms = found(shipyard, shipyard.person("anna"), QUESTION)

    assert synonyms == ()
    assert hit.keyword_score is None


def test_an_acronym_of_a_collection_that_is_not_searched_does_nothing(shipyard: Knowledge) -> None:
    bea = shipyard.person("bea", "board")
    retriever = shipyard.retriever()
    yard = next(c.id for c in retriever.collections_for(bea, None) if c.name == "Shipyard")

    retrieved = retriever.retrieve(bea, SearchQuery(QUESTION), 5, collection_ids=[yard])

    assert retrieved.synonyms == ()


def test_without_synonyms_no_acronyms_are_looked_for(shipyard: Knowledge) -> None:
    shipyard.synonyms = None

    (hit,), synonyms = found(shipyard, shipyard.person("bea", "board"), QUESTION)

    assert synonyms == ()
    assert hit.keyword_score is None
