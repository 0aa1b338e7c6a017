"""Evidence counts only sentences that hold what is asked for, and words the documents know."""

from dataclasses import replace

import pytest

from core.domain.answers import RetrievedChunk
from core.domain.knowledge import Chunk
from rag.reading.answer_kind import AnswerKind, expected_answer
from rag.reading.evidence import ENOUGH, Evidence, QuestionTerms, weigh_evidence
from rag.reading.reader import ReadUnit, read
from rag.reading.unit_vectors import UnitVectors
from tests.rag.conftest import Knowledge


def hit(text: str, similarity: float = 0.6, number: int = 1) -> RetrievedChunk:
    chunk = Chunk(number, "c", "d", "v", "Title", "f.txt", None, 0, text, 0, 1, 1)
    return RetrievedChunk(chunk, 1.0, similarity)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many days of leave do I get?", AnswerKind.COUNT),
        ("How long is my notice?", AnswerKind.DURATION),
        ("What do I pay for lunch?", AnswerKind.MONEY),
        ("What Governor in charge of New France died?", AnswerKind.ANY),
        ("What is the mileage rate?", AnswerKind.FIGURE),
        ("When do I have to send the form?", AnswerKind.TIME),
        ("Who runs the Rotterdam site?", AnswerKind.NAME),
        ("May I bring my dog?", AnswerKind.ANY),
        ("Who may use the lift?", AnswerKind.ANY),
        ("procedure code 7100", AnswerKind.ANY),
    ],
)
def test_a_question_tells_the_kind_of_its_answer(question: str, kind: AnswerKind) -> None:
    assert expected_answer(question).kind is kind


def test_the_last_question_decides() -> None:
    asked = expected_answer("How long must my password be? And how often do I have to change it?")

    assert asked.kind is AnswerKind.ANY


def test_a_follow_up_that_asks_nothing_itself_takes_the_kind_of_the_question_before() -> None:
    asked = expected_answer("How much is a full truck from Hamburg to Gdynia? And to Antwerp?")

    assert asked.kind is AnswerKind.FIGURE


def test_of_two_questions_in_one_any_answer_will_do() -> None:
    assert expected_answer("Do we do that, and what does it cost?").kind is AnswerKind.ANY


@pytest.mark.parametrize(
    ("question", "answer", "is_met"),
    [
        ("How many kilometres can the car drive?", "It drives 320 km on one charge.", True),
        ("How many kilometres can the car drive?", "0.38 EUR per kilometre is paid.", False),
        ("How many days do I get?", "Every parent gets 90 working days.", True),
        ("How many days do I get?", "Five of the sites are closed.", False),
        ("How many pages a month may I print?", "The quota is 300 pages a month.", True),
        ("How many trucks are there?", "The fleet has 184 lorries.", True),
        ("How long may I stay?", "Staff stay for six months.", True),
        ("How long must a password be?", "A password has at least 14 characters.", True),
        ("How long must a password be?", "A password is secret.", False),
        ("How long may I stay?", "Staff stay in Room 4.", False),
        ("What does lunch cost?", "The menu is 4.90 EUR.", True),
        ("What does lunch cost?", "The menu changes every week.", False),
        ("Who runs the site?", "The site is run by Joost Hendriks.", True),
        ("Who runs the site?", "Everybody helps on Monday.", False),
        ("Who inspects crane B9?", "B9 | 7 t | Orla", True),
        ("Who inspects crane B9?", "B9 | 7 t | Jan van der Berg | 2701", True),
        ("Who inspects crane B9?", "B9 | 7 t | every week", False),
        ("What is the name of the driver?", "The driver was Jan Kowal.", True),
        ("What is the name of the driver?", "The truck hit a rack in Leipzig.", False),
        ("Which insurance company covers us?", "Allianz insures every truck of Allianz.", True),
        ("When is the party?", "It is on 19 June.", True),
        ("May I bring my dog?", "Dogs stay at home.", True),
    ],
)
def test_a_sentence_fits_if_it_holds_what_is_asked_for(
    question: str, answer: str, *, is_met: bool
) -> None:
    assert expected_answer(question).is_met(answer, f"Heading: {answer}") is is_met


