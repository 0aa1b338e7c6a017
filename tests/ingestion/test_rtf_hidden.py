"""Rich Text: what is set to be hidden is hidden text."""

import pytest

from ingestion.files.media import MediaType
from tests.ingestion.test_formats_word import parsed


@pytest.mark.parametrize(
    "source",
    [
        r"Gate 3.{\v code 77}\par Open.",
        r"Gate 3.\v code 77\v0\par Open.",
        r"Gate 3.\v code 77\plain\par Open.",
        r"Gate 3.{\b\v code {\i 77}}\par Open.",
        r"{\stylesheet{\s1\v Unseen;}}Gate 3.{\v code 77}\par Open.",
    ],
)
def test_words_set_to_be_hidden_are_hidden_text(source: str) -> None:
    document = parsed(MediaType.RTF, f"{{\\rtf1\\ansi {source}}}".encode())

    assert document.text == "Gate 3.\nOpen."
    assert [(one.page, one.kind, one.text) for one in document.hidden] == [
        (1, "invisible", "code 77")
    ]


def test_other_words_that_begin_with_v_hide_nothing() -> None:
    document = parsed(MediaType.RTF, rb"{\rtf1\ansi\viewkind4\vertalt A \{v\} \\v b.}")

    assert (document.text, document.hidden) == ("A {v} \\v b.", ())


def test_a_hidden_cell_keeps_its_column() -> None:
    source = rb"{\rtf1\ansi\trowd A\cell{\v secret\cell} C\cell\row}"

    document = parsed(MediaType.RTF, source)

    assert "secret" not in document.text
    assert document.text == "A |  | C"


@pytest.mark.parametrize(
    "source",
    [
        r"Fee: {\strike 40 }45",
        r"Fee: \strike 40 \strike0 45",
        r"Fee: \striked1 40 \striked0 45",
        r"Fee: \striked1 40 \plain 45",
        r"Fee: {\deleted 40 }45",
        r"Fee: {\b\strike 4{\i 0} }45",
        r"Fee: {\v\strike 40 }45",
        r"{\stylesheet{\s1\strike Old;}}Fee: {\strike 40 }45",
    ],
)
def test_words_struck_out_are_no_text_and_not_hidden(source: str) -> None:
    document = parsed(MediaType.RTF, f"{{\\rtf1\\ansi {source}}}".encode())

    assert (document.text, document.hidden) == ("Fee: 45", ())


def test_a_struck_out_cell_keeps_its_column() -> None:
    source = rb"{\rtf1\ansi\trowd A\cell{\strike old\cell} C\cell\row}"

    assert parsed(MediaType.RTF, source).text == "A |  | C"


def test_words_hidden_behind_struck_out_ones_are_hidden_text() -> None:
    document = parsed(MediaType.RTF, rb"{\rtf1\ansi Fee: {\strike 40}{\v code 77} 45}")

    assert document.text == "Fee:  45"
    assert [one.text for one in document.hidden] == ["code 77"]
