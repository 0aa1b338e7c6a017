"""Markdown: what its authors do not show is no text."""

from ingestion.files.media import MediaType
from tests.ingestion.test_formats_word import parsed

SHOWN = "# Ferry\n\nIt leaves at 7:10."


def text_of(source: str) -> str:
    return parsed(MediaType.MARKDOWN, source.encode()).text


def test_front_matter_names_the_document_and_is_no_text() -> None:
    for source in (
        f'---\ntitle: "Ferry: times"\ntags: [sea]\n---\n{SHOWN}',
        f"+++\ntitle = 'Ferry: times'\n+++\n{SHOWN}",
        f"---\r\ntitle: Ferry: times\r\n---\r\n{SHOWN}",
    ):
        document = parsed(MediaType.MARKDOWN, source.encode())

        assert (document.title, document.text) == ("Ferry: times", SHOWN)


def test_two_rules_around_prose_are_no_front_matter() -> None:
    source = f"---\nAll times are local.\n---\n{SHOWN}"

    assert text_of(source) == source


def test_comments_and_marks_of_a_table_of_contents_are_no_text() -> None:
    source = f"[[_TOC_]]\n[TOC]\n{SHOWN}<!-- old:\n6:40 -->"

    assert text_of(source) == SHOWN


def test_comments_in_code_stay() -> None:
    source = f"{SHOWN}\n\n```html\n<!-- the menu -->\n```\n\nWrite `<!-- -->`."

    assert text_of(source) == source


def test_words_struck_through_are_no_text() -> None:
    source = f"{SHOWN} It costs ~~4 euros~~ 5 euros.\n\n~~It is\nfree.~~ Bring cash."

    assert text_of(source) == f"{SHOWN} It costs 5 euros.\n\nBring cash."


def test_tildes_that_strike_nothing_through_stay() -> None:
    source = (
        f"{SHOWN}\n\n~~~\nkeep ~~this~~\n~~~\n\nWrite `~~x~~` or \\~~x~~; about ~~ 5 ~~ boats, "
        "~~open\n\nand not~~ closed."
    )

    assert text_of(source) == source
