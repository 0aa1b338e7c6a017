"""Excel 97 workbooks are read as people see them: formats, hidden rows and columns, white words."""

import io
import struct

import olefile

from core.domain.knowledge import LeftOut, ParsedDocument
from ingestion.files.media import MediaType
from ingestion.parsers.office.spreadsheets.xls_looks import sheet_looks
from ingestion.parsers.registry import parser_for
from tests.ingestion.format_files import ole

PLAIN, PADDED, DAY, STRUCK, WHITE, ON_BLUE = range(6)
SEVEN_DIGITS = 164


def record(number: int, body: bytes) -> bytes:
    return struct.pack("<HH", number, len(body)) + body


def font(marks: int = 0, colour: int = 0x7FFF) -> bytes:
    return record(
        0x31, struct.pack("<HHHHHBBBBBB", 200, marks, colour, 400, 0, 0, 0, 0, 0, 1, 0) + b"A"
    )


def style(font_number: int = 0, number_format: int = 0, fill: int = 0) -> bytes:
    start = struct.pack("<HHHHHHH", font_number, number_format, 0, 0, 0, 0, 0)
    return record(0xE0, start + struct.pack("<IH", fill << 26, 0))


def label(row: int, column: int, words: str, look: int = PLAIN) -> bytes:
    text = struct.pack("<HB", len(words), 0) + words.encode("latin-1")
    return record(0x204, struct.pack("<HHH", row, column, look) + text)


def number(row: int, column: int, value: float, look: int = PLAIN) -> bytes:
    return record(0x203, struct.pack("<HHHd", row, column, look, value))


def start(kind: int) -> bytes:
    return record(0x809, struct.pack("<HHHHII", BIFF8, kind, 0, 0, 0, 0))


BIFF8 = 0x600
END = record(0x0A, b"")
GLOBALS = (
    font()
    + font(marks=0x08)
    + font(colour=9)
    + record(0x41E, struct.pack("<HHB", SEVEN_DIGITS, 7, 0) + b"0000000")
    + style()
    + style(number_format=SEVEN_DIGITS)
    + style(number_format=14)
    + style(font_number=1)
    + style(font_number=2)
    + style(font_number=2, fill=1)
)


# One reference to the sheet itself, one to another workbook.
SHEETS = (
    record(0x1AE, struct.pack("<HH", 1, 0x401))
    + record(0x1AE, struct.pack("<HH", 1, 5))
    + record(0x17, struct.pack("<HHHHHHH", 2, 0, 0, 0, 1, 0, 0))
)


def parsed(*records: bytes) -> ParsedDocument:
    return parser_for(MediaType.XLS)(workbook(*records), "a_file.xls")


def workbook(*records: bytes) -> bytes:
    name = b"Fees"
    before = start(5) + GLOBALS + SHEETS
    size = len(before) + 4 + 8 + len(name) + len(END)
    sheet = record(0x85, struct.pack("<IBBBB", size, 0, 0, len(name), 0) + name)
    stream = before + sheet + END + start(0x10) + b"".join(records) + END
    return ole({"Workbook": stream.ljust(4096, b"\0")})


def test_values_stand_in_their_number_formats() -> None:
    several = struct.pack("<HH", 2, 1) + struct.pack("<HI", PADDED, (42 << 2) | 2)
    several += struct.pack("<HI", DAY, (46112 << 2) | 2) + struct.pack("<H", 2)

    document = parsed(
        *(label(0, 0, "Article"), label(0, 1, "Number"), label(0, 2, "From")),
        *(label(1, 0, "Jack"), number(1, 1, 1067, PADDED), number(1, 2, 46113, DAY)),
        *(label(2, 0, "Cage"), record(0xBD, several)),
    )

    assert document.text == (
        "Article | Number | From\nJack | 0001067 | 2026-04-01\nCage | 0000042 | 2026-03-31"
    )


