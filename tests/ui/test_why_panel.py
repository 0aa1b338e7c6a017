"""The panel below an answer that tells where it comes from, or why there is none."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from bootstrap.services import Services
from core.domain.answers import (
    Answer,
    AnswerStatus,
    Timing,
    TokenUsage,
    UsageSource,
)
from core.domain.identity import SYSTEM, User
from core.domain.knowledge import Upload
from rag.conversations.explanations import Explanation, Hit, SearchedCollection, Use
from tests.ui.conftest import Pages, add_answer, texts
from ui.chat import why_words
from ui.chat.why import hit_table

LEAVE = "Every parent gets 90 working days of parental leave per child."
QUESTION = "How many working days of parental leave does every parent get per child?"
UNKNOWN = "Which volcano erupted in Iceland?"
SECRET = "The volcano Katla erupted in Iceland in 1918."

ANSWER = Answer("text", AnswerStatus.COMPLETE, abstained=False, engine="fake-1")
HIT = Hit(1, "Leave", 2, ("5.5 Coming back",), 0.5, 3.21, Use.QUOTED)


def explanation(**values: object) -> Explanation:
    shown = Explanation("Q?", ANSWER, (SearchedCollection("Handbook", 1, 1),), 0, (HIT,), 0)
    return replace(shown, **values)  # type: ignore[arg-type]  # fields of Explanation


def add_collection(services: Services, name: str, text: str, *groups: str) -> str:
    added = services.collections.add(SYSTEM, name, groups=groups, is_open=not groups)
    services.documents.upload(SYSTEM, added.id, [Upload(f"{name}.md", text.encode())])
    return added.id


@pytest.fixture
def handbook(services: Services) -> str:
    return add_collection(services, "Handbook", f"# Leave\n\n{LEAVE}\n")


def asked(pages: Pages, user: User, question: str) -> AppTest:
    return pages.open("chat", user).chat_input[0].set_value(question).run()


def opened(app: AppTest) -> AppTest:
    """With the panel of the last answer open."""
    panel = [one for one in app.expander if one.label.startswith("Why")][-1]
    app.session_state[panel.key or ""] = True
    return app.run()


def test_nothing_is_explained_before_the_panel_is_opened(
    pages: Pages, ben: User, handbook: str
) -> None:
    app = asked(pages, ben, QUESTION)

    assert "What was searched" not in texts(app)
    assert "What was searched" in texts(opened(app))


def test_an_answer_tells_what_was_searched_found_and_how_it_was_made(
    pages: Pages, ben: User, handbook: str
) -> None:
    app = opened(asked(pages, ben, QUESTION))

    shown = texts(app)
    [found] = app.table
    assert not app.exception
    assert "Handbook: 1 document, 1 passage found" in shown
    assert found.value["Passage"].iloc[0] == "Leave, page\u00a01"
    assert found.value["Use"].iloc[0].endswith("Quoted in the answer")
    assert "Quoted word for word from the documents. No language model was used." in shown
    assert "**1 of 1 sentence supported**" in shown


def test_a_question_without_an_answer_tells_why_in_plain_words(
    pages: Pages, ben: User, handbook: str
) -> None:
    app = opened(asked(pages, ben, UNKNOWN))

    shown = texts(app)
    assert "No passage mentions “volcano”, “erupted” or “Iceland”." in shown
    assert "The nearest passages are about “Leave”." in shown
    assert why_words.ELSEWHERE in shown


def test_the_text_is_the_same_whether_or_not_a_closed_collection_has_the_answer(
    pages: Pages, services: Services, ben: User, handbook: str
) -> None:
    without = said(pages, services, ben)

    add_collection(services, "Geology", f"# Volcanoes\n\n{SECRET}\n", "geologists")
    with_it = said(pages, services, ben)

    assert SECRET in services.chat.answer_once(SYSTEM, UNKNOWN).text
    assert with_it == without


def said(pages: Pages, services: Services, user: User) -> list[str]:
    """Everything on the page after the question, times left out."""
    app = opened(asked(pages, user, UNKNOWN))
    labels = [button.label for button in app.button]
    tables = [str(one.value) for one in app.table]
    lines = [line for line in texts(app).splitlines() if not line.startswith("Found in")]
    return [*lines, *labels, *tables]


def test_an_answer_from_before_anything_was_recorded_is_explained_as_far_as_known(
    pages: Pages, services: Services, ben: User
) -> None:
    add_answer(services, ben, "Which class may I book?", "Second class. [1]")
    app = pages.open("chat", ben)
    app.query_params["chat"] = services.chat.conversations.list(ben)[0].id
    app.run()

    shown = texts(opened(app))

    assert why_words.NOT_RECORDED in shown
    assert "No passages." in shown


def test_what_is_closed_or_gone_is_counted() -> None:
    shown = explanation(closed_collections=1)

    assert why_words.searched(shown) == [
        "Handbook: 1 document, 1 passage found",
        "1 more collection: no longer accessible to you.",
    ]
    assert why_words.closed_hits(2) == "2 more passages: deleted, or no longer accessible to you."


def test_a_hit_shows_its_closeness_in_a_word_and_both_scores() -> None:
    only_words = replace(HIT, similarity=None, use=Use.FOUND)
    only_meaning = replace(HIT, keyword_score=None, use=Use.READ)

    table = hit_table([HIT, only_words, only_meaning])

    closeness = [cell.replace("\u00a0", " ") for cell in table["Closeness"]]
    assert closeness == ["Close 0.50", "Shared words only", "Close 0.50"]
    assert list(table["Keywords"]) == ["3.2", "3.2", "–"]
    assert list(table["Use"])[1:] == [":gray[Found, not used]", "Read"]


def test_a_model_is_named_with_its_prompt_tokens_cost_and_times() -> None:
    usage = TokenUsage(1200, 34, 4_000, "EUR", UsageSource.ESTIMATED)
    answer = replace(ANSWER, usage=usage, timing=Timing(120, 340, 1200))

    lines = why_words.how_answered(
        explanation(answer=answer, prompt_version="answer.v1", model_responded="fake-1-mini")
    )

    assert lines == [
        "The language model fake-1 (fake-1-mini) wrote the answer, prompt answer.v1.",
        "1,200 tokens in, 34 out, estimated; cost 0.4 ct EUR.",
        "Found in 0.1 s, first words after 0.3 s, finished after 1.2 s.",
    ]


def test_near_passages_that_do_not_answer_are_told_apart_from_far_ones() -> None:
    far = replace(HIT, similarity=0.1)

    assert why_words.not_found(explanation()) == [
        "The nearest passages are about “Coming back” in Leave.",
        "They come close to what you asked, but none of their sentences answers it.",
    ]
    assert why_words.not_found(explanation(hits=(far,)))[-1] == (
        "None of them comes close to what you asked."
    )
    assert why_words.not_found(explanation(hits=())) == [
        "Nothing that you can access comes close to the question."
    ]


SUPPORT = """
from core.domain.answers import Answer, AnswerSentence, AnswerStatus, Support
from ui.chat.why import draw_explanation
from rag.conversations.explanations import Explanation
sentences = (
    AnswerSentence("Twins *add* 30 days.", Support.SUPPORTED, (2,), is_repaired=True),
    AnswerSentence("Leave is 90 days.", Support.SUPPORTED, (1,)),
    AnswerSentence("Pay is <b>full</b>.", Support.UNSUPPORTED, (1,), "the source says 70 percent"),
)
answer = Answer("t", AnswerStatus.COMPLETE, False, "fake-1", sentences=sentences)
draw_explanation(Explanation("Q?", answer, (), 0, (), 0))
"""


def test_a_sentence_that_is_not_supported_is_listed_with_its_reason() -> None:
    app = AppTest.from_string(SUPPORT).run()

    assert "**2 of 3 sentences supported**" in texts(app)
    assert "“Pay is <b>full</b>.”" in [one.value for one in app.text]
    assert "The source says 70 percent." in texts(app)
    assert "Leave is 90 days." not in texts(app)


def test_a_citation_that_was_corrected_is_listed_with_what_happened() -> None:
    app = AppTest.from_string(SUPPORT).run()

    assert "**1 citation corrected**" in texts(app)
    assert "“Twins *add* 30 days.”" in [one.value for one in app.text]
    assert "cited another passage, which does not say this" in texts(app)
