"""Rich Text: what nobody sees is hidden text, what is struck out none, notes are read."""

import pytest

from core.domain.knowledge import LeftOut
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


COLOURS = r"{\colortbl;\red255\green255\blue255;\red0\green0\blue96;}"


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        (COLOURS + r"Gate 3.{\cf1 code 77}\par Open.", "white"),
        (COLOURS + r"Gate 3.\cf1 code 77\cf2\par Open.", "white"),
        (r"Gate 3.{\fs2 code 77}\par Open.", "tiny"),
    ],
)
def test_white_and_tiny_words_are_hidden_text(source: str, kind: str) -> None:
    document = parsed(MediaType.RTF, f"{{\\rtf1\\ansi {source}}}".encode())

    assert document.text == "Gate 3.\nOpen."
    assert [(one.kind, one.text) for one in document.hidden] == [(kind, "code 77")]


@pytest.mark.parametrize(
    "source",
    [
        COLOURS + r"{\cf1\highlight2 Open.}",
        COLOURS + r"{\cf1\chcbpat2 Open.}",
        COLOURS + r"\pard\cbpat2{\cf1 Open.}",
        COLOURS + r"{\cf2 Open.}",
        r"{\cf1 Open.}",
        r"{\fs20 Open.}",
    ],
)
def test_words_that_are_seen_are_text(source: str) -> None:
    document = parsed(MediaType.RTF, f"{{\\rtf1\\ansi {source}}}".encode())

    assert (document.text, document.hidden) == ("Open.", ())


def test_a_footnote_stands_below_its_paragraph() -> None:
    source = (
        rb"{\rtf1\ansi The fee is 40 EUR{\super\chftn}{\footnote\pard\chftn  From May on.} a day"
        rb"{\footnote Or part of it.}.\par The yard is open.\par}"
    )

    assert parsed(MediaType.RTF, source).text.strip() == (
        "The fee is 40 EUR[1] a day[2].\n\n[1] From May on.\n\n[2] Or part of it.\n\n"
        "The yard is open."
    )


def test_comments_are_counted() -> None:
    document = parsed(MediaType.RTF, rb"{\rtf1\ansi Open.{\*\annotation Really?}{\annotation No}}")

    assert (document.text, document.left_out) == ("Open.", (LeftOut("comments", 2),))


def test_hidden_words_of_a_page_are_together_and_bounded() -> None:
    source = rb"{\rtf1\ansi Open. \v a\v0 b\v c\v0\page Next.{\v d}" + rb"\v x\v0 y" * 5_000 + b"}"

    hidden = parsed(MediaType.RTF, source).hidden

    assert [(one.page, one.text[:3]) for one in hidden][:2] == [(1, "a c"), (2, "d x")]
    assert len(hidden) < 10
