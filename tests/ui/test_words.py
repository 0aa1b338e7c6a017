"""Texts and number formats of the pages."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from core.domain.answers import (
    PASSAGES,
    Answer,
    AnswerSentence,
    AnswerStatus,
    Citation,
    Support,
    Timing,
    TokenUsage,
    UsageSource,
)
from core.domain.conversations import FeedbackReason
from core.domain.ideas.card import IdeaCategory, Ownership
from core.domain.knowledge import DocumentState
from core.guardrails.markdown import WORD_JOINER
from core.guardrails.text import clean
from ideas.cards.edits import ALL_FIELDS, shown_field
from ideas.tracking.ownership import values_of
from ui import words
from ui.idea_parts import words as idea_words

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def answer(*supports: Support, documents: tuple[str, ...] = (), **values: object) -> Answer:
    citations = tuple(
        Citation(number, document, "v", document, f"{document}.pdf", None, 3, "quote")
        for number, document in enumerate(documents, start=1)
    )
    sentences = tuple(AnswerSentence("A sentence.", support) for support in supports)
    return Answer(
        "text",
        AnswerStatus.COMPLETE,
        abstained=False,
        engine="fake-1",
        citations=citations,
        sentences=sentences,
        timing=Timing(total_ms=1234),
        **values,  # type: ignore[arg-type]  # usage only
    )


def usage(cost_micros: int, source: UsageSource = UsageSource.PROVIDER) -> TokenUsage:
    return TokenUsage(1200, 34, cost_micros, "EUR", source)


@given(st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), min_size=1))
def test_plain_text_means_the_same_letters_in_markdown(text: str) -> None:
    written = "x" + text + "x"

    [paragraph] = [
        t
        for t in MarkdownIt("gfm-like", {"linkify": False}).parse(words.plain(written))
        if t.type == "inline"
    ]

    shown = [(child.type, child.content) for child in paragraph.children or []]
    assert {kind for kind, _ in shown} <= {"text", "text_special"}
    letters = "".join(content for _, content in shown).replace(WORD_JOINER, "")
    assert letters == clean(written).text


@pytest.mark.parametrize("written", ["$x$", ":red[x]", ":material/home:", "<b>", "~~x~~", "`x`"])
def test_plain_text_has_no_streamlit_markup(written: str) -> None:
    shown = words.plain(written)

    assert all(shown[place - 1] == "\\" for place, c in enumerate(shown) if c in "$:[]<>~`")


def test_lines_of_plain_text_stay_lines() -> None:
    assert words.plain("a\nb") == "a  \nb"


def test_an_answer_being_written_keeps_its_lists_and_shows_its_markers() -> None:
    assert words.streamed("- **a** [1]\n- $b$ <img>") == "- **a** \\[1]\n- \\$b\\$ \\<img>"


@given(st.text(), st.integers(2, 40))
def test_a_shortened_text_is_never_longer_than_asked(text: str, length: int) -> None:
    short = words.shortened(text, length)

    assert len(short) <= max(length, 1)
    assert short == text or short.endswith("…")


def test_a_text_is_cut_at_a_word() -> None:
    assert words.shortened("How many days of leave", 12) == "How many…"
    assert words.shortened("Donaudampfschifffahrt", 8) == "Donauda…"
    assert words.shortened("Exactly", 7) == "Exactly"


@pytest.mark.parametrize(
    ("number", "shown"), [(0, "0 days"), (1, "1 day"), (2, "2 days"), (12345, "12,345 days")]
)
def test_counts_have_their_noun(number: int, shown: str) -> None:
    assert words.count(number, "day") == shown


def test_a_plural_may_be_irregular() -> None:
    assert words.count(2, "query", "queries") == "2 queries"
    assert words.count(1, "query", "queries") == "1 query"


@pytest.mark.parametrize(
    ("milliseconds", "shown"), [(None, "–"), (0, "0.0 s"), (1249, "1.2 s"), (61_000, "61.0 s")]
)
def test_times_are_seconds(milliseconds: int | None, shown: str) -> None:
    assert words.seconds(milliseconds) == shown


@pytest.mark.parametrize(
    ("micros", "currency", "shown"),
    [
        (0, "EUR", "0.00 EUR"),
        (4_000, "EUR", "0.4 ct EUR"),
        (4_100, "USD", "0.41 ct USD"),
        (99_000, "EUR", "9.9 ct EUR"),
        (99_999, "EUR", "10 ct EUR"),
        (100_000, "EUR", "0.10 EUR"),
        (1, "EUR", "0.0001 ct EUR"),
        (4_000, "JPY", "0.00 JPY"),
        (1_234_567_000, "EUR", "1,234.57 EUR"),
    ],
)
def test_small_amounts_are_hundredths(micros: int, currency: str, shown: str) -> None:
    assert words.money(micros, currency) == shown


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (NOW, "Today"),
        (NOW.replace(hour=0), "Today"),
        (datetime(2026, 2, 28, 23, 59, tzinfo=UTC), "Yesterday"),
        (datetime(2026, 2, 27, tzinfo=UTC), "27 February 2026"),
        (datetime(2026, 3, 2, tzinfo=UTC), "2 March 2026"),
    ],
)
def test_days_near_today_have_a_name(moment: datetime, shown: str) -> None:
    assert words.day(moment, today=NOW) == shown


def test_an_answer_without_a_price_is_captioned_without_one() -> None:
    written = answer(Support.SUPPORTED, Support.WEAK, documents=("a", "a", "b"))

    assert words.answer_caption(written) == "1 of 2 sentences supported · 2 documents · 1.2\u00a0s"


def test_of_quotes_the_caption_says_that_they_are_quotes_and_counts_no_support() -> None:
    quoted = replace(answer(Support.SUPPORTED, documents=("a", "b")), engine=PASSAGES)

    assert words.answer_caption(quoted) == "Quoted word for word from 2 documents · 1.2\u00a0s"
    assert words.answer_caption(quoted, 1) == (
        "Quoted word for word from 2 documents, 1 of them overdue or replaced · 1.2\u00a0s"
    )


@pytest.mark.parametrize(
    ("used", "shown"),
    [
        (usage(4_000), "0.4 ct EUR"),
        (usage(4_000, UsageSource.ESTIMATED), "about 0.4 ct EUR"),
        (usage(0), "1,234 tokens"),
        (usage(0, UsageSource.ESTIMATED), "about 1,234 tokens"),
    ],
)
def test_the_caption_of_a_written_answer_ends_with_its_price(used: TokenUsage, shown: str) -> None:
    written = answer(Support.SUPPORTED, documents=("a",), usage=used)

    assert words.answer_caption(written) == (
        f"1 of 1 sentence supported · 1 document · 1.2\u00a0s · {shown}"
    )


def test_the_caption_of_an_abstention_has_only_the_time() -> None:
    assert words.answer_caption(answer()) == "1.2\u00a0s"


def test_the_passage_engine_is_named_honestly() -> None:
    assert words.engine("passages") == "document passages, no language model"
    assert words.engine("sandbox") == "the sandbox itself, without documents"
    assert words.engine("gpt-4o") == "gpt-4o"


def test_a_place_is_a_page() -> None:
    assert words.place(answer(documents=("a",)).citations[0]) == "page 3"


def test_a_place_in_a_workbook_is_a_sheet_and_in_slides_a_slide() -> None:
    citation = answer(documents=("a",)).citations[0]

    assert words.place(replace(citation, page_label="sheet Rates A2:F9")) == "sheet Rates A2:F9"
    assert words.place(replace(citation, page_label="slide")) == "slide 3"


def test_every_closed_set_has_its_words() -> None:
    assert set(words.FEEDBACK_REASONS) == set(FeedbackReason)
    assert set(words.CATEGORIES) == set(IdeaCategory)
    assert set(words.DOCUMENT_STATES) == set(DocumentState)
    assert set(words.DOUBTS) == set(Support)


def test_sentences_that_were_not_checked_are_counted_apart() -> None:
    sentences = (
        AnswerSentence("A.", Support.SUPPORTED, (1,)),
        AnswerSentence("B.", Support.NOT_CHECKED, (1,), "the sources are in another language"),
    )
    answer = Answer("A. B.", AnswerStatus.COMPLETE, False, "model", sentences=sentences)

    assert words.supported(answer) == "1 of 2 sentences supported, 1 not checked"
    assert words.doubt(sentences[1]) == "The sources are in another language."


def test_the_caption_of_small_talk_says_that_nothing_is_quoted() -> None:
    hello = Answer("Hello.", AnswerStatus.COMPLETE, abstained=False, engine="sandbox")

    assert words.answer_caption(hello) == words.WITHOUT_QUOTES


def test_every_field_whose_change_is_recorded_has_a_name_in_words() -> None:
    of_owners = set(values_of(Ownership()))

    recorded = {shown_field(name) for name in ALL_FIELDS | of_owners}

    assert recorded <= idea_words.FIELDS.keys()
