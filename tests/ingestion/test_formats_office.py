"""OpenDocument, EPUB, Rich Text and spreadsheets keep their words, pages and structure."""

import io
import struct
from collections.abc import Sequence

import pytest
from openpyxl import Workbook
from PIL import Image

from core.domain.knowledge import HiddenText, LeftOut, ParsedDocument
from core.errors import UnreadableDocument
from ingestion.files.media import MediaType
from ingestion.parsers.registry import parser_for
from tests.ingestion import format_files as files
from tools.trial.files import zip_of


def parsed(media_type: MediaType, content: bytes, name: str = "a_file.x") -> ParsedDocument:
    return parser_for(media_type)(content, name)


def workbook(*sheets: Sequence[Sequence[object]]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, start=1):
        sheet = book.create_sheet(f"Sheet {number}")
        for row in rows:
            sheet.append(list(row))
    stored = io.BytesIO()
    book.save(stored)
    return stored.getvalue()


def test_an_opendocument_text_keeps_headings_lists_tables_notes_and_page_breaks() -> None:
    document = parsed(MediaType.ODT, files.odf())

    assert document.title == "Travel policy"
    assert [page.text for page in document.pages] == [
        "# Travel policy\n\nTrains  first.[1]\n\n[1] Second class.\n- Book early\n  - Two weeks\n\n"
        "City | Limit\nBonn | 120",
        "Second page.",
    ]


def test_comments_and_deleted_words_of_an_opendocument_text_are_left_out() -> None:
    text = parsed(MediaType.ODT, files.odf()).text

    assert "A comment" not in text
    assert "Deleted words" not in text


def test_opendocument_slides_are_pages_with_title_and_notes() -> None:
    document = parsed(MediaType.ODP, files.odf(files.ODP_BODY, "presentation"))

    assert [(page.label, page.text) for page in document.pages] == [
        ("slide", "# Agenda\n\n- Welcome\n\nNotes:\nSmile."),
        ("slide", ""),
    ]


def test_an_opendocument_text_with_entities_is_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'

    with pytest.raises(UnreadableDocument, match="XML type definition"):
        parsed(MediaType.ODT, files.odf(parts={"content.xml": bomb}))


def test_a_book_has_a_page_a_chapter_named_by_its_table_of_contents() -> None:
    chapters = ["<p>Cold words</p>", "<h1>Own heading</h1><p>More</p>", "<img src='cover.jpg'/>"]

    document = parsed(MediaType.EPUB, files.epub(chapters, names=["Of ice", "Not shown", "Cover"]))

    assert document.title == "Handbook of ice"
    assert [(page.label, page.text) for page in document.pages] == [
        ("section", "# Of ice\n\nCold words"),
        ("section", "# Own heading\n\nMore"),
    ]


def test_pictures_of_a_book_are_counted_without_its_cover() -> None:
    def picture(side: int) -> bytes:
        content = io.BytesIO()
        Image.new("RGB", (side, side)).save(content, "PNG")
        return content.getvalue()

    pictures = {
        "a.png": ("", picture(400)),
        "sign.png": ("", picture(20)),
        "cover.png": ('properties="cover-image"', picture(400)),
    }

    document = parsed(MediaType.EPUB, files.epub(["<p>Cold words</p>"], pictures=pictures))

    assert document.left_out == (LeftOut("pictures", 1),)


def test_what_a_chapter_hides_is_hidden_text() -> None:
    hidden = '<p style="visibility:hidden">A secret note for you</p>'

    document = parsed(MediaType.EPUB, files.epub(["<p>One</p>", f"<p>Two</p>{hidden}"]))

    assert [page.text for page in document.pages] == ["One", "Two"]
    assert document.hidden == (HiddenText(2, "not displayed", "A secret note for you"),)


def test_a_book_without_its_package_is_damaged() -> None:
    with pytest.raises(UnreadableDocument, match="book is damaged"):
        parsed(MediaType.EPUB, zip_of({"mimetype": b"application/epub+zip"}))