@pytest.mark.parametrize(
    ("question", "text", "is_fitting"),
    [
        ("Who does the night nurse call?", "Night nurse calls the ward doctor first.", True),
        ("Who calls the ward doctor?", "The ward doctor is called by two nurses.", True),
        ("Who does the night nurse call?", "Night nurse calls before midnight.", False),
        ("Who does the night nurse call?", "The ward doctor sleeps upstairs.", False),
        ("What is the name of the ward doctor?", "The nurse knows the name of the doctor.", False),
    ],
)
def test_who_may_be_a_post_or_a_body_in_a_sentence_that_says_all_of_the_question(
    knowledge: Knowledge, question: str, text: str, *, is_fitting: bool
) -> None:
    collection = knowledge.collection("Ward", is_open=True)
    knowledge.document(collection, "Ward", text)
    terms = QuestionTerms(knowledge.keywords, question, [collection])

    [unit] = read(UnitVectors(knowledge.embedder), question, terms, [hit(text)])

    assert unit.is_fitting is is_fitting


def test_the_names_of_columns_count_as_units() -> None:
    asked = expected_answer("How many days off do I get for a wedding?")

    assert asked.is_met("Own wedding 2", "Special leave: Occasion Own wedding, Paid days 2")


def test_words_that_only_shape_a_question_are_no_terms(knowledge: Knowledge) -> None:
    collection = knowledge.collection("Handbook", is_open=True)
    knowledge.document(collection, "Leave", "Parental leave is 90 days.")

    terms = QuestionTerms(knowledge.keywords, "How long can I go on a sabbatical?", [collection])

    assert list(terms.weights) == ["sabbat"]
    assert terms.known == 0.0


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("Was steht in § 8?", ["8"]),
        ("Wie lange muss ich die Ernte lagern?", ["ernt", "lagern"]),
        ("Für welche Bäume gilt das nicht?", ["baum", "gilt"]),
        ("Wo finde ich den Schlüssel für unsere Mühle?", ["find", "schlussel", "muhl"]),
        ("Que dit l'article 8 ?", ["articl", "8"]),
        ("Où est-ce que je dois ranger les outils ?", ["ranger", "outil"]),
        ("Combien de paniers faut-il pour la récolte ?", ["panier", "recolt"]),
        ("¿Qué dice el artículo 8?", ["articulo", "8"]),
        ("¿Cuánto tiempo tengo para la cosecha?", ["tiempo", "cosecha"]),
        ("Donde esta la llave de nuestro molino?", ["llave", "molino"]),
        ("Co mówi paragraf 8?", ["paragraf", "8"]),
        ("Gdzie jest klucz do młyna?", ["klucz", "mlyna"]),
        ("Jak długo mogę to trzymać?", ["trzymac"]),
        ("What was the die made of?", ["die", "made"]),
        ("die cast mould 4", ["die", "cast", "mould", "4"]),
        ("Was the man in the mill?", ["man", "mill"]),
    ],
)
def test_words_that_only_shape_a_question_are_known_in_five_languages(
    knowledge: Knowledge, question: str, terms: list[str]
) -> None:
    assert list(QuestionTerms(knowledge.keywords, question, []).weights) == terms


def test_a_question_in_german_is_known_where_its_content_words_stand(knowledge: Knowledge) -> None:
    collection = knowledge.collection("Orchard", is_open=True)
    knowledge.document(collection, "Obstgarten", "Die Ernte lagert kühl.")

    terms = QuestionTerms(knowledge.keywords, "Wie müssen wir unsere Ernte lagern?", [collection])

    assert QuestionTerms(knowledge.keywords, "Was ist mit der Ernte?", [collection]).known == 1.0
    assert 0.0 < terms.known < 1.0


