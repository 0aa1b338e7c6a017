"""Whatever stands in a document, questions over its collection are answered."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.domain.answers import AnswerStatus
from core.guardrails.text import clean
from rag.grounding import ground
from rag.writing.citations import best_quote
from rag.writing.events import AnswerEvent, AnswerFinished
from tests.rag.conftest import Knowledge

RULES = [
    "---",
    "***",
    "-- ",
    "___",
    "• • •",
    "[ ]",
    "- [ ]",
    "| | |",
    "> ",
    "#",
    "...",
    "—",
    "\u200b",
]
WORDS = [
    "Gate 7 opens at 05:15.",
    "- 18 t",
    "-18 °C",
    "a | b",
    "1.",
    "Dear all,",
    "»",
    "\x0c",
    "\x85",
]
TEXTS = st.one_of(
    st.lists(st.sampled_from([*RULES, *WORDS, "", "\n"]), min_size=1, max_size=8).map("\n".join),
    st.text(min_size=1, max_size=60),
)


@pytest.mark.parametrize("rule", RULES)
def test_a_separator_stops_neither_its_own_question_nor_those_of_others(
    knowledge: Knowledge, rule: str
) -> None:
    text = f"Gate 7 in Kassel opens at 05:15.\n\n{rule}\n\nGate 8 in Kassel is shut."
    knowledge.document(knowledge.collection("Yard", is_open=True), "Gates", text, rule)
    chat, anna = knowledge.chat(), knowledge.person("anna")

    answer = chat.answer_once(anna, "When does gate 7 in Kassel open?")

    assert answer.status is AnswerStatus.COMPLETE
    assert "05:15" in answer.text
    assert all(any(map(str.isalnum, citation.quote)) for citation in answer.citations)


@pytest.fixture
def asking(knowledge: Knowledge) -> "Asking":
    return Asking(knowledge)


class Asking:
    """One person over one collection, to which every text is added."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._collection = knowledge.collection("Any", is_open=True)
        self._anna = knowledge.person("anna")
        self._chat = knowledge.chat()
        self._count = 0

    def __call__(self, question: str, text: str) -> AnswerEvent:
        self._count += 1
        self._knowledge.document(self._collection, f"Text {self._count}", text)
        *_, last = self._chat.ask(self._anna, question)
        return last


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=TEXTS, question=TEXTS.filter(lambda text: clean(text).text.strip() != ""))
def test_any_question_over_any_text_ends_with_an_answer(
    asking: Asking, text: str, question: str
) -> None:
    assert isinstance(asking(question, text), AnswerFinished)


@given(sentence=TEXTS, passage=TEXTS)
def test_any_sentence_can_be_judged_and_cited(sentence: str, passage: str) -> None:
    ground(f"{sentence} [1]", {1: passage})

    quote = best_quote(sentence, passage)
    assert quote in passage