def test_rich_text_keeps_letters_tables_and_page_breaks() -> None:
    document = parsed(MediaType.RTF, files.RTF)

    assert document.title == "Leave rules"
    assert [page.text for page in document.pages] == [
        "Grüße aus Köln.\nWeeks | Pay\n14 | 100 %",
        "Second page.",
    ]


def test_sub_tables_of_a_sheet_stand_apart_without_their_empty_columns() -> None:
    rows: list[Sequence[object]] = [
        [None, "Car", None, "Rate"],
        [None, "Bus", None, 2],
        [],
        [],
        ["Total", 7],
    ]

    document = parsed(MediaType.XLSX, workbook(rows))

    assert document.text == "Car | Rate\nBus | 2\n\nTotal | 7"
    assert document.pages[0].label == "sheet Sheet 1"


def test_an_empty_row_below_the_column_names_does_not_part_them_from_their_figures() -> None:
    rows: list[Sequence[object]] = [["Zone", "Sales"], [], ["North", 12], ["South", 9]]

    assert parsed(MediaType.XLSX, workbook(rows)).text == "Zone | Sales\nNorth | 12\nSouth | 9"


def test_a_long_sheet_is_cut_into_pages_that_name_their_cells_and_repeat_the_header() -> None:
    rows: list[Sequence[object]] = [["Id", "City"]] + [[n, f"City {n}"] for n in range(2, 252)]

    document = parsed(MediaType.XLSX, workbook(rows, [["Other"]]))

    assert [page.label for page in document.pages] == [
        "sheet Sheet 1 A1:B100",
        "sheet Sheet 1 A101:B200",
        "sheet Sheet 1 A201:B251",
        "sheet Sheet 2",
    ]
    assert document.pages[1].text.startswith("Id | City\n101 | City 101\n")


def test_a_long_csv_table_names_its_rows() -> None:
    content = "\n".join(["id,city", *(f"{n},City {n}" for n in range(2, 122))]).encode()

    document = parsed(MediaType.CSV, content)

    assert [page.label for page in document.pages] == ["rows 1 to 100", "rows 101 to 121"]
    assert document.pages[1].text.startswith("id | city\n101 | City 101")


def test_an_opendocument_sheet_is_read_as_it_is_displayed() -> None:
    cells = "".join(
        f'<table:table-cell office:value-type="{kind}" {value}><text:p>{shown}</text:p>'
        "</table:table-cell>"
        for kind, value, shown in (
            ("string", "", "Bonn"),
            ("float", 'office:value="12.5"', "12,5"),
            ("date", 'office:date-value="2026-03-01"', "01.03.26"),
        )
    )
    body = (
        f'<table:table table:name="Cities"><table:table-row>{cells}</table:table-row></table:table>'
    )

    document = parsed(MediaType.ODS, files.odf(body, "spreadsheet"))

    assert [(page.label, page.text) for page in document.pages] == [
        ("sheet Cities", "Bonn | 12,5 | 01.03.26")
    ]


def test_an_excel_97_workbook_is_read() -> None:
    def record(number: int, body: bytes) -> bytes:
        return struct.pack("<HH", number, len(body)) + body

    start = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
    end = record(0x0A, b"")
    name = b"Rates"
    place = len(start) + 4 + 8 + len(name) + len(end)
    sheet = record(0x85, struct.pack("<IBBBB", place, 0, 0, len(name), 0) + name)
    label = record(0x204, struct.pack("<HHHHB", 0, 0, 0, 3, 0) + b"Car")
    number = record(0x203, struct.pack("<HHHd", 0, 1, 0, 30.0))
    stream = start + sheet + end + start + label + number + end

    document = parsed(MediaType.XLS, files.ole({"Workbook": stream}))

    assert [(page.label, page.text) for page in document.pages] == [("sheet Rates", "Car | 30")]


@pytest.mark.parametrize("media_type", [MediaType.XLS, MediaType.ODS, MediaType.XLSB])
def test_a_damaged_workbook_is_told_so(media_type: MediaType) -> None:
    with pytest.raises(UnreadableDocument, match="workbook is damaged"):
        parsed(media_type, b"no workbook at all")