@pytest.mark.parametrize(
    ("question", "is_unknown"),
    [
        ("What is the stable code?", True),
        ("What's the password of the stable?", True),
        ("What is the bedding of a stable?", False),
        ("What is the opening time of the stable?", False),
        ("What is the price of a stable?", False),
        ("Is there a code for the stable?", False),
        ("Who has the stable code?", False),
    ],
)
def test_the_very_thing_asked_for_may_be_unknown_to_the_documents(
    knowledge: Knowledge, question: str, *, is_unknown: bool
) -> None:
    collection = knowledge.collection("Stable", is_open=True)
    knowledge.document(collection, "Stable", "The bedding of the stable is straw.")

    assert QuestionTerms(knowledge.keywords, question, [collection]).is_thing_unknown is is_unknown


def test_where_no_document_knows_the_thing_asked_for_more_evidence_is_needed() -> None:
    known = Evidence(similarity=0.6, sentence_similarity=0.5, nearest=1.4, fitting=1.4, known=0.5)

    assert known.is_enough
    assert not known.is_tentative
    assert replace(known, is_thing_unknown=True).is_tentative
    assert not replace(known, is_thing_unknown=True, for_model=True).is_tentative


def test_an_unknown_name_takes_less_than_an_unknown_thing() -> None:
    known = Evidence(similarity=0.6, sentence_similarity=0.5, nearest=1.4, fitting=1.4, known=0.5)
    name = replace(known, is_name_unknown=True)

    assert known.strength > name.strength > replace(known, is_thing_unknown=True).strength
    assert replace(name, for_model=True).strength == known.strength


@pytest.mark.parametrize(
    ("question", "is_unknown"),
    [
        ("What is the bedding in Vienna?", True),
        ("What is the bedding? Vienna is cold.", False),  # a capital begins the sentence
        ("What is the Bedding of the Stable?", False),
        ("Do I get a horse from Anna's stable?", True),
        ("what is the bedding in vienna", False),
    ],
)
def test_a_name_that_no_document_has_is_unknown(
    knowledge: Knowledge, question: str, *, is_unknown: bool
) -> None:
    collection = knowledge.collection("Stable", is_open=True)
    knowledge.document(collection, "Stable", "The bedding of the stable is straw.")

    assert QuestionTerms(knowledge.keywords, question, [collection]).is_name_unknown is is_unknown


def test_a_number_that_no_sentence_is_about_is_unknown(knowledge: Knowledge) -> None:
    def is_unknown(question: str) -> bool:
        text = "Error 12 means that the door is open. The lamp then blinks."
        terms = QuestionTerms(knowledge.keywords, question, [])
        return weigh_evidence(
            terms, [hit(text)], sentences(knowledge, question, text)
        ).is_name_unknown

    assert is_unknown("What does error 907 mean?")
    assert not is_unknown("What does error 12 mean?")
    assert not is_unknown("What does the lamp mean after 3 minutes?")


def test_known_is_the_share_of_terms_that_the_documents_hold(knowledge: Knowledge) -> None:
    collection = knowledge.collection("Handbook", is_open=True)
    knowledge.document(collection, "Leave", "Parental leave is 90 days.")

    assert QuestionTerms(knowledge.keywords, "parental leave", [collection]).known == 1.0
    assert 0.0 < QuestionTerms(knowledge.keywords, "parental dog", [collection]).known < 1.0


def test_a_question_of_shaping_words_only_misses_nothing(knowledge: Knowledge) -> None:
    terms = QuestionTerms(knowledge.keywords, "What is it?", [])

    assert terms.known == 1.0
    assert terms.coverage("anything") == 0.0


def sentences(knowledge: Knowledge, question: str, text: str) -> list[ReadUnit]:
    terms = QuestionTerms(knowledge.keywords, question, [])
    return read(UnitVectors(knowledge.embedder), question, terms, [hit(text)])


