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
