"""Binary Excel workbooks are read as people see them: formats, hidden rows and columns."""

import struct

from core.domain.knowledge import ParsedDocument
from ingestion.files.media import MediaType
from ingestion.parsers.registry import parser_for
from tools.trial.files import zip_of

PLAIN, PADDED, DAY, STRUCK = range(4)
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def varying(number: int) -> bytes:
    found = []
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


def record(kind: int, body: bytes = b"") -> bytes:
    return varying(kind) + varying(len(body)) + body


def text(words: str) -> bytes:
    return struct.pack("<I", len(words)) + words.encode("utf-16-le")


def row(at: int, *, is_hidden: bool = False) -> bytes:
    marks = bytes([0, 0x10 if is_hidden else 0, 0])
    return record(0, struct.pack("<IIH", at, 0, 300) + marks + struct.pack("<I", 0))


def words(column: int, said: str, style: int = PLAIN) -> bytes:
    return record(6, struct.pack("<II", column, style) + text(said))


def number(column: int, value: float, style: int = PLAIN) -> bytes:
    return record(5, struct.pack("<IId", column, style, value))


def font(marks: int = 0) -> bytes:
    return record(43, struct.pack("<HH", 220, marks) + bytes(20))


def xf(number_format: int = 0, font_number: int = 0) -> bytes:
    return record(47, struct.pack("<HHHHH", 0, number_format, font_number, 0, 0) + bytes(6))


STYLES = (
    record(278)
    + record(44, struct.pack("<H", 164) + text("0000000"))
    + font()
    + font(0x08)
    + record(626)
    + xf(14)
    + record(627)
    + record(617, struct.pack("<I", 4))
    + xf()
    + xf(164)
    + xf(14)
    + xf(0, 1)
    + record(618)
    + record(279)
)


def parsed(*records: bytes, columns: bytes = b"") -> ParsedDocument:
    sheet = record(156, struct.pack("<II", 0, 1) + text("rId1") + text("Fees"))
    book = record(131) + record(143) + sheet + record(144) + record(132)
    body = record(129) + record(148, struct.pack("<IIII", 0, 9, 0, 9)) + columns
    body += record(145) + b"".join(records) + record(146) + record(130)
    relation = f'<Relationship Id="rId1" Type="{RELATIONS}/worksheet" Target="worksheets/s1.bin"/>'
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    content = zip_of(
        {
            "[Content_Types].xml": b"<Types/>",
            "xl/workbook.bin": book,
            "xl/_rels/workbook.bin.rels": (
                f'<Relationships xmlns="{space}">{relation}</Relationships>'.encode()
            ),
            "xl/styles.bin": STYLES,
            "xl/worksheets/s1.bin": body,
        }
    )
    return parser_for(MediaType.XLSB)(content, "a_file.xlsb")


def test_values_of_a_binary_workbook_stand_in_their_number_formats() -> None:
    document = parsed(
        *(row(0), words(0, "Article"), words(1, "Number"), words(2, "From")),
        *(row(1), words(0, "Jack"), number(1, 1067, PADDED), number(2, 46113, DAY)),
        *(row(2), words(0, "Cage"), number(1, 42, PADDED), words(2, "never", STRUCK)),
    )

    assert document.text == ("Article | Number | From\nJack | 0001067 | 2026-04-01\nCage | 0000042")


def test_hidden_rows_and_columns_of_a_binary_workbook_are_hidden_text() -> None:
    document = parsed(
        *(row(0), words(0, "Deal"), words(1, "Code"), words(2, "Fee")),
        *(row(1, is_hidden=True), words(0, "Secret"), words(1, "x"), number(2, 9)),
        *(row(2), words(0, "Crane"), words(1, "y"), number(2, 4)),
        columns=record(60, struct.pack("<IIIIH", 1, 1, 0, 0, 1)),
    )

    assert document.text == "Deal | Fee\nCrane | 4"
    assert [text.text for text in document.hidden] == ["Secret x 9 Code y"]