def test_only_fitting_sentences_are_evidence(knowledge: Knowledge) -> None:
    question = "How many kilometres does the electric car drive?"
    near = sentences(knowledge, question, "The electric car drives well.")
    answer = sentences(knowledge, question, "The electric car drives 320 kilometres.")
    terms = QuestionTerms(knowledge.keywords, question, [])

    assert weigh_evidence(terms, [hit("x")], near).fitting == 0.0
    assert (
        weigh_evidence(terms, [hit("x")], answer).strength
        > weigh_evidence(terms, [hit("x")], near).strength
    )


def test_what_comes_nearer_but_does_not_fit_counts_against() -> None:
    alone = Evidence(similarity=0.6, sentence_similarity=0.5, nearest=1.0, fitting=1.0, known=1.0)
    beside = Evidence(similarity=0.6, sentence_similarity=0.5, nearest=1.4, fitting=1.0, known=1.0)

    assert beside.strength < alone.strength


def test_without_passages_there_is_no_evidence(knowledge: Knowledge) -> None:
    terms = QuestionTerms(knowledge.keywords, "parental leave", [])

    assert not weigh_evidence(terms, [], []).is_enough
    assert not weigh_evidence(terms, []).is_enough


def test_passages_stand_in_where_no_sentence_was_read(knowledge: Knowledge) -> None:
    collection = knowledge.collection("Handbook", is_open=True)
    knowledge.document(collection, "Leave", "Parental leave is 90 days.")
    terms = QuestionTerms(knowledge.keywords, "parental leave", [collection])

    assert weigh_evidence(terms, [hit("Parental leave is 90 days.", 0.8)]).strength >= ENOUGH
    assert weigh_evidence(terms, [hit("Lunch is at noon.", 0.1)]).strength < ENOUGH


def test_a_language_model_may_read_what_is_too_little_for_quotes() -> None:
    little = Evidence(0.5, sentence_similarity=0.5, nearest=0.6, fitting=0.6, known=0.8)

    assert little.is_tentative
    assert not replace(little, for_model=True).is_tentative
    assert replace(little, for_model=True).is_enough


def test_evidence_that_is_too_little_to_answer_is_shown_as_tentative_before_it_is_refused() -> None:
    evidence = [
        Evidence(0.5, sentence_similarity=0.4, nearest=fit, fitting=fit, known=0.5)
        for fit in (1.4, 0.8, 0.2)
    ]

    assert [e.is_enough for e in evidence] == [True, True, False]
    assert [e.is_tentative for e in evidence] == [False, True, True]


def test_in_a_small_collection_a_word_it_holds_weighs_about_as_much_as_one_it_lacks(
    knowledge: Knowledge,
) -> None:
    collection = knowledge.collection("Note", is_open=True)
    knowledge.document(collection, "Leave", "Parental leave is 90 days.")

    terms = QuestionTerms(knowledge.keywords, "parental sabbatical", [collection])

    assert terms.known > 0.4


def test_a_row_that_has_the_number_is_evidence_whatever_its_columns_are_called(
    knowledge: Knowledge,
) -> None:
    collection = knowledge.collection("Cranes", is_open=True)
    rows = "Crane | Load | Inspector\nB9 | 7 t | Orla\nB90 | 9 t | Bente"
    knowledge.document(collection, "Cranes", rows)
    question = "Who looks after B90?"
    terms = QuestionTerms(knowledge.keywords, question, [collection])

    best, other = read(UnitVectors(knowledge.embedder), question, terms, [hit(rows, 0.2)])[:2]

    assert (best.unit.text, best.is_fitting) == ("B90 | 9 t | Bente", True)
    assert (other.unit.text, other.is_fitting) == ("B9 | 7 t | Orla", False)
    assert best.strength - other.strength > 1


def test_sentences_about_another_number_are_no_evidence(knowledge: Knowledge) -> None:
    text = "Gate 7 opens at 05:15. Gate 8 opens at 06:30."

    near = sentences(knowledge, "When does gate 12 open?", text)
    right = sentences(knowledge, "When does gate 8 open?", text)

    assert not any(one.is_fitting for one in near)
    assert [one.unit.text for one in right if one.is_fitting] == ["Gate 8 opens at 06:30."]
