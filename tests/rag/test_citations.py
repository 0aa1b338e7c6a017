"""Markers become citations of exact words, however the answer is cut into pieces."""

from hypothesis import given
from hypothesis import strategies as st

from core.domain.answers import RetrievedChunk, Support
from core.domain.knowledge import Chunk
from rag.citations import CitationWeaver, best_quote, marker_numbers, weave
from rag.grounding import figures, ground

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


@given(
    st.lists(
        st.sampled_from(["Parents get 90 days ", "[1]", " [2]", "[9]", "[1, 2]", ". ", "\n- x "]),
        max_size=12,
    ),
    st.data(),
)
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
    assert set(marker_numbers(shown)) <= {c.number for c in weaver.citations}


def test_a_table_row_is_quoted_whole() -> None:
    assert best_quote("The rate for a car is 0.38 EUR", PASSAGES[1]) == "Car | 0.38 | EUR"


def test_a_changed_number_is_unsupported_however_similar_the_words() -> None:
    sentences = ground("Every parent gets 95 working days [1].", {1: PASSAGES[0]})

    assert sentences[0].support is Support.UNSUPPORTED


def test_a_sentence_without_a_source_is_unsupported() -> None:
    assert ground("Parents get a present.", {1: PASSAGES[0]})[0].support is Support.UNSUPPORTED


def test_introductions_and_headings_claim_nothing() -> None:
    assert ground("# Leave\nIt covers:\n- Every parent gets 90 working days [1]", {1: PASSAGES[0]})[
        0
    ].text.startswith("- Every parent")


def test_numbers_are_compared_in_one_spelling() -> None:
    assert figures("1,200.50 EUR and 12,5 km") == figures("1200.5 EUR and 12.5 km")
