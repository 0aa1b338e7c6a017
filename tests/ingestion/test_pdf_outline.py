"""The outline of a PDF tells headings that the print of its pages does not."""

import io
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from pypdf.generic import IndirectObject, NameObject, TextStringObject

from core.domain.knowledge import ParsedDocument
from ingestion.parsers.pdf import document as pdf
from ingestion.reading.splitter import split
from tools.trial import files

BODY = ("The mileage of private cars is paid for the shortest usual route.", 11)
PAGES = (
    [("1 Travel", 11), BODY, BODY, ("1.1 Trains", 11), BODY, BODY],
    [BODY, BODY, ("2 Leave", 11), BODY, BODY],
)
OUTLINE = [("Travel", 0, 0), ("Trains", 0, 1), ("Leave", 1, 0)]


def outlined(content: bytes, entries: Sequence[tuple[str, int, int]] = OUTLINE) -> bytes:
    """The PDF with an outline of (title, page from 0, depth from 0)."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    parents: list[IndirectObject | None] = [None]
    for title, page, depth in entries:
        del parents[depth + 1 :]
        parents.append(writer.add_outline_item(title=title, page_number=page, parent=parents[-1]))
    return stored(writer)


def stored(writer: PdfWriter) -> bytes:
    content = io.BytesIO()
    writer.write(content)
    return content.getvalue()


def read(content: bytes) -> ParsedDocument:
    return pdf.parse(content, "rules.pdf")


def headings(document: ParsedDocument) -> list[str]:
    return [line for line in document.text.splitlines() if line.startswith("#")]


def test_titles_of_the_outline_become_headings_of_the_passages() -> None:
    document = read(outlined(files.pdf(*PAGES)))

    assert headings(document) == ["# 1 Travel", "## 1.1 Trains", "# 2 Leave"]
    passages = split(document, len)
    assert [passage.headings for passage in passages][-1] == ("2 Leave",)


def test_the_outline_changes_no_words_and_not_the_title_of_the_document() -> None:
    plain, document = read(files.pdf(*PAGES)), read(outlined(files.pdf(*PAGES)))

    assert [w for w in document.text.split() if set(w) != {"#"}] == plain.text.split()
    assert document.title == plain.title == "rules"


def test_headings_in_large_print_are_not_doubled() -> None:
    large = [[(line, 20) if len(line) < 20 else (line, 11) for line, _ in page] for page in PAGES]

    assert read(outlined(files.pdf(*large))) == read(files.pdf(*large))


def test_a_title_over_two_lines_is_one_heading() -> None:
    page = [
        ("Rules for the mileage", 11),
        ("of private cars", 11),
        ("", 11),
        BODY,
        BODY,
        BODY,
        BODY,
    ]
    entries = [("Rules for the mileage of private cars", 0, 0)]

    assert headings(read(outlined(files.pdf(page), entries))) == [
        "# Rules for the mileage of private cars"
    ]


def test_a_title_in_large_print_over_two_lines_is_not_doubled() -> None:
    page = [("Rules for the mileage", 14), ("of private cars", 18), *[BODY] * 5]
    entries = [("Rules for the mileage of private cars", 0, 0)]

    assert read(outlined(files.pdf(page), entries)) == read(files.pdf(page))


def test_a_title_that_is_not_on_its_page_is_left_out() -> None:
    entries = [("Leave", 0, 0), ("Trains", 1, 0), ("Pay", 1, 0), ("usual route", 0, 0)]

    assert read(outlined(files.pdf(*PAGES), entries)) == read(files.pdf(*PAGES))


def test_an_outline_that_names_most_lines_of_a_page_is_no_structure() -> None:
    page = [(f"Creature {name}", 11) for name in ("Bear", "Wolf", "Rat", "Ogre")]
    entries = [(line, 0, 0) for line, _ in page]

    assert headings(read(outlined(files.pdf(page), entries))) == []


def test_a_section_below_a_heading_in_large_print_stands_below_its_level() -> None:
    page = [("Travel", 14), BODY, BODY, ("Trains", 11), BODY, ("Ships", 11), BODY, BODY]
    entries = [("Travel", 0, 0), ("Trains", 0, 1), ("Ships", 0, 1)]

    assert headings(read(outlined(files.pdf(page), entries))) == [
        "### Travel",
        "#### Trains",
        "#### Ships",
    ]


@pytest.mark.parametrize("key", ["/Next", "/First"])
def test_an_outline_that_runs_in_circles_is_read_once(key: str) -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(files.pdf(*PAGES))))
    first = writer.add_outline_item(title="Travel", page_number=0)
    last = writer.add_outline_item(title="Leave", page_number=1)
    last.get_object()[NameObject(key)] = first  # type: ignore[index]  # a dictionary

    assert headings(read(stored(writer))) == ["# 1 Travel", "# 2 Leave"]


def test_a_deep_outline_ends_at_the_last_level() -> None:
    entries = [(f"None {depth}", 0, depth) for depth in range(300)]

    assert headings(read(outlined(files.pdf(*PAGES), [*entries, *OUTLINE])))[-1] == "# 2 Leave"


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(max_size=40) | st.sampled_from(["Travel", "1.1 Trains\x00", "L" * 2**20]),
            st.integers(0, 1),
            st.integers(0, 8),
        ),
        max_size=12,
    )
)
def test_no_outline_costs_a_page_its_words(raw: list[tuple[str, int, int]]) -> None:
    depth = -1
    entries: list[tuple[str, int, int]] = []
    for title, page, wanted in raw:
        depth = min(wanted, depth + 1)
        entries.append((TextStringObject(title.encode("utf-8", "replace").decode()), page, depth))

    document = read(outlined(files.pdf(*PAGES), entries))

    words = [word for word in document.text.split() if set(word) != {"#"}]
    assert words == read(files.pdf(*PAGES)).text.split()
