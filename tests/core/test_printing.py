"""What is printed can be read: every letter, long texts, wide tables, pictures."""

import io
from collections.abc import Sequence

import pytest
from PIL import Image
from pypdf import PdfReader

from core.printing.blocks import (
    Anchor,
    Area,
    Block,
    Bullets,
    Drawing,
    Facts,
    Heading,
    Label,
    Line,
    Mark,
    Paragraph,
    Picture,
    Quotation,
    Sign,
    Table,
    Title,
)
from core.printing.fonts import REPLACEMENT, printable
from core.printing.pdf import MAX_COLUMNS, REPLACED, to_pdf


def read(*blocks: Block, footer: str = "") -> str:
    return "\n".join(pages(blocks, footer))


def pages(blocks: Sequence[Block], footer: str = "") -> list[str]:
    reader = PdfReader(io.BytesIO(to_pdf("Title", blocks, footer=footer)))
    return [page.extract_text() for page in reader.pages]


@pytest.mark.parametrize(
    "words",
    [
        "Größe, naïve, façade, señor, Łódź, Čeština, İstanbul, Tiếng Việt",
        "Ελληνικά: πρόγραμμα",
        "Русский, українська, Ђорђе",
        "1,50 € · £3 · ≤ 5 m² · 20 °C → “done” – 50 ‰ …",
        "a < b && c > d <b>no markup</b> <font>",
    ],
)
def test_letters_of_european_languages_are_printed(words: str) -> None:
    assert words in read(Paragraph(words))


@pytest.mark.parametrize("words", ["合同的期限", "契約のきかん", "계약 기간"])
def test_east_asian_letters_are_printed_with_the_fonts_of_the_reader(words: str) -> None:
    content = read(Paragraph(f"Term: {words}"))

    assert words in content
    assert REPLACEMENT not in content


def test_a_letter_without_a_glyph_is_printed_as_what_it_looks_like() -> None:
    assert printable("① non‑breaking ℡").markup == "1 non-breaking TEL"


def test_a_run_without_glyphs_is_replaced_once_and_explained() -> None:
    content = read(Paragraph("Party 🎉🎈 עברית"))

    assert f"Party {REPLACEMENT} {REPLACEMENT}" in content
    assert REPLACED in content
    assert REPLACED not in read(Paragraph("Party"))


def test_what_nobody_sees_is_not_printed() -> None:
    assert printable("a\u200bb\u0007c\u202e\ufeff").markup == "abc"


def test_lines_are_kept() -> None:
    assert read(Paragraph("one\ntwo")).startswith("one\ntwo")


def test_every_kind_of_block_is_printed() -> None:
    content = read(
        Title("Conversation"),
        Heading("Question"),
        Heading("Part", is_small=True),
        Paragraph("strong", is_strong=True),
        Paragraph("note", is_note=True),
        Quotation("word for word"),
        Bullets(["apple", "pear"]),
        Bullets(["third"], numbers=[3]),
        Facts([("Owner", "Maria")]),
        Table(["City", "Limit"], [["London", "190 EUR"]], frozenset({0})),
        footer="Internal",
    )

    for words in ("Conversation", "Question", "Part", "strong", "note", "word for word"):
        assert words in content
    for words in ("• apple", "3. third", "Owner", "Maria", "London", "190 EUR", "Internal"):
        assert words in content
    assert "Page 1 of 1" in content


def test_pages_are_numbered_and_repeat_the_header_of_a_table() -> None:
    printed = pages([Table(["City", "Limit"], [[f"City {n}", "1 EUR"] for n in range(200)])])

    assert len(printed) > 2
    assert all("Limit" in page for page in printed)
    assert all(f"Page {n} of {len(printed)}" in page for n, page in enumerate(printed, start=1))


@pytest.mark.parametrize(
    "block",
    [
        Paragraph("word " * 5_000),
        Paragraph("x" * 9_000),
        Quotation("word " * 5_000),
        Facts([("name", "word " * 5_000)]),
        Table(["a", "b"], [["word " * 5_000, "x" * 3_000]]),
        Table(["a"] * MAX_COLUMNS, [["W" * 900] * MAX_COLUMNS]),
        Bullets(["契" * 3_000]),
    ],
)
def test_what_is_longer_than_a_page_goes_on_on_the_next(block: Block) -> None:
    assert len(pages([block])) > 1


def test_a_table_too_wide_for_a_page_is_printed_row_by_row() -> None:
    names = [f"Column {n}" for n in range(MAX_COLUMNS + 1)]
    content = read(Table(names, [[f"value {n}" for n in range(MAX_COLUMNS + 1)]]))

    assert f"Column {MAX_COLUMNS}" in content
    assert f"value {MAX_COLUMNS}" in content


@pytest.mark.parametrize(
    "block", [Table([], []), Table(["a"], []), Table(["a", "b"], [["only one"]]), Facts([])]
)
def test_what_is_empty_is_printed_all_the_same(block: Block) -> None:
    assert "Page 1 of 1" in read(block, Paragraph("end"))


def test_a_picture_is_no_larger_than_the_page() -> None:
    content = io.BytesIO()
    Image.new("RGB", (4_000, 9_000), "navy").save(content, "PNG")

    reader = PdfReader(io.BytesIO(to_pdf("Title", [Picture(content.getvalue())])))

    assert len(reader.pages) == 1
    assert len(reader.pages[0].images) == 1


def test_the_document_has_its_title_and_the_same_bytes_every_time() -> None:
    first, second = (to_pdf("Leave für alle", [Title("Leave")]) for _ in range(2))

    metadata = PdfReader(io.BytesIO(first)).metadata
    assert first == second
    assert metadata is not None
    assert metadata.title == "Leave für alle"


def test_shapes_are_drawn_as_vectors_with_their_labels() -> None:
    block = Drawing(
        0.5,
        [
            Area(0, 0, 1, 0.5, "#eef1f6"),
            Line((0, 0.25), (1, 0.25), "#1a1c23", is_dashed=True),
            *(Mark(0.3, 0.3, 0.02, sign, "#c0392b") for sign in Sign),
            *(Mark(0.7, 0.3, 0.02, sign, "#c0392b", is_hollow=True) for sign in Sign),
            Label(0.5, 0.4, "Größe 🎉 合同", Anchor.MIDDLE, is_strong=True),
            Label(0.1, 0.1, "Value", is_upright=True),
        ],
    )  # fmt: skip

    reader = PdfReader(io.BytesIO(to_pdf("Title", [block])))
    (page,) = reader.pages

    assert f"Größe {REPLACEMENT} {REPLACEMENT}" in page.extract_text()
    assert list(page.images) == []
    operators = {operator for _, operator in page.get_contents().operations}  # type: ignore[union-attr]  # a page with content
    assert {b"re", b"c", b"l", b"d"} <= operators  # rectangles, curves, lines, dashes
