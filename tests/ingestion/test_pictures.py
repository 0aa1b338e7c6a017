"""Pictures inside office files are read where text recognition is there, or said to be unread."""

import io

import pytest
from docx import Document
from openpyxl.drawing.image import Image as SheetImage
from PIL import Image, ImageDraw, ImageFont
from pptx import Presentation
from pptx.util import Inches

from core.domain.knowledge import LeftOut, ParsedDocument
from ingestion.files.media import MediaType
from ingestion.parsers.registry import parser_for
from ingestion.reading.wire import decode_document, encode_document
from tests.ingestion.conftest import Harness
from tests.ingestion.workbook_files import book_of, stored

WORDS = "Gate nine opens at six"
PICTURE = (LeftOut("pictures", 1),)


def picture(size: tuple[int, int] = (1000, 240)) -> io.BytesIO:
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).text((40, 80), WORDS, fill="black", font=ImageFont.load_default(48))
    content = io.BytesIO()
    image.save(content, "PNG")
    content.seek(0)
    return content


def word(size: tuple[int, int] = (1000, 240)) -> bytes:
    document = Document()
    document.add_paragraph("See the sign.")
    document.add_picture(picture(size))
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def deck(*, is_hidden: bool = False) -> bytes:
    presentation = Presentation()
    for title in ("Signs of the yard", "Another sign"):
        slide = presentation.slides.add_slide(presentation.slide_layouts[5])
        slide.shapes.title.text = title
    slide.shapes.add_picture(picture(), 0, Inches(3))
    if is_hidden:
        slide.element.set("show", "0")
    content = io.BytesIO()
    presentation.save(content)
    return content.getvalue()


def parsed(kind: MediaType, content: bytes) -> ParsedDocument:
    return parser_for(kind)(content, "a_file.x")


@pytest.mark.usefixtures("tesseract")
def test_the_words_on_a_picture_in_word_stand_on_a_page_of_their_own() -> None:
    document = parsed(MediaType.DOCX, word())

    assert [(page.label, page.text) for page in document.pages] == [
        ("page", "See the sign."),
        ("pictures", WORDS),
    ]
    assert document.left_out == ()


@pytest.mark.usefixtures("tesseract")
def test_the_words_on_a_picture_stand_on_its_slide() -> None:
    document = parsed(MediaType.PPTX, deck())

    assert WORDS not in document.pages[0].text
    assert document.pages[1].text.endswith(f"On pictures:\n{WORDS}")


@pytest.mark.usefixtures("tesseract")
def test_a_picture_on_a_hidden_slide_is_not_read() -> None:
    assert WORDS not in parsed(MediaType.PPTX, deck(is_hidden=True)).text


@pytest.mark.usefixtures("no_tesseract")
@pytest.mark.parametrize("kind", [MediaType.DOCX, MediaType.PPTX])
def test_pictures_that_nobody_reads_are_counted(kind: MediaType) -> None:
    content = word() if kind is MediaType.DOCX else deck()

    assert parsed(kind, content).left_out == PICTURE


@pytest.mark.usefixtures("no_tesseract")
def test_a_sign_is_no_picture_that_somebody_could_read() -> None:
    assert parsed(MediaType.DOCX, word((60, 60))).left_out == ()


def test_pictures_of_a_workbook_are_counted() -> None:
    book = book_of([["Yard", "Fee"], ["Split", 4]])
    book["Sheet 1"].add_image(SheetImage(picture()), "D4")

    assert parsed(MediaType.XLSX, stored(book)).left_out == PICTURE


def test_what_was_left_out_comes_back_from_the_parser_child() -> None:
    document = ParsedDocument("Signs", (), left_out=PICTURE)

    assert decode_document(encode_document(document)) == document


def test_an_administrator_is_told_what_was_not_read(harness: Harness) -> None:
    book = book_of([["Yard", "Fee"], ["Split", 4]])
    book["Sheet 1"].add_image(SheetImage(picture()), "D4")

    version = harness.version(harness.upload("fees.xlsx", stored(book)))

    assert version.reason == "Not read (pictures: 1). Answers do not use their content."
