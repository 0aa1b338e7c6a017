"""Markers become citations of exact words, however the answer is cut into pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.answers import RetrievedChunk
from core.domain.knowledge import Chunk
from rag.writing.citations import CitationWeaver, best_quote, marker_numbers, weave

PASSAGES = (
    "Every parent gets 90 working days. The form is due 8 weeks before birth.",
    "Car | 0.38 | EUR\nMotorcycle | 0.20 | EUR",
)


def hit(number: int, text: str) -> RetrievedChunk:
    chunk = Chunk(
        number, "c", f"d{number}", "v", f"Title {number}", "f.txt", None, 0, text, 0, 2, 2
    )
    return RetrievedChunk(chunk, 1.0)


SOURCES = [hit(number, text) for number, text in enumerate(PASSAGES, start=1)]


def test_a_marker_cites_the_sentence_of_the_source_that_says_it() -> None:
    weaver = weave("Parents get 90 working days [1].", SOURCES)

    assert weaver.text == "Parents get 90 working days [1]."
    assert weaver.citations[0].quote == "Every parent gets 90 working days."
    assert weaver.citations[0].page == 2


def test_citations_are_numbered_in_the_order_of_their_first_use() -> None:
    weaver = weave("The car rate is 0.38 EUR [2]. Parents get 90 days [1].", SOURCES)

    assert marker_numbers(weaver.text) == (1, 2)
    assert [c.document_id for c in weaver.citations] == ["d2", "d1"]


def test_two_sentences_of_one_source_get_their_own_quotes() -> None:
    weaver = weave("Parents get 90 days [1]. The form is due 8 weeks before [1].", SOURCES)

    assert [c.quote for c in weaver.citations] == [
        "Every parent gets 90 working days.",
        "The form is due 8 weeks before birth.",
    ]


def test_the_same_words_are_cited_once() -> None:
    weaver = weave("Parents get 90 days [1]. So 90 working days it is [1].", SOURCES)

    assert len(weaver.citations) == 1
    assert marker_numbers(weaver.text) == (1,)


def test_a_marker_behind_the_full_stop_belongs_to_the_sentence_before_it() -> None:
    weaver = weave("Something else. The form is due 8 weeks before birth. [1] More.", SOURCES)

    assert weaver.citations[0].quote == "The form is due 8 weeks before birth."


def test_unknown_sources_are_dropped_and_counted() -> None:
    weaver = weave("Invented [7]. Known [1, 9].", SOURCES)

    assert weaver.invalid_markers == 2
    assert weaver.text == "Invented. Known [1]."


def test_brackets_that_are_no_marker_stay() -> None:
    assert weave("See [appendix A] and [x", SOURCES).text == "See [appendix A] and [x"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Parents get 90 days [1, 2].", "Parents get 90 days [1] [2]."),
        ("Parents get 90 days [1][2].", "Parents get 90 days [1] [2]."),
        ("Parents get 90 days[1-2].", "Parents get 90 days [1] [2]."),
        ("Parents get 90 days 【1】.", "Parents get 90 days [1]."),
        ("Parents get 90 days 【1†source】.", "Parents get 90 days [1]."),
        ("Parents get 90 days [Source 1].", "Parents get 90 days [1]."),
        ("Parents get 90 days [sources 1 and 2].", "Parents get 90 days [1] [2]."),
        ("Parents get 90 days (source 1).", "Parents get 90 days [1]."),
        ("Parents get 90 days [^1].", "Parents get 90 days [1]."),
        ("Parents get 90 days [1-9].", "Parents get 90 days [1] [2]."),
        ("Parents get 90 days [Source 1, page 3].", "Parents get 90 days [1]."),
        ("Parents get 90 days [1, p. 2].", "Parents get 90 days [1]."),
        ("Parents get 90 days [1, S. 2; 2, S. 9].", "Parents get 90 days [1] [2]."),
        ("Parents get 90 days [1, pages 2-3].", "Parents get 90 days [1]."),
        ("Parents get 90 days [Quelle 1, Seite 2].", "Parents get 90 days [1]."),
        ("Parents get 90 days (Quellen 1 und 2).", "Parents get 90 days (Quellen 1 und 2)."),
        ("Parents get 90 days (source 1, page 2).", "Parents get 90 days [1]."),
        ("Parents get 90 days [¹].", "Parents get 90 days [1]."),
        ("Parents get 90 days.¹", "Parents get 90 days. [1]"),
        ("Parents get 90 days ¹.", "Parents get 90 days [1]."),
        ("Parents get 90 days [Document 1: 2].", "Parents get 90 days [Document 1: 2]."),
    ],
)
def test_markers_are_read_in_the_spellings_that_models_use(written: str, shown: str) -> None:
    assert weave(written, SOURCES).text == shown


@pytest.mark.parametrize(
    "text",
    [
        "Step (1) comes first (see 2).",
        "Write `items[1]` there.",
        "```\nfirst = items[1]\n```",
        "The [1] of `a",
        "The hall has 20 m² and 60 m³.",
        "See (Site rules, p. 3).",
    ],
)
def test_what_is_no_marker_cites_nothing_it_should_not(text: str) -> None:
    expected = 1 if text.startswith("The [1]") else 0

    weaver = weave(text, SOURCES)

    assert len(weaver.citations) == expected
    assert expected or weaver.text == text


PIECES = st.one_of(
    st.sampled_from(
        [
            *(
                "Parents get 90 days ",
                "Car 0.38 EUR",
                "[1]",
                " [2]",
                "[9]",
                "[1, 2]",
                ". ",
                "\n- x ",
            ),
            *(
                "[",
                "]",
                "1",
                "-",
                "2",
                "[1-",
                "3]",
                "【1】",
                "[source 2]",
                "(source 1)",
                "(1)",
                "`",
            ),
            *(
                "``",
                "```",
                "\n",
                "[^2]",
                "(so",
                "urce 7)",
                "[1†source]",
                "[[1]]",
                "[0]",
                "|",
                "9999]",
                "[1, page 2]",
                ", p. 3]",
                "m²",
                "¹",
                "² ",
                "§ 2",
            ),
        ]
    ),
    st.text(alphabet="ab 1[](),;`.\n-", max_size=8),
)


@given(st.lists(PIECES, max_size=14), st.data())
def test_the_result_does_not_depend_on_how_the_stream_is_cut(
    parts: list[str], data: st.DataObject
) -> None:
    text = "".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    weaver = CitationWeaver(SOURCES)

    shown = "".join(weaver.feed(piece) for piece in pieces) + weaver.finish()

    whole = weave(text, SOURCES)
    assert shown == weaver.text == whole.text
    assert weaver.citations == whole.citations


@given(st.lists(PIECES, max_size=14))
def test_every_marker_shown_has_a_citation_of_words_that_stand_in_its_source(
    parts: list[str],
) -> None:
    weaver = weave("".join(parts), SOURCES)

    passages = {source.chunk.id: " ".join(source.chunk.text.split()) for source in SOURCES}
    numbers = [citation.number for citation in weaver.citations]
    assert numbers == list(range(1, len(numbers) + 1))
    assert all(c.quote and c.quote in passages[c.chunk_id or 0] for c in weaver.citations)
    outside_code = "".join(weaver.text.split("```")[::2])
    assert set(marker_numbers(outside_code)) <= set(numbers)


def test_two_sentences_that_an_answer_joins_are_quoted_together() -> None:
    weaver = weave(
        "You get 90 working days and hand in the form 8 weeks before birth [1].", SOURCES
    )

    assert weaver.citations[0].quote == PASSAGES[0]


def test_a_table_row_is_quoted_whole() -> None:
    assert best_quote("The rate for a car is 0.38 EUR", PASSAGES[1]) == "Car | 0.38 | EUR"