def test_hidden_rows_and_columns_are_hidden_text() -> None:
    row = record(0x208, struct.pack("<HHHHHHI", 1, 0, 2, 0, 0, 0, 0x20))
    column = record(0x7D, struct.pack("<HHHHHH", 1, 1, 0, 0, 1, 0))

    document = parsed(
        *(row, column, label(0, 0, "Deal"), label(0, 1, "Code"), label(0, 2, "Fee")),
        *(label(1, 0, "Secret"), label(1, 1, "x"), number(1, 2, 9)),
        *(label(2, 0, "Crane"), label(2, 1, "y"), number(2, 2, 4)),
    )

    assert document.text == "Deal | Fee\nCrane | 4"
    assert [text.text for text in document.hidden] == ["Secret x 9 Code y"]


def test_white_words_are_hidden_text_and_struck_out_ones_no_text() -> None:
    document = parsed(
        *(label(0, 0, "Fee"), label(0, 1, "40 EUR", STRUCK), label(0, 2, "45 EUR")),
        *(label(1, 0, "a day"), label(1, 1, "on blue", ON_BLUE), label(1, 2, "unseen", WHITE)),
    )

    assert "40" not in document.text
    assert "on blue" in document.text
    assert [(text.kind, text.text) for text in document.hidden] == [("white", "unseen")]


def test_a_chart_within_a_sheet_does_not_end_it() -> None:
    chart = start(0x20) + END

    document = parsed(label(0, 0, "Fee"), chart, label(0, 1, "Number"), number(1, 1, 7, PADDED))

    assert "0000007" in document.text


def titled(words: str, place: int) -> bytes:
    """A text of a chart: 1 is the title, 2 and 3 name an axis, 4 a point."""
    said = struct.pack("<HBB", 0, len(words), 0) + words.encode("latin-1")
    inner = record(0x100D, said) + record(0x1027, struct.pack("<HHH", place, 0, 0))
    return record(0x1025, bytes(32)) + record(0x1033, b"") + inner + record(0x1034, b"")


def charted(reference: int) -> bytes:
    """A chart of figures of the sheet with this number in the table of references."""
    area = struct.pack("<BHHHHH", 0x3B, reference, 0, 1, 0, 0)
    source = record(0x1051, struct.pack("<BBHHH", 1, 2, 0, 0, len(area)) + area)
    name = record(0x100D, struct.pack("<HBB", 0, 5, 0) + b"Share")
    series = record(0x1003, bytes(12)) + record(0x1033, b"") + source + name + record(0x1034, b"")
    texts = titled("Parcels", 1) + titled("Yards", 3) + titled("a point", 4)
    return start(0x20) + series + texts + END


def test_titles_of_a_chart_stand_below_the_cells_that_hold_its_figures() -> None:
    document = parsed(label(0, 0, "Fee"), charted(0), label(1, 0, "40 EUR"))

    assert document.text == "Fee\n40 EUR\n\nParcels\nYards"
    assert document.left_out == ()


def test_a_chart_of_figures_of_another_workbook_is_counted() -> None:
    document = parsed(label(0, 0, "Fee"), charted(1), charted(7))

    assert document.left_out == (LeftOut("charts", 1),)


def test_comments_of_an_excel_97_workbook_are_counted() -> None:
    note = record(0x1C, struct.pack("<HHHHHB", 0, 0, 0, 1, 3, 0) + b"Ann\0")

    assert parsed(label(0, 0, "Fee"), note, note).left_out == (LeftOut("comments", 2),)


def test_files_in_an_excel_97_workbook_are_counted() -> None:
    stream = workbook(label(0, 0, "Fee"))
    with olefile.OleFileIO(io.BytesIO(stream)) as book:
        records = book.openstream("Workbook").read()
    content = ole({"Workbook": records, "MBD0001": {"CONTENTS": b"words"}})

    document = parser_for(MediaType.XLS)(content, "a_file.xls")

    assert (document.text, document.left_out) == ("Fee", (LeftOut("embedded files", 1),))


def test_damaged_styles_are_no_styles() -> None:
    content = workbook(label(0, 0, "Fee"), number(0, 1, 7, PADDED))
    whole = record(0x41E, struct.pack("<HHB", SEVEN_DIGITS, 7, 0) + b"0000000")
    broken = content.replace(whole, struct.pack("<HH", 0x41E, 2) + whole[4:])

    assert set(sheet_looks(content)) == {"Fees"}
    assert broken != content
    assert sheet_looks(broken) == {}
    assert sheet_looks(b"no workbook") == {}
